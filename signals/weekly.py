"""Calls and conversations by week of the workspace, as a chart."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Max

from calls.metrics import funnel
from config.ui.charts import Bar, Chart, Key, Numbers, bars
from config.ui.formats import day
from config.ui.periods import Period
from markets.models import Workspace

KEYS = [Key("t4", "conversations"), Key("t2", "other calls")]


def weeks(workspace: Workspace, days: Any, period: Period, most: int = 13) -> Chart | None:
    """The last weeks of the period, or up to the last call of all time, without gaps; None without any week.

    `days` are some of the period's `calls.metrics.day_counts`.
    """
    today = period.as_of or workspace.today()
    newest = None if period.last else days.filter(call_count__gt=0).aggregate(day=Max("day"))["day"]
    last = min(period.last or newest or today, today)
    running = last - timedelta(days=last.weekday())
    first = running - timedelta(weeks=most - 1)
    shown = Period(max(first, period.first) if period.first else first, last)
    sums = dict.fromkeys((running - timedelta(weeks=n) for n in range(most)), (0, 0))
    for row in days.filter(shown.over("day")).order_by("day").values("day").annotate(**funnel()):
        monday = row["day"] - timedelta(days=row["day"].weekday())
        calls, conversations = sums[monday]
        sums[monday] = calls + row["calls_made"], conversations + row["conversations"]
    kept = [each for each in sorted(sums) if not period.first or each + timedelta(days=6) >= period.first]
    return _chart([(monday, *sums[monday]) for monday in kept], today) if kept else None


def _chart(found: list[tuple[date, int, int]], today: date) -> Chart:
    shown, rows = [], []
    for place, (monday, calls, conversations) in enumerate(found):
        is_running = monday <= today < monday + timedelta(weeks=1)
        words = f"{day(monday)} – {day(monday + timedelta(days=6))}: {calls:,} calls, {conversations:,} conversations"
        label = "" if place % 3 else day(monday)
        values = [(calls, "t2"), (conversations, "t4")]
        shown.append(Bar(f"{words}{' so far' if is_running else ''}", values, label, is_running))
        rows.append([f"{day(monday)}{' (running)' if is_running else ''}", f"{calls:,}", f"{conversations:,}"])
    top = max(calls for _, calls, _ in found)
    numbers = Numbers(["Week from", "Calls", "Conversations"], rows)
    return bars("Calls by week", shown, numbers, top=f"{top or 1:,}", keys=KEYS)
