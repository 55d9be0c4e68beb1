"""What is new since a moment, and the callbacks missed in a period. Each number links to exactly its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from calls.metrics import callbacks
from config.db.compiled import CompiledQuery
from config.db.expressions import RowCount
from config.ui.periods import Period
from markets.models import Workspace
from signals.market_page.movement import moved_since


@dataclass(frozen=True)
class NewsItem:
    """A count with its name, what is counted in words, and the URL of its rows."""

    name: str
    count: int
    words: str
    href: str


def counts_since(workspace: Workspace, moment: datetime) -> dict[str, int]:
    return _counts_since.get(workspace.pk, moment)


@CompiledQuery
def _counts_since(workspace_id: int, moment: datetime) -> QuerySet[Workspace, Any]:
    workspace = Workspace(pk=workspace_id)
    return Workspace.objects.filter(pk=workspace_id).values(
        new_calls=RowCount(workspace.calls.counted().filter(recorded_at__gt=moment)),
        new_signals=RowCount(workspace.signals.counted().filter(captured_at__gt=moment)),
        new_moves=RowCount(moved_since(workspace.signals.counted(), moment)),
        new_meetings=RowCount(workspace.meetings.filter(created_at__gt=moment)),
        changed_campaigns=RowCount(workspace.campaigns.changed_since(moment)),
    )


def news(workspace: Workspace, since: datetime) -> Sequence[NewsItem]:
    """The rows created after the moment. Calls of a log that arrives late are new, too, whenever they took place."""
    created = {"since": since.astimezone(UTC).isoformat()}
    counted = {"counted": "yes", **created}
    counts = counts_since(workspace, since)

    def new(name: str, words: str, page: str, query: dict[str, str]) -> NewsItem:
        return NewsItem(name, counts[name], words, f"{reverse(page, args=[workspace.slug])}?{urlencode(query)}")

    moved = ngettext("person who moved", "people who moved", counts["new_moves"])
    changed = ngettext(
        "campaign that changed its status", "campaigns that changed their status", counts["changed_campaigns"]
    )
    return [
        new("new_calls", ngettext("call", "calls", counts["new_calls"]), "calls:list", counted),
        new("new_signals", ngettext("signal", "signals", counts["new_signals"]), "signals:list", counted),
        new("new_moves", moved, "signals:list", counted | {"moved": "yes"}),
        new("new_meetings", ngettext("meeting", "meetings", counts["new_meetings"]), "meetings:list", created),
        missed(workspace, Period(workspace.day_of(since))),
        new("changed_campaigns", changed, "campaigns:list", created),
    ]


def missed(workspace: Workspace, period: Period) -> NewsItem:
    """The callbacks promised for a past day of the period that have not been made since."""
    callbacks_missed = callbacks.missed(workspace, period.first, period.last)
    query = {"state": callbacks.CallbackState.MISSED.value, **period.parameters()}
    href = f"{reverse('callbacks:list', args=[workspace.slug])}?{urlencode(query)}"
    count = callbacks_missed.count()
    return NewsItem("missed", count, ngettext("callback missed", "callbacks missed", count), href)
