"""What each metric means (product.md, section 5), once, as SQL. Counts are stored, rates derived and always pooled.

    totals(workspace, market.campaigns.all(), period)     one roll-up over some campaigns; None is all

`row_metrics` attaches the same metrics to the rows of a list.

Calls are summed from the stored counts of each day, contacts are counted from their memberships. A period selects the
calls that started on its days and the contacts called on them; membership is as of now, or of the period's as-of day,
whatever the period's days. For a past as-of day, counts that have changed since are recounted from the calls known
then, and the same expressions sum them. A rate is None if its denominator is 0. Counts over different relations are
separate subqueries: a join would multiply them.
"""

from collections.abc import Collection
from math import sqrt
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    Expression,
    F,
    IntegerField,
    Max,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from calls.derived.daily_counts import HOUR_COUNTS, recounted_as_of
from calls.models import Call, CampaignDay, CampaignHour
from calls.models.calls import CallQuerySet
from calls.models.daily_counts import OUTCOME_COUNTS
from campaigns.dispositions import CONVERSATIONS
from campaigns.models import Campaign, CampaignContact
from campaigns.models.members import CampaignContactQuerySet
from config.db.as_of import JsonTextByKey, cached_as_of, override_fields
from config.ui.periods import ALL_TIME, Period
from markets.models import Workspace

Counts = dict[str, Any]
"""Counts by metric or disposition, with rates and `last_day` where they are derived."""
FEW_CALLS = 20
CALL_METRICS = {
    "calls_made": "call_count",
    "conversations": "conversation_count",
    "meetings_booked": "meeting_count",
    "signals_captured": "signal_count",
}
LAST_CALL_DAY = Max("day", filter=Q(call_count__gt=0))
"""The day of the newest call."""
CONTACT_METRICS = ("contact_count", "called", "reached")
TABLE_CONTACT_METRICS = CONTACT_METRICS[:2]
"""Tables show only these: each further count slows the query."""
RATES = {
    "connection_rate": ("conversations", "calls_made"),
    "coverage": ("called", "contact_count"),
    "reach": ("reached", "called"),
}
"""Numerator and denominator of each rate."""


Z_95 = 1.959963984540054
"""The standard score of a 95 % interval."""


def wilson_interval(successes: int, trials: int, z: float = Z_95) -> tuple[float, float] | None:
    """The interval of a rate (Wilson 1927), by default with 95 %, or None without trials."""
    if not trials:
        return None
    share, spread = successes / trials, z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def call_sums() -> dict[str, Expression]:
    """The four metrics of calls as sums over `day_counts`. Only a sum over no rows at all, outside a group, is null: a
    Coalesce for each would double the time to compile the query."""
    return {name: Sum(field) for name, field in CALL_METRICS.items()}


def day_counts(
    workspace: Workspace, period: Period = ALL_TIME, names: Collection[str] = tuple(CALL_METRICS.values())
) -> QuerySet[Model]:
    """The stored counts of the period's days. The counts in `names` are as of its as-of day: each of them makes such a
    query longer and slower to compile."""
    return _stored_counts(CampaignDay, workspace, period, names)


def hour_counts(workspace: Workspace, period: Period = ALL_TIME) -> QuerySet[Model]:
    """The stored counts of the hours of the period's days, all as of its as-of day."""
    return _stored_counts(CampaignHour, workspace, period, HOUR_COUNTS)


def _stored_counts(model: Any, workspace: Workspace, period: Period, names: Collection[str]) -> QuerySet[Model]:
    """Counts unchanged since the as-of day are used as they are; others are recounted from calls, once per request."""
    stored = model.objects.filter(period.over("day"), workspace=workspace)
    if period.as_of is None:
        return stored
    _, at = workspace.bounds(None, period.as_of)
    day = period.as_of
    recounted = cached_as_of(workspace, (model, day), lambda: recounted_as_of(model, workspace, day))

    def as_of(name: str) -> Case:
        count = Coalesce(Cast(JsonTextByKey(Value(recounted[name]), "pk"), IntegerField()), 0)
        return Case(When(counts_changed_at__gte=at, then=count), default=F(name), output_field=IntegerField())

    return override_fields(stored, **{name: as_of(name) for name in names}) if recounted else stored


def counted_calls(workspace: Workspace, period: Period = ALL_TIME) -> CallQuerySet:
    """The counted calls (K) of the period, as of its as-of day."""
    calls = Call.objects.filter(workspace=workspace).as_of(workspace, period.as_of).counted()
    return calls.filter(workspace.in_days("started_at", period.first, period.last))


def current_members(workspace: Workspace, period: Period = ALL_TIME) -> CampaignContactQuerySet:
    """The members of campaigns at the end of the period's as-of day."""
    return CampaignContact.objects.filter(workspace=workspace).as_of(workspace, period.as_of).current()


def was_called(workspace: Workspace, period: Period = ALL_TIME) -> Q:
    """Condition on members: called in the period."""
    newest = ("last_attempt_at", "is_called", "called_changed_at")
    return _newest_in(workspace, period, newest, counted_calls(workspace, period))


def was_reached(workspace: Workspace, period: Period = ALL_TIME) -> Q:
    """Condition on members: spoken with in the period."""
    newest = ("last_conversation_at", "is_reached", "reached_changed_at")
    return _newest_in(workspace, period, newest, counted_calls(workspace, period).conversations())


def _newest_in(workspace: Workspace, period: Period, fields: tuple[str, str, str], calls: CallQuerySet) -> Q:
    """`fields` store the time of a member's newest call, whether there is one, and when that last changed.

    For members changed since the as-of day the calls known then decide.
    """
    newest, is_any, since = fields
    start, _ = workspace.bounds(period.first, None)
    _, at = workspace.bounds(None, period.as_of)
    condition = Q(**{f"{newest}__gte": start}) if start else Q(**{is_any: True})
    if has_ended(workspace, period):
        condition &= Q(Exists(of_member(calls)))
    if at:
        changed = Q(**{f"{'counts_changed_at' if start else since}__gte": at})
        condition = ~changed & condition | changed & Q(first_recorded_at__lt=at) & Q(Exists(of_member(calls)))
    return condition


def has_ended(workspace: Workspace, period: Period) -> bool:
    """Before that a member's newest call says whether they were called in it; then it may be a later one."""
    return period.last is not None and period.last < (period.as_of or workspace.today())


def of_member(calls: CallQuerySet) -> CallQuerySet:
    """The calls to a member, for an Exists over CampaignContact."""
    return calls.filter(campaign=OuterRef("campaign"), contact=OuterRef("contact"))


MEMBER = Q(campaign__isnull=False)
"""Always true; for what needs a condition, on a column that each index of members contains."""


def contact_sources(
    workspace: Workspace, period: Period = ALL_TIME, names: Collection[str] = CONTACT_METRICS
) -> list[tuple[QuerySet[Model], dict[str, Q]]]:
    """The rows to count contacts over, distinct by `contact`, each with the condition of every metric in `names`.

    After the period has ended the contacts called are counted over its calls: that reads each call once, instead of
    searching the calls of each member.
    """
    members = current_members(workspace, period)
    if not has_ended(workspace, period):
        called, reached = was_called(workspace, period), was_reached(workspace, period)
        sources: Any = [(members, {"contact_count": MEMBER, "called": called, "reached": reached})]
    else:
        of_member_now = members.filter(campaign=OuterRef("campaign"), contact=OuterRef("contact"))
        calls = counted_calls(workspace, period).filter(Exists(of_member_now))
        talked = Q(disposition__in=CONVERSATIONS)
        sources = [(members, {"contact_count": MEMBER}), (calls, {"called": MEMBER, "reached": talked})]
    return [
        (rows, {name: condition for name, condition in conditions.items() if name in names})
        for rows, conditions in sources
    ]


def conditional_count(key: str, condition: Q, *, distinct: bool) -> Count:
    return Count(key, distinct=distinct, filter=None if condition is MEMBER else condition)


def call_totals(
    workspace: Workspace,
    campaigns: QuerySet[Campaign] | None,
    period: Period = ALL_TIME,
    *,
    with_outcomes: bool = False,
) -> Counts:
    """The four metrics of calls over some campaigns, or over all. `with_outcomes` adds the number of calls by
    disposition and `last_day`, the day of the newest call."""
    sums, extra, fields = call_sums(), {}, [*CALL_METRICS.values()]
    if with_outcomes:
        sums, extra, fields = sums | outcome_sums(), {"last_day": LAST_CALL_DAY}, [*fields, *OUTCOME_COUNTS.values()]
    counts = day_counts(workspace, period, fields).filter(_of(campaigns)).aggregate(**sums, **extra)
    return counts | {name: counts[name] or 0 for name in sums}


def outcome_sums() -> dict[str, Expression]:
    """The number of calls by disposition as sums over `day_counts`."""
    return {str(each): Sum(field) for each, field in OUTCOME_COUNTS.items()}


def call_totals_by_campaign(workspace: Workspace, campaigns: Collection[int], period: Period) -> dict[int, Counts]:
    """`call_totals` with outcomes of each campaign, by id; without those that have no calls."""
    sums = call_sums() | outcome_sums()
    days = day_counts(workspace, period, [*CALL_METRICS.values(), *OUTCOME_COUNTS.values()])
    rows = days.filter(campaign__in=campaigns).order_by().values("campaign").annotate(**sums, last_day=LAST_CALL_DAY)
    return {row.pop("campaign"): row for row in rows}


def pooled(totals: Collection[Counts]) -> Counts:
    """The sum of several totals of calls, and the newest of their last days."""
    names = [*CALL_METRICS, *map(str, OUTCOME_COUNTS)]
    last_days = [counts["last_day"] for counts in totals if counts["last_day"]]
    return {name: sum(counts[name] for counts in totals) for name in names} | {"last_day": max(last_days, default=None)}


def totals(
    workspace: Workspace,
    campaigns: QuerySet[Campaign] | None,
    period: Period = ALL_TIME,
    names: Collection[str] = CONTACT_METRICS,
    *,
    with_outcomes: bool = False,
) -> Counts:
    """All metrics over some campaigns, or over all: contacts counted once, rates pooled as sum over sum."""
    counts = call_totals(workspace, campaigns, period, with_outcomes=with_outcomes)
    for rows, conditions in contact_sources(workspace, period, names):
        aggregates = {name: conditional_count("contact", q, distinct=True) for name, q in conditions.items()}
        counts |= rows.filter(_of(campaigns)).aggregate(**aggregates)
    return with_rates(counts)


def _of(campaigns: QuerySet[Campaign] | None) -> Q:
    return Q() if campaigns is None else Q(campaign__in=campaigns.order_by().values("pk"))


def callable_contacts(campaigns: QuerySet[Campaign], period: Period = ALL_TIME) -> dict[str, int]:
    """`callable` over some campaigns, each contact once; empty as of a past day, as it means callable now.

    Not part of `totals` because it reads every member.
    """
    if period.as_of:
        return {}
    members = CampaignContact.objects.filter(campaign__in=campaigns.order_by().values("pk"))
    return members.callable().aggregate(callable=Count("contact", distinct=True))


def with_rates(counts: Counts) -> Counts:
    """Adds each rate whose numerator and denominator are among the counts."""

    def over(numerator: str, denominator: str) -> float | None:
        return counts[numerator] / counts[denominator] if counts[denominator] else None

    return counts | {name: over(*parts) for name, parts in RATES.items() if counts.keys() >= set(parts)}
