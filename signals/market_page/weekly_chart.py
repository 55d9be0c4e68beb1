"""The chart of calls and conversations by week."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext as _

from calls.metrics.definitions import day_counts
from calls.metrics.presentation import Scope
from config.ui.charts import Bar, Chart, ChartTable, LegendEntry, LinkedCell, bar_chart
from config.ui.formats import day, number


def _by_week(days: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Monday, calls and conversations of each week that has calls."""
    counts = {"calls": Sum("call_count"), "conversations": Sum("conversation_count")}
    return days.order_by().values_list(TruncWeek("day")).annotate(**counts)


def weeks(scope: Scope, last_day: date | None, days: QuerySet[Any, Any] | None = None, limit: int = 13) -> Chart | None:
    """The last weeks of the period without gaps, or None if they have no calls.

    An open period ends on `last_day`, the day of the scope's newest call. `days` are the scope's
    `calls.metrics.definitions.day_counts`; None stands for the workspace's.
    """
    period = scope.period
    today = period.as_of or scope.workspace.today()
    last = min(period.last or last_day or today, today)
    last_monday = last - timedelta(days=last.weekday())
    first = last_monday - timedelta(weeks=limit - 1)
    shown = replace(period, first=max(first, period.first) if period.first else first, last=last)
    counts = dict.fromkeys((last_monday - timedelta(weeks=n) for n in range(limit)), (0, 0))
    shown_days = day_counts(scope.workspace, shown) if days is None else days.filter(shown.over("day"))
    for monday, calls, conversations in _by_week(shown_days):
        counts[monday] = calls, conversations
    to_sunday = timedelta(days=6)
    mondays = [monday for monday in sorted(counts) if not period.first or monday + to_sunday >= period.first]
    if not any(any(counts[monday]) for monday in mondays):
        return None
    return _chart(replace(scope, period=shown), [(monday, *counts[monday]) for monday in mondays], today)


def _chart(scope: Scope, counts: list[tuple[date, int, int]], today: date) -> Chart:
    bars: list[Bar] = []
    rows: list[tuple[str | LinkedCell, ...]] = []
    for monday, calls, conversations in counts:
        is_running = monday <= today < monday + timedelta(weeks=1)
        label = _("%(day)s (running)") % {"day": day(monday)} if is_running else day(monday)
        values = [(calls, "s2"), (conversations, "s5")]
        bars.append(Bar(_words(monday, calls, conversations, is_running=is_running), values, day(monday), is_running))
        cells = _cells(scope, monday, calls_made=calls, conversations=conversations)
        rows.append((label, *cells))
    numbers = ChartTable((_("Week from"), _("Calls"), _("Conversations")), tuple(rows))
    keys = [LegendEntry("s5", _("conversations")), LegendEntry("s2", _("other calls"))]
    return bar_chart(_("Calls by week"), bars, numbers, keys=keys)


def _words(monday: date, calls: int, conversations: int, *, is_running: bool) -> str:
    text = _("%(week)s: %(calls)s calls, %(conversations)s conversations")
    if is_running:
        text = _("%(week)s: %(calls)s calls, %(conversations)s conversations so far")
    week = f"{day(monday)} – {day(monday + timedelta(days=6))}"
    return text % {"week": week, "calls": number(calls), "conversations": number(conversations)}


def _cells(scope: Scope, monday: date, **counts: int) -> list[LinkedCell]:
    """A cell for each count of a week, linked to its rows within the period."""
    week = replace(scope, period=scope.period.within(monday, monday + timedelta(days=6)))
    return [LinkedCell(f"week:{monday}", (week.number(metric, count),)) for metric, count in counts.items()]
