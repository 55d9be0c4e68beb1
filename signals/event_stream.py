"""Events of many kinds as one stream, newest first, read from the rows that record them.

Each source defines which rows of a model are events, and their time. A page takes one UNION query for the keys of all
sources and one query for each source that has rows on the page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import F, IntegerField, Min, Model, QuerySet, Value


@dataclass(frozen=True)
class Source[Subject: Model]:
    """One type of event. `at` is a field or expression for its time, `who` the field with the user who caused it.

    With `groups`, rows that agree in these fields are one event, of which `row` is the first. `complete` adds to the
    rows of a page what the queryset does not fetch.
    """

    name: str
    kind: str
    rows: Callable[[Subject], QuerySet[Any]]
    at: object
    who: str = ""
    related: tuple[str, ...] = ()
    key: str = "pk"
    groups: tuple[str, ...] = ()
    complete: Callable[[Subject, Sequence[Any]], None] | None = None


@dataclass(frozen=True)
class Event:
    """One event: `row` is an instance of the source's model."""

    source: str
    key: int
    row: Model
    at: datetime
    who: object


class EventStream[Subject: Model]:
    """The events of a subject, of one kind or all (""). Supports what a Paginator needs: count() and slicing.

    Events with the same time are ordered by the position of their source; later ones count as newer.
    """

    def __init__(self, subject: Subject, sources: Sequence[Source[Subject]], kind: str = ""):
        self.subject = subject
        self.sources = [source for source in sources if kind in ("", source.kind)]

    def count(self) -> int:
        if len(self.sources) > 1:
            return self._keys().count()
        (source,) = self.sources  # Django counts a lone grouped query with a subquery that has no columns
        rows = source.rows(self.subject).order_by()
        return (rows.values(*source.groups).distinct() if source.groups else rows).count()

    def __getitem__(self, page: slice) -> list[Event]:
        keys = list(self._keys().order_by("-event_at", "-event_rank", "-event_key")[page])
        rows: dict[int, dict[int, Model]] = {}
        for rank in {rank for _, rank, _ in keys}:
            rows[rank] = self._rows(rank, [key for _, key_rank, key in keys if key_rank == rank])
        return [_event(self.sources[rank], key, rows[rank][key], at) for at, rank, key in keys]

    def _keys(self) -> QuerySet[Any, Any]:
        """(time, index in `sources`, key) of every event."""
        first, *rest = (self._keys_of(rank, source) for rank, source in enumerate(self.sources))
        return first.union(*rest, all=True) if rest else first

    def _keys_of(self, rank: int, source: Source[Subject]) -> QuerySet[Any, Any]:
        at = F(source.at) if isinstance(source.at, str) else source.at
        rows = source.rows(self.subject).order_by()
        key: Any = F(source.key)
        if source.groups:
            rows, key = rows.values(*source.groups), Min(source.key)
        rows = rows.annotate(event_at=at, event_rank=Value(rank, IntegerField()), event_key=key)
        return rows.values_list("event_at", "event_rank", "event_key")

    def _rows(self, rank: int, keys: list[int]) -> dict[int, Model]:
        source = self.sources[rank]
        related = [*source.related, *([source.who] if source.who else [])]
        rows = source.rows(self.subject).filter(**{f"{source.key}__in": keys}).select_related(*related)
        found = {getattr(row, source.key): row for row in rows}
        if source.complete:
            source.complete(self.subject, list(found.values()))
        return found


def _event(source: Source[Any], key: int, row: Any, at: datetime) -> Event:
    who = attrgetter(source.who.replace("__", "."))(row) if source.who else None
    return Event(source.name, key, row, at, who)
