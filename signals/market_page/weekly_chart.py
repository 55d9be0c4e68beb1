"""Calls and conversations by week of the workspace, as a chart."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncWeek

from calls.metrics.definitions import day_counts
from calls.metrics.presentation import Scope
from config.ui.charts import Bar, Chart, ChartTable, LegendEntry, LinkedCell, bar_chart
from config.ui.formats import day

KEYS = [LegendEntry("t4", "conversations"), LegendEntry("t2", "other calls")]


def _by_week(days: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Monday, calls and conversations, of weeks with any calls."""
    counts = {"calls": Sum("call_count"), "conversations": Sum("conversation_count")}
    return days.order_by().values_list(TruncWeek("day")).annotate(**counts)


def weeks(scope: Scope, last_day: date | None, days: QuerySet[Any, Any] | None = None, most: int = 13) -> Chart | None:
    """The last weeks of the period, or up to the last call of all time, without gaps; None without any week.

    `last_day` is that of the scope's newest call. `days` are its `calls.metrics.definitions.day_counts`; None are
    the workspace's.
    """
    period = scope.period
    today = period.as_of or scope.workspace.today()
    last = min(period.last or last_day or today, today)
    running = last - timedelta(days=last.weekday())
    first = running - timedelta(weeks=most - 1)
    shown = replace(period, first=max(first, period.first) if period.first else first, last=last)
    sums = dict.fromkeys((running - timedelta(weeks=n) for n in range(most)), (0, 0))
    of_weeks = day_counts(scope.workspace, shown) if days is None else days.filter(shown.over("day"))
    for monday, calls, conversations in _by_week(of_weeks):
        sums[monday] = calls, conversations
    kept = [each for each in sorted(sums) if not period.first or each + timedelta(days=6) >= period.first]
    return _chart(replace(scope, period=shown), [(monday, *sums[monday]) for monday in kept], today) if kept else None


def _chart(scope: Scope, found: list[tuple[date, int, int]], today: date) -> Chart:
    shown: list[Bar] = []
    rows: list[tuple[str | LinkedCell, ...]] = []
    for place, (monday, calls, conversations) in enumerate(found):
        is_running = monday <= today < monday + timedelta(weeks=1)
        words = f"{day(monday)} – {day(monday + timedelta(days=6))}: {calls:,} calls, {conversations:,} conversations"
        label = "" if place % 3 else day(monday)
        values = [(calls, "t2"), (conversations, "t4")]
        shown.append(Bar(f"{words}{' so far' if is_running else ''}", values, label, is_running))
        counts = _counted(scope, monday, calls_made=calls, conversations=conversations)
        rows.append((f"{day(monday)}{' (running)' if is_running else ''}", *counts))
    top = max(calls for _, calls, _ in found)
    numbers = ChartTable(("Week from", "Calls", "Conversations"), tuple(rows))
    return bar_chart("Calls by week", shown, numbers, top=f"{top or 1:,}", keys=KEYS)


def _counted(scope: Scope, monday: date, **counts: int) -> list[LinkedCell]:
    """Each count of a week beside the others, with the rows that it has in the period."""
    week = replace(scope, period=scope.period.within(monday, monday + timedelta(days=6)))
    return [LinkedCell(f"week:{monday}", (week.number(metric, count),)) for metric, count in counts.items()]
