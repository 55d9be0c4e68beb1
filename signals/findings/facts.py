"""Reads what the rules need: one statement for the calls of both periods, one for the campaigns that are Active now,
and one for the people who moved."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Sum, Value, When
from django.utils.timezone import now
from django.utils.translation import gettext

from calls.metrics.callbacks import KEPT_WITHIN
from calls.metrics.definitions import CALL_METRICS, Counts, call_sums, day_counts, outcome_sums
from calls.models.daily_counts import OUTCOME_COUNTS
from campaigns.dispositions import Disposition
from config.db.expressions import RowCount
from config.ui.periods import Period
from markets.models import Market, Workspace
from signals.capture.vocabulary import SignalType
from signals.findings.follow_ups import is_followed_up, moved_up
from signals.findings.shape import FirmState, IdleCampaign, Movers
from signals.market_page.current_breakdown import MIN_CONTACTS, FirmBreakdown
from signals.market_page.movement import movers
from signals.models import SignalQuerySet

NO_COUNTS: Counts = dict.fromkeys([*CALL_METRICS, *map(str, Disposition), "squares"], 0)
UNSTABLE = "Unstable"


def total(counts: Sequence[Counts]) -> Counts:
    return {name: sum(each[name] for each in counts) for name in NO_COUNTS}


@dataclass(frozen=True)
class CallCounts:
    """The totals of calls by market id, of the period and of the one before."""

    now: Mapping[int, Counts]
    before: Mapping[int, Counts]

    @property
    def all_before(self) -> Counts:
        return total(list(self.before.values()))


def call_counts(workspace: Workspace, period: Period, before: Period, market: Market | None = None) -> CallCounts:
    """Of all markets or of one, from the stored counts of each day."""
    names = [*CALL_METRICS.values(), *OUTCOME_COUNTS.values()]
    days = day_counts(workspace, replace(period, first=before.first), names)
    days = days.filter(campaign__market=market) if market else days
    is_now = Case(When(day__gte=period.first, then=Value(1)), default=Value(0))
    rows = days.order_by().values("campaign__market", is_now=is_now)
    found: dict[int, dict[int, Counts]] = {0: {}, 1: {}}
    for row in rows.annotate(**call_sums(), **outcome_sums(), squares=Sum(F("call_count") * F("call_count"))):
        found[row.pop("is_now")][row.pop("campaign__market")] = row
    return CallCounts(found[1], found[0])


@dataclass
class ActiveNow:
    """Of a market, as of now: callbacks that are late, and Active campaigns in which nobody can be called."""

    late_callbacks: int = 0
    idle: list[IdleCampaign] = field(default_factory=list)


def active_now(workspace: Workspace, market: Market | None = None) -> dict[int, ActiveNow]:
    """By market id."""
    campaigns = workspace.campaigns.active().order_by("pk")
    campaigns = campaigns.filter(market=market) if market else campaigns
    members = workspace.campaign_contacts.filter(campaign=OuterRef("pk"))
    is_idle = ~Exists(members.callable())
    late = RowCount(members.callable().filter(callback_due_at__lte=now() - KEPT_WITHIN))
    people = Case(When(is_idle, then=RowCount(members.current())), default=Value(-1))
    found: defaultdict[int, ActiveNow] = defaultdict(ActiveNow)
    for pk, name, in_market, late_count, count in campaigns.values_list("pk", "name", "market", late, people):
        found[in_market].late_callbacks += late_count
        if count >= 0:
            found[in_market].idle.append(IdleCampaign(pk, name, count))
    return found


def movers_up(
    workspace: Workspace, market: Market | None, period: Period, current: SignalQuerySet
) -> dict[int, Movers]:
    """By market id. `current` are the current signals of the market or of all."""
    up = moved_up(movers(workspace, market, period, current))
    followed: Any = Value(1) if period.as_of else Case(When(is_followed_up(workspace), then=Value(1)), default=Value(0))
    rows = up.order_by().values_list("call__campaign__market", "call__campaign", followed).annotate(n=Count("pk"))
    of_markets: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for in_market, campaign, is_followed, count in rows:
        of_markets[in_market].append((campaign, is_followed, count))
    return {each: _movers(rows, is_past=period.as_of is not None) for each, rows in of_markets.items()}


def _movers(rows: Sequence[tuple[int, int, int]], *, is_past: bool) -> Movers:
    left = sorted((-count, campaign) for campaign, is_followed, count in rows if not is_followed)
    unfollowed = None if is_past else -sum(count for count, _ in left)
    return Movers(sum(count for *_, count in rows), unfollowed, [campaign for _, campaign in left])


def stability(answers: Sequence[Any]) -> tuple[int, int]:
    """Of the breakdown of current signals by type: how many people find their firm unstable, of how many."""
    for answer in answers:
        if answer.type == SignalType.FIRM_STABILITY:
            return sum(part.value for part in answer.bar.parts if part.label == gettext(UNSTABLE)), answer.bar.total
    return 0, 0


def firm_states(
    workspace: Workspace, campaigns: Sequence[int], before: Period, firms: Sequence[FirmBreakdown]
) -> list[FirmState]:
    """Of the firms of a market's page with unstable people among at least MIN_CONTACTS. Asks the database only if there
    are any."""
    states = {firm.name: stability(firm.answers) for firm in firms}
    shown = {name: each for name, each in states.items() if each[0] and each[1] >= MIN_CONTACTS}
    if not shown:
        return []
    known = workspace.signals.as_of(workspace, before.last).current_in(campaigns)
    known = known.filter(type=SignalType.FIRM_STABILITY, value=UNSTABLE, contact__firm__in=list(shown))
    earlier = dict(known.order_by().values_list("contact__firm").annotate(n=Count("contact")))
    return [FirmState(name, heard, unstable, earlier.get(name, 0)) for name, (unstable, heard) in shown.items()]
