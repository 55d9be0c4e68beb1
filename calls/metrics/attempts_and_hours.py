"""Where calling pays: conversations per call by attempt (diminishing returns) and by weekday and hour (best times).

Over any campaigns, for a period. Both count K, as the metrics do; days and hours are those of the workspace's zone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import ExtractIsoWeekDay, RowNumber

from calls.derived.daily_counts import CALL_COUNTS
from calls.metrics.definitions import FEW_CALLS, wilson_interval
from calls.metrics.presentation import Scope
from calls.models import Call
from calls.models.calls import CallQuerySet
from campaigns.models import Campaign
from config.ui.charts import Bar, Cell, Chart, Counted, Key, Numbers, bars, heat
from config.ui.formats import percent
from config.ui.periods import ALL_TIME, Period
from markets.models import Workspace

MOST_ATTEMPTS = 10
"""From this attempt on all are one."""
ATTEMPTS = {n: str(n) for n in range(1, MOST_ATTEMPTS)} | {MOST_ATTEMPTS: f"{MOST_ATTEMPTS}+"}
"""What they are called, and asked for by."""
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TALKED = CALL_COUNTS["conversation_count"]


@dataclass(frozen=True)
class Share:
    """How many of some calls were conversations. `top` is the highest rate among those beside it."""

    label: str
    calls: int = 0
    conversations: int = 0
    top: float = 1.0
    which: Mapping[str, str] = field(default_factory=dict)
    """What a list of calls is narrowed by to have these."""

    @property
    def rate(self) -> float | None:
        return self.conversations / self.calls if self.calls else None

    @property
    def key(self) -> str:
        """As `data-row` names it."""
        return " ".join(f"{name}:{value}" for name, value in self.which.items())

    @property
    def is_few(self) -> bool:
        return self.calls < FEW_CALLS

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson_interval(self.conversations, self.calls)

    @property
    def words(self) -> str:
        """For a tooltip: the fraction, the rate, its 95 % interval, and whether it rests on few calls."""
        if self.rate is None or self.interval is None:
            return f"{self.label}: no calls"
        low, high = self.interval
        text = f"{self.label}: {self.conversations:,} of {self.calls:,} calls, {100 * self.rate:.1f} %"
        return f"{text}; 95 % interval {100 * low:.1f}–{100 * high:.1f} %{', few calls' if self.is_few else ''}"

    @property
    def tint(self) -> int:
        """1 to 4, stronger the closer to the top."""
        return 1 + min(3, int(4 * (self.rate or 0) / self.top)) if self.top else 1

    @property
    def number(self) -> str:
        """Of an attempt."""
        return self.label.removeprefix("Attempt ")

    @property
    def look(self) -> str:
        """Of a cell: nothing without calls, and few calls have no tint, as a rate of theirs says little."""
        return f"t{self.tint}" if not self.is_few else "few-cell" if self.calls else "none"


@dataclass(frozen=True)
class Weekday:
    label: str
    cells: list[Share]


@dataclass(frozen=True)
class Times:
    """Best times: a row for each weekday, a cell for each hour from the first to the last that was called in."""

    hours: list[str]
    rows: list[Weekday]


def by_attempt(workspace: Workspace, campaigns: QuerySet[Campaign], period: Period = ALL_TIME) -> list[Share]:
    """Without gaps from the first attempt to the last that was made; empty without calls.

    An attempt's number is the call's place among the counted calls to that person in that campaign, also those before
    the period.
    """
    within = workspace.in_days("started_at", period.first, period.last)
    counts: dict[str, Any] = {}
    for number in ATTEMPTS:
        of_number = _is(number)
        counts[f"calls_{number}"] = Count("pk", filter=of_number & within)
        counts[f"talked_{number}"] = Count("pk", filter=of_number & within & TALKED)
    found = _numbered(workspace, campaigns, period.as_of).aggregate(**counts)
    made = {number: (found[f"calls_{number}"], found[f"talked_{number}"]) for number in ATTEMPTS}
    last = max((number for number, (calls, _) in made.items() if calls), default=0)
    top = _top(made.values())
    return [Share(f"Attempt {ATTEMPTS[n]}", *made[n], top, {"attempt": ATTEMPTS[n]}) for n in range(1, last + 1)]


def of_attempt(number: int, workspace: Workspace, campaigns: QuerySet[Campaign], as_of: date | None) -> CallQuerySet:
    """The calls that were an attempt of that number, or from MOST_ATTEMPTS on of any from there, as was known then."""
    return _numbered(workspace, campaigns, as_of).filter(_is(number))


def _is(number: int) -> Q:
    return Q(attempt=number) if number < MOST_ATTEMPTS else Q(attempt__gte=number)


def _numbered(workspace: Workspace, campaigns: QuerySet[Campaign], as_of: date | None) -> Any:
    """All calls that were known then, each with the number of its `attempt`."""
    attempt = Window(
        RowNumber(), partition_by=[F("campaign"), F("contact")], order_by=[F("started_at").asc(), F("id").asc()]
    )
    known = Call.objects.as_of(workspace, as_of).counted()
    return known.filter(workspace=workspace, campaign__in=campaigns.order_by().values("pk")).annotate(attempt=attempt)


def by_time(hours: QuerySet[Any, Any]) -> Times | None:
    """By weekday and hour in the workspace's zone, of `calls.metrics.definitions.hour_counts`; None without calls.
    An hour that the
    clock repeats is one hour."""
    by_hour = hours.filter(call_count__gt=0).order_by().values("hour", weekday=ExtractIsoWeekDay("day"))
    counted = by_hour.annotate(calls=Sum("call_count"), talked=Sum("conversation_count"))
    found = {(row["weekday"], row["hour"]): (row["calls"], row["talked"]) for row in counted}
    if not found:
        return None
    shown = list(range(min(hour for _, hour in found), max(hour for _, hour in found) + 1))
    top = _top(found.values())

    def cell(day: int, hour: int) -> Share:
        label = f"{WEEKDAYS[day - 1]} {hour:02}:00–{hour:02}:59"
        which = {"weekday": str(day), "hour": str(hour)}
        return Share(label, *found.get((day, hour), (0, 0)), top, which)

    days = range(1, 8 if any(day > 5 for day, _ in found) else 6)
    rows_shown = [Weekday(WEEKDAYS[day - 1], [cell(day, hour) for hour in shown]) for day in days]
    return Times([f"{hour:02}" for hour in shown], rows_shown)


def attempts_chart(attempts: list[Share], scope: Scope) -> Chart | None:
    """A bar for each attempt of the scope's calls; None without calls."""
    if not attempts:
        return None
    shown = [Bar(each.words, [(each.rate or 0, "t1" if each.is_few else "t4")], each.number) for each in attempts]
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
    numbers = Numbers(("Attempt", "Calls", "Conversations", "Rate", "95 % interval"), rows)
    top = percent(max(each.rate or 0 for each in attempts))
    keys = [Key("t4", f"{FEW_CALLS} calls or more"), Key("t1", "few calls")]
    return bars("Conversations per call by attempt", shown, numbers, top=top, keys=keys)


def times_chart(times: Times | None, scope: Scope) -> Chart | None:
    """A cell for each weekday and hour of the scope's calls; None without calls."""
    if times is None:
        return None
    shown = [(row.label, [Cell(share.words, share.look) for share in row.cells]) for row in times.rows]
    rows = ((row.label, *(_talked_of(scope, each) if each.calls else "" for each in row.cells)) for row in times.rows)
    numbers = Numbers(("Conversations / calls", *times.hours), tuple(rows))
    tints = [Key("t1", "fewer"), Key("t2", ""), Key("t3", ""), Key("t4", "more")]
    keys = [Key("", "Conversations per call"), *tints, Key("few-cell", "few calls")]
    return heat("Conversations per call by weekday and hour", times.hours, shown, numbers, keys)


def _talked_of(scope: Scope, share: Share) -> Counted:
    return _counted(scope, share, conversations=share.conversations, calls_made=share.calls)


def _counted(scope: Scope, share: Share, **values: int | float | None) -> Counted:
    further = f"&{urlencode(share.which)}"
    return Counted(share.key, tuple(scope.number(metric, value, further) for metric, value in values.items()))


def _interval(share: Share) -> str:
    if not share.interval:
        return ""
    low, high = share.interval
    return f"{100 * low:.1f}–{100 * high:.1f} %{', few calls' if share.is_few else ''}"


def _top(counts: Iterable[tuple[int, int]]) -> float:
    """The highest rate that rests on enough calls, or else the highest at all."""
    found = list(counts)
    enough = [talked / calls for calls, talked in found if calls >= FEW_CALLS]
    return max(enough or [talked / calls for calls, talked in found if calls], default=0.0)
