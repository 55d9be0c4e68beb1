"""What is new since a moment, or came about in a period; each number with the address of exactly those rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse

from calls.metrics import callbacks as promises
from calls.metrics.definitions import summed
from config.ui.asking import Asking, asking
from config.ui.periods import Period
from markets.models import Workspace
from markets.prepared import CountOf, Prepared
from signals.market_page.movement import moved_since


@dataclass(frozen=True)
class New:
    """A count by the name of what it counts, in the words of its number."""

    name: str
    count: int
    one: str
    many: str
    href: str

    @property
    def words(self) -> str:
        return self.one if self.count == 1 else self.many


@Prepared
def counts_since(workspace: Workspace, moment: datetime) -> QuerySet[Any, Any]:
    return Workspace.objects.filter(pk=workspace.pk).values(
        new_calls=CountOf(workspace.calls.counted().filter(recorded_at__gt=moment)),
        new_signals=CountOf(workspace.signals.counted().filter(captured_at__gt=moment)),
        new_moves=CountOf(moved_since(workspace.signals.counted(), moment)),
        new_meetings=CountOf(workspace.meetings.filter(created_at__gt=moment)),
        changed_campaigns=CountOf(workspace.campaigns.changed_since(moment)),
    )


@asking
def news(workspace: Workspace, since: datetime) -> Asking[Sequence[New]]:
    """What came to be here after the moment, whenever it happened: a log that arrives late is new, too."""
    after = {"since": since.astimezone(UTC).isoformat()}
    counted = {"counted": "yes", **after}
    callbacks = missed(workspace, Period(workspace.day_of(since)))
    (counts,) = yield counts_since.rows(workspace, since)

    def new(name: str, one: str, many: str, page: str, query: dict[str, str]) -> New:
        return New(name, counts[name], one, many, f"{reverse(page, args=[workspace.slug])}?{urlencode(query)}")

    return [
        new("new_calls", "call", "calls", "calls:list", counted),
        new("new_signals", "signal", "signals", "signals:list", counted),
        new("new_moves", "person who moved", "people who moved", "signals:list", counted | {"moved": "yes"}),
        new("new_meetings", "meeting", "meetings", "meetings:list", after),
        callbacks(),
        new(
            "changed_campaigns",
            "campaign that changed its status",
            "campaigns that changed their status",
            "campaigns:list",
            after,
        ),
    ]


@asking
def missed(workspace: Workspace, period: Period) -> Asking[New]:
    """Callbacks that were promised for a day of the period, which is over, and nobody called since."""
    found = promises.missed(workspace, period.first, period.last)
    query = {"state": promises.State.MISSED.value, **period.parameters()}
    href = f"{reverse('callbacks:list', args=[workspace.slug])}?{urlencode(query)}"
    count = yield from summed(found, {"count": Count("pk")})
    return New("missed", count["count"], "callback missed", "callbacks missed", href)
