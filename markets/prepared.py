"""A query that pages ask again and again, put together once in a process: that takes longer than the database needs for
it."""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import IntegerField, Model, QuerySet, Subquery
from django.db.models.sql.compiler import SQLCompiler

from config.ui.asking import Statement

NO_ROW, NEVER = -(2**40), datetime(1, 1, 1, tzinfo=UTC)
"""What stands for a row and a moment while it is put together: values that nothing else has."""


class CountOf(Subquery):
    """How many rows a query has, as one of several values."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]):
        super().__init__(rows.order_by().values("pk"))


class Prepared:
    """A query that is given rows and moments, in the order of its parameters. Of the rows it may ask their keys alone,
    and whatever else it follows from must be the same for all.

    What it finds is made as the query itself would make it; all that is kept is its SQL, with what its columns are.
    """

    def __init__(self, ask: Callable[..., QuerySet[Any, Any]]):
        self.ask = ask
        self._kept: tuple[QuerySet[Any, Any], SQLCompiler, Statement, list[Any]] | None = None

    def row(self, *given: Model | datetime) -> Any:
        """For a query that always finds one."""
        found = self.first(*given)
        assert found is not None
        return found

    def first(self, *given: Model | datetime) -> Any:
        return next(iter(self.rows(*given)), None)

    def statement(self, *given: Model | datetime) -> Statement:
        """For SQL that the query is a part of."""
        *_, (sql, parameters), stand_ins = self._kept = self._kept or self._compile(given)
        told = dict(zip(stand_ins, map(_parameter, given), strict=True))
        return sql, tuple(told.get(each, each) for each in parameters)

    def rows(self, *given: Model | datetime) -> QuerySet[Any, Any]:
        statement = self.statement(*given)
        assert self._kept
        rows, compiler, *_ = self._kept
        compiled: Any = copy(compiler)
        compiled.connection = connections[DEFAULT_DB_ALIAS]  # that of this thread
        compiled.as_sql = lambda: statement
        asked: Any = rows.all()
        asked.query.get_compiler = lambda *_, **__: compiled
        return asked

    def _compile(
        self, given: tuple[Model | datetime, ...]
    ) -> tuple[QuerySet[Any, Any], SQLCompiler, Statement, list[Any]]:
        asked = [_stand_in(place, each) for place, each in enumerate(given)]
        rows = self.ask(*asked)
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        stand_ins = list(map(_parameter, asked))
        assert set(stand_ins) <= set(parameters), "It does not ask for all that it is given."
        return rows, compiler, (sql, tuple(parameters)), stand_ins


def _stand_in(place: int, like: Model | datetime) -> Any:
    return like.__class__(pk=NO_ROW - place) if isinstance(like, Model) else NEVER + timedelta(days=place)


def _parameter(given: Model | datetime) -> Any:
    return given.pk if isinstance(given, Model) else connection.ops.adapt_datetimefield_value(given)
