"""Signals of a market over time: for each type how many were heard in each month, by value."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from calls.metrics.presentation import Scope
from config.ui import dates
from config.ui.charts import Bar, Chart, ChartTable, LegendEntry, LinkedCell, bar_chart
from config.ui.formats import number
from signals.capture.vocabulary import QUESTIONS, VALUES, SignalType
from signals.market_page.current_breakdown import UNORDERED, value_looks

MOST_MONTHS = 12

Counts = Mapping[tuple[str, str, date], int]
"""Signals by type, value and the first day of the month."""


@dataclass(frozen=True)
class TypeTrend:
    """The signals of one type by month."""

    label: str
    question: str
    chart: Chart


def signal_trends(scope: Scope) -> list[TypeTrend]:
    """The trend of each type that was heard, over the last MOST_MONTHS months of the scope's period. One statement."""
    months = _months(scope)
    shown = replace(scope, period=scope.period.within(months[0], _last_of(months[-1])))
    workspace, period = scope.workspace, shown.period
    signals = workspace.signals.as_of(workspace, period.as_of).counted()
    signals = signals.filter(workspace.in_days("heard_at", period.first, period.last), call__workspace=workspace)
    if scope.market:
        signals = signals.heard_in(workspace, list(scope.market.campaigns.values_list("pk", flat=True)))
    by_month = signals.order_by().values_list("type", "value", TruncMonth("heard_at", tzinfo=workspace.zone))
    counts = {(type_, value, month.date()): count for type_, value, month, count in by_month.annotate(n=Count("pk"))}
    heard = {type_ for type_, _, _ in counts}
    return [
        TypeTrend(str(type_.label), _(QUESTIONS[type_]), _chart(shown, type_, months, counts))
        for type_ in SignalType
        if type_ in heard
    ]


def _months(scope: Scope) -> list[date]:
    """The first days of the months that are shown, oldest first."""
    period, today = scope.period, scope.workspace.today()
    last = min(period.last or period.as_of or today, today)
    months = [last.replace(day=1)]
    while len(months) < MOST_MONTHS and not (period.first and months[-1] <= period.first):
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]


def _last_of(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _chart(scope: Scope, type_: SignalType, months: Sequence[date], counts: Counts) -> Chart:
    looks = value_looks(VALUES[type_], is_ordered=type_ not in UNORDERED)
    today = scope.period.as_of or scope.workspace.today()
    bars: list[Bar] = []
    rows: list[tuple[str | LinkedCell, ...]] = []
    totals: defaultdict[str, int] = defaultdict(int)
    for month in months:
        found = {value: counts.get((type_, value, month), 0) for value in looks}
        for value, count in found.items():
            totals[value] += count
        name = dates.month(month)
        is_running = month <= today <= _last_of(month)
        bars.append(Bar(_words(name, found), _layers(found, looks), dates.short_month(month), is_running))
        rows.append((name, *(_cell(scope, type_, value, month, count) for value, count in found.items())))
    keys = [LegendEntry(look, f"{_(value)} {number(totals[value])}") for value, look in looks.items() if totals[value]]
    numbers = ChartTable((_("Month"), *map(_, looks)), tuple(rows))
    return bar_chart(_("%(type)s by month") % {"type": type_.label}, bars, numbers, keys=keys)


def _layers(found: Mapping[str, int], looks: Mapping[str, str]) -> list[tuple[float, str]]:
    """Stacked, the first value at the base: each layer reaches down to the base line and is covered by the next."""
    height, layers = sum(found.values()), list[tuple[float, str]]()
    for value in reversed(list(found)):
        if found[value]:
            layers.append((height, looks[value]))
        height -= found[value]
    return layers or [(0, next(iter(looks.values())))]


def _words(name: str, found: Mapping[str, int]) -> str:
    heard = [f"{number(count)} {_(value)}" for value, count in found.items() if count]
    return f"{name}: {', '.join(heard)}" if heard else _("%(month)s: no signals") % {"month": name}


def _cell(scope: Scope, type_: SignalType, value: str, month: date, count: int) -> LinkedCell:
    of_month = replace(scope, period=scope.period.within(month, _last_of(month)))
    number = of_month.number("signals_captured", count, f"&{urlencode({'type': type_, 'value': value})}")
    return LinkedCell(f"{type_}:{value} {month:%Y-%m}", (number,))
