"""A query that every page asks, put together once in a process: that takes longer than the database needs for it."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import IntegerField, QuerySet, Subquery

from markets.models import Workspace

NO_WORKSPACE, NEVER = -(2**40), datetime(1, 1, 1, tzinfo=UTC)
"""What stands for the workspace and the moment while it is put together: values that nothing else has."""


class CountOf(Subquery):
    """How many rows a query has, as one of several values."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]):
        super().__init__(rows.order_by().values("pk"))


class Prepared:
    """One row of values about a workspace at a moment. Whatever else they follow from must be the same for all."""

    def __init__(self, ask: Callable[[Workspace, datetime], QuerySet[Any, Any]]):
        self.ask = ask

    def row(self, workspace: Workspace, moment: datetime) -> dict[str, Any]:
        sql, parameters, stand_ins = self._compiled
        given = dict(zip(stand_ins, (workspace.pk, _adapted(moment)), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(sql, [given.get(each, each) for each in parameters])
            names = [column[0] for column in cursor.description]
            return dict(zip(names, cursor.fetchone(), strict=True))

    @cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...], tuple[Any, ...]]:
        stand_ins = NO_WORKSPACE, _adapted(NEVER)
        sql, parameters = self.ask(Workspace(pk=NO_WORKSPACE), NEVER).query.sql_with_params()
        assert set(stand_ins) <= set(parameters), "It does not ask for a workspace and a moment."
        return sql, parameters, stand_ins


def _adapted(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
