"""A query that pages ask again and again, put together once in a process: that takes longer than the database needs for
it."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import IntegerField, Model, QuerySet, Subquery
from django.db.models.sql.compiler import SQLCompiler

from config.ui.asking import Statement
from config.ui.periods import Period

NO_ROW, NEVER = -(2**40), datetime(1, 1, 1, tzinfo=UTC)
"""What stands for a row, and for a moment or day, while it is put together: values that nothing else has."""
type Given = Model | datetime | Period


class CountOf(Subquery):
    """How many rows a query has, as one of several values."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]):
        super().__init__(rows.order_by().values("pk"))


@dataclass(frozen=True)
class Kept:
    """A query as it was put together."""

    rows: QuerySet[Any, Any]
    compiler: SQLCompiler
    statement: Statement
    stand_ins: list[Any]


class Prepared:
    """A query that is given rows, moments and periods. Of the rows it may ask their keys alone, and whatever else it
    follows from must be the same for all.

    What it finds is made as the query itself would make it; all that is kept is its SQL, with what its columns are, for
    each way of being given something: how many rows of which kind, and which ends a period has. As of a past day it
    would be other SQL for each day, so then nothing is kept; nor where it is known without asking that there is nothing
    to find, as among no rows.
    """

    def __init__(self, ask: Callable[..., QuerySet[Any, Any]]):
        self.ask = ask
        self._kept: dict[tuple[Any, ...], Kept] = {}

    def row(self, *given: Given) -> Any:
        """For a query that always finds one."""
        found = self.first(*given)
        assert found is not None
        return found

    def first(self, *given: Given) -> Any:
        return next(iter(self.rows(*given)), None)

    def statement(self, *given: Model | datetime) -> Statement:
        """For SQL that the query is a part of."""
        return _told(self._keep(given), given)

    def rows(self, *given: Given) -> QuerySet[Any, Any]:
        if any(isinstance(each, Period) and each.as_of for each in given):
            return self.ask(*given)
        try:
            kept = self._keep(given)
        except EmptyResultSet:
            return self.ask(*given)
        statement = _told(kept, given)
        compiled: Any = copy(kept.compiler)
        compiled.connection = connections[DEFAULT_DB_ALIAS]  # that of this thread
        compiled.as_sql = lambda: statement
        asked: Any = kept.rows.all()
        asked.query.get_compiler = lambda *_, **__: compiled
        return asked

    def _keep(self, given: tuple[Given, ...]) -> Kept:
        way = tuple((each.__class__, *_ends(each)) for each in given)
        kept = self._kept.get(way)
        if kept is None:
            kept = self._kept[way] = self._put_together(given)
        return kept

    def _put_together(self, given: tuple[Given, ...]) -> Kept:
        asked = [_stand_in(place, each) for place, each in enumerate(given)]
        rows = self.ask(*asked)
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        stand_ins = _parameters(asked)
        assert set(stand_ins) <= set(parameters), "It does not ask for all that it is given."
        return Kept(rows, compiler, (sql, tuple(parameters)), stand_ins)


def _told(kept: Kept, given: tuple[Given, ...]) -> Statement:
    """What was put together, with what is given in the place of what stood for it."""
    sql, parameters = kept.statement
    told = dict(zip(kept.stand_ins, _parameters(given), strict=True))
    return sql, tuple(told.get(each, each) for each in parameters)


def _ends(given: Given) -> tuple[bool, ...]:
    return (given.first is not None, given.last is not None) if isinstance(given, Period) else ()


def _stand_in(place: int, like: Given) -> Given:
    if isinstance(like, Model):
        return like.__class__(pk=NO_ROW - place)
    moment = NEVER + timedelta(weeks=place)
    if isinstance(like, datetime):
        return moment
    first, last = moment.date(), moment.date() + timedelta(days=1)
    return Period(first if like.first else None, last if like.last else None)


def _parameters(given: Sequence[Given]) -> list[Any]:
    return [parameter for each in given for parameter in _of_one(each)]


def _of_one(given: Given) -> list[Any]:
    if isinstance(given, Model):
        return [given.pk]
    if isinstance(given, datetime):
        return [connection.ops.adapt_datetimefield_value(given)]
    return [connection.ops.adapt_datefield_value(day) for day in (given.first, given.last) if day]
