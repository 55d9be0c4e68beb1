"""Where calling pays: conversations per call by attempt (diminishing returns) and by weekday and hour (best times).

Over any campaigns, for a period. Both count counted calls (K), as the metrics do; days and hours are in the workspace's
time zone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import ExtractIsoWeekDay, RowNumber
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from calls.derived.daily_counts import CALL_COUNTS
from calls.metrics.definitions import FEW_CALLS, RATES, wilson_interval
from calls.metrics.presentation import Scope
from calls.models import Call
from calls.models.calls import CallQuerySet
from campaigns.models import Campaign
from config.ui.charts import (
    SEQUENCE,
    Bar,
    Cell,
    Chart,
    ChartTable,
    LegendEntry,
    LinkedCell,
    Unit,
    bar_chart,
    heat_map,
)
from config.ui.formats import number, percent
from config.ui.periods import ALL_TIME, Period
from markets.models import Workspace

MOST_ATTEMPTS = 10
"""Attempts from this number on share one row."""
ATTEMPTS = {n: str(n) for n in range(1, MOST_ATTEMPTS)} | {MOST_ATTEMPTS: f"{MOST_ATTEMPTS}+"}
"""Labels of attempts, also the values of the filter."""
WEEKDAYS = tuple(WEEKDAYS_ABBR[number] for number in range(7))
"""Monday first; in the language of whoever reads it."""
IS_CONVERSATION = CALL_COUNTS["conversation_count"]


@dataclass(frozen=True)
class ConversationRate:
    """The share of conversations among some calls. `top` is the highest rate of the chart."""

    label: str
    calls: int = 0
    conversations: int = 0
    top: float = 1.0
    which: Mapping[str, str] = field(default_factory=dict)
    """The filter of the list of these calls."""

    @property
    def rate(self) -> float | None:
        return self.conversations / self.calls if self.calls else None

    @property
    def key(self) -> str:
        """The value of `data-row`."""
        return " ".join(f"{name}:{value}" for name, value in self.which.items())

    @property
    def is_few(self) -> bool:
        return self.calls < FEW_CALLS

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson_interval(self.conversations, self.calls)

    @property
    def words(self) -> str:
        """The tooltip: fraction, rate, 95 % interval, and a warning below FEW_CALLS calls."""
        if self.rate is None or self.interval is None:
            return _("%(what)s: no calls") % {"what": self.label}
        texts = [
            _("%(what)s: %(n)s of %(all)s calls, %(rate)s"),
            _("95 %% interval %(low)s–%(high)s"),
        ]
        low, high = self.interval
        values = {
            "what": self.label,
            "n": number(self.conversations),
            "all": number(self.calls),
            "rate": percent(self.rate),
            "low": number(100 * low, 1),
            "high": percent(high),
        }
        words = "; ".join(text % values for text in texts)
        return ", ".join([words, _("few calls")]) if self.is_few else words

    @property
    def tint(self) -> int:
        """1 to 5, 5 for the highest rates."""
        steps = len(SEQUENCE)
        return 1 + min(steps - 1, int(steps * (self.rate or 0) / self.top)) if self.top else 1

    @property
    def number(self) -> str:
        """The number of the attempt."""
        return self.which.get("attempt") or self.label.removeprefix("Attempt ")

    @property
    def look(self) -> str:
        """The CSS class of a cell. Cells with few calls have no tint, as their rate says little."""
        return SEQUENCE[self.tint - 1] if not self.is_few else "few-cell" if self.calls else "none"


@dataclass(frozen=True)
class WeekdayRates:
    label: str
    cells: list[ConversationRate]


@dataclass(frozen=True)
class HourlyRates:
    """A row for each weekday, a cell for each hour from the first to the last with calls."""

    hours: list[str]
    rows: list[WeekdayRates]


def by_attempt(
    workspace: Workspace, campaigns: QuerySet[Campaign], period: Period = ALL_TIME
) -> list[ConversationRate]:
    """From the first attempt to the last, without gaps; empty without calls.

    A call's attempt number is its position among the counted calls to that contact in that campaign, including calls
    before the period.
    """
    within = workspace.in_days("started_at", period.first, period.last)
    counts: dict[str, Count] = {}
    for attempt in ATTEMPTS:
        of_number = _is(attempt)
        counts[f"calls_{attempt}"] = Count("pk", filter=of_number & within)
        counts[f"talked_{attempt}"] = Count("pk", filter=of_number & within & IS_CONVERSATION)
    found = numbered_calls(workspace, campaigns, period.as_of).aggregate(**counts)
    made = {each: (found[f"calls_{each}"], found[f"talked_{each}"]) for each in ATTEMPTS}
    last = max((number for number, (calls, _other) in made.items() if calls), default=0)
    top = highest_rate(made.values())
    return [ConversationRate(attempt_label(n), *made[n], top, {"attempt": ATTEMPTS[n]}) for n in range(1, last + 1)]


def attempt_label(attempt: int) -> str:
    return _("Attempt %(n)s") % {"n": ATTEMPTS[attempt]}


def of_attempt(number: int, calls: CallQuerySet) -> Any:
    """The calls with that attempt number; MOST_ATTEMPTS stands for itself and all higher numbers. All counted calls of
    their campaigns must be among the calls."""
    return _numbered(calls).filter(_is(number))


def _is(number: int) -> Q:
    return Q(attempt=number) if number < MOST_ATTEMPTS else Q(attempt__gte=number)


def numbered_calls(workspace: Workspace, campaigns: QuerySet[Campaign], as_of: date | None) -> Any:
    """All counted calls as of a day, each with its `attempt` number."""
    known = Call.objects.as_of(workspace, as_of).counted()
    return _numbered(known.filter(workspace=workspace, campaign__in=campaigns.order_by().values("pk")))


def _numbered(calls: CallQuerySet) -> Any:
    """In the order of the index `call_of_member`, so that nothing is sorted."""
    attempt = Window(
        RowNumber(), partition_by=[F("campaign"), F("contact")], order_by=[F("started_at").asc(), F("id").asc()]
    )
    return calls.annotate(attempt=attempt)


def by_hour(hours: QuerySet[Any, Any]) -> HourlyRates | None:
    """By weekday and hour of `calls.metrics.definitions.hour_counts`; None without calls. The hour that a clock repeats
    at the end of daylight saving time is one hour."""
    by_hour = hours.filter(call_count__gt=0).order_by().values("hour", weekday=ExtractIsoWeekDay("day"))
    counted = by_hour.annotate(calls=Sum("call_count"), talked=Sum("conversation_count"))
    found = {(row["weekday"], row["hour"]): (row["calls"], row["talked"]) for row in counted}
    if not found:
        return None
    shown = list(range(min(hour for _key, hour in found), max(hour for _key, hour in found) + 1))
    top = highest_rate(found.values())

    def cell(day: int, hour: int) -> ConversationRate:
        label = f"{WEEKDAYS[day - 1]} {hour:02}:00–{hour:02}:59"
        which = {"weekday": str(day), "hour": str(hour)}
        return ConversationRate(label, *found.get((day, hour), (0, 0)), top, which)

    days = range(1, 8 if any(day > 5 for day, _other in found) else 6)
    rows_shown = [WeekdayRates(str(WEEKDAYS[day - 1]), [cell(day, hour) for hour in shown]) for day in days]
    return HourlyRates([f"{hour:02}" for hour in shown], rows_shown)


def attempts_chart(attempts: list[ConversationRate], scope: Scope | None) -> Chart | None:
    """A bar for each attempt; None without calls. Without a scope its numbers link to no rows."""
    if not attempts:
        return None
    shown = [Bar(each.words, [(each.rate or 0, "s1" if each.is_few else "s5")], each.number) for each in attempts]
    rows = tuple(
        (
            each.number,
            _counted(scope, each, calls_made=each.calls),
            _counted(scope, each, conversations=each.conversations),
            _counted(scope, each, connection_rate=each.rate),
            _interval(each),
        )
        for each in attempts
    )
    # xgettext:no-python-format
    interval = _("95 % interval")
    header = (_("Attempt"), _("Calls"), _("Conversations"), _("Rate"), interval)
    enough = _("%(n)s calls or more") % {"n": FEW_CALLS}
    keys = [LegendEntry("s5", enough), LegendEntry("s1", _("few calls"))]
    title = _("Conversations per call by attempt")
    return bar_chart(title, shown, ChartTable(header, rows), keys=keys, unit=Unit.SHARE)


def hours_chart(times: HourlyRates | None, scope: Scope | None) -> Chart | None:
    """A cell for each weekday and hour; None without calls. Without a scope its numbers link to no rows."""
    if times is None:
        return None
    shown = [(row.label, [Cell(share.words, share.look) for share in row.cells]) for row in times.rows]
    rows = ((row.label, *(_talked_of(scope, each) if each.calls else "" for each in row.cells)) for row in times.rows)
    numbers = ChartTable((_("Conversations / calls"), *times.hours), tuple(rows))
    first, *between, last = (LegendEntry(look, "") for look in SEQUENCE)
    tints = [replace(first, words=_("fewer")), *between, replace(last, words=_("more"))]
    keys = [LegendEntry("", _("Conversations per call")), *tints, LegendEntry("few-cell", _("few calls"))]
    return heat_map(_("Conversations per call by weekday and hour"), times.hours, shown, numbers, keys)


def _talked_of(scope: Scope | None, share: ConversationRate) -> LinkedCell | str:
    return _counted(scope, share, conversations=share.conversations, calls_made=share.calls)


def _counted(scope: Scope | None, share: ConversationRate, **values: int | float | None) -> LinkedCell | str:
    if scope is None:
        shown = (percent(value) if metric in RATES else number(value) for metric, value in values.items())
        return " / ".join(shown)
    further = f"&{urlencode(share.which)}"
    return LinkedCell(share.key, tuple(scope.number(metric, value, further) for metric, value in values.items()))


def _interval(share: ConversationRate) -> str:
    if not share.interval:
        return ""
    low, high = share.interval
    words = f"{number(100 * low, 1)}–{percent(high)}"
    return ", ".join([words, _("few calls")]) if share.is_few else words


def highest_rate(counts: Iterable[tuple[int, int]]) -> float:
    """The highest rate over at least FEW_CALLS calls, or else the highest of all."""
    found = list(counts)
    enough = [talked / calls for calls, talked in found if calls >= FEW_CALLS]
    return max(enough or [talked / calls for calls, talked in found if calls], default=0.0)
