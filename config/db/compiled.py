"""A query that is compiled once per process."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, connections
from django.db.models import QuerySet

from config.db.replicas.routing import alias_for_reading

Parameter = int | date
"""An id, a time or a day."""


class CompiledQuery:
    """Fetches one row of named values. Its SQL is compiled on first use and then only given other parameters.

    For a query that every page runs and that takes longer to compile than to answer. The navigation's takes 5.4 ms, of
    which compiling is 3.5: a third of the time of a page with a plain form.

    `build` gets ids, times and days and returns a `.values()` queryset. It may only pass them on as parameters of the
    query: it is called once, with placeholders. Everything else in the query must be the same for every call.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]):
        self._build = build
        self._compiled: tuple[str, Sequence[Any], Sequence[Any]] | None = None

    def get(self, *parameters: Parameter) -> dict[str, Any]:
        if self._compiled is None:
            self._compiled = self._compile(parameters)
        sql, all_parameters, placeholders = self._compiled
        values = dict(zip(placeholders, map(_adapt, parameters), strict=True))
        with connections[alias_for_reading()].cursor() as cursor:
            cursor.execute(sql, [values.get(each, each) for each in all_parameters])
            return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))

    def _compile(self, parameters: Sequence[Parameter]) -> tuple[str, Sequence[Any], Sequence[Any]]:
        placeholders = [_placeholder(place, like) for place, like in enumerate(parameters)]
        sql, all_parameters = self._build(*placeholders).query.sql_with_params()
        adapted = list(map(_adapt, placeholders))
        assert set(adapted) <= set(all_parameters), "The query does not use each of its parameters."
        return sql, all_parameters, adapted


def _placeholder(place: int, like: Parameter) -> Parameter:
    """A value that no row has, and that differs for each place."""
    moment = datetime(1, 1, 1, tzinfo=UTC) + timedelta(weeks=place)
    if isinstance(like, datetime):
        return moment
    return moment.date() if isinstance(like, date) else -(2**40) - place


def _adapt(value: Parameter) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
