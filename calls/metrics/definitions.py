"""What each metric means (product.md, section 5), once, as SQL. Counts are stored, rates derived and always pooled.

    with_metrics(workspace.campaigns.all(), workspace, period)     rows with `.metrics`, ordered by `by_metric`
    with_metrics(workspace.markets.all(), workspace, period)
    totals(workspace, market.campaigns.all(), period)              one roll-up over some campaigns; None is all

Calls are counted from the daily tallies, people from their memberships. For a period calls are those that started on
its days, and people those who were called on them; who is a member is asked as of now, or of the period's as-of day,
whatever its days. As of a past day what changed since, a tally or a member, is counted again from the calls that were
known then, and the same expressions sum it. A rate is None where there is nothing to divide by, and counts over
different relations are subqueries of their own: a join would multiply them.
"""

from collections.abc import Collection
from math import sqrt
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    Expression,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    JSONField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, JSONObject, NullIf

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

FEW_CALLS = 20
FLOWS = {
    "calls_made": "call_count",
    "conversations": "conversation_count",
    "meetings_booked": "meeting_count",
    "signals_captured": "signal_count",
}
LAST_DAY = Max("day", filter=Q(call_count__gt=0))
"""Of tallies, that of the newest call."""
PEOPLE = ("contact_count", "called", "reached")
IN_TABLES = PEOPLE[:2]
"""What tables show of them: whatever is counted takes its time."""


def rate(numerator: Expression | F, denominator: Expression | F) -> Expression:
    """A ratio from 0 to 1, or null when there is nothing to divide by."""
    return Cast(numerator, FloatField()) / NullIf(denominator, 0)


PARTS = ("part_0", "part_1", "part_2")
"""What with_metrics packs: counts of days, of members, and of calls where those say who was called."""
RATES = {
    "connection_rate": ("conversations", "calls_made"),
    "coverage": ("called", "contact_count"),
    "reach": ("reached", "called"),
}
"""Numerator and denominator of each rate."""


def wilson_interval(successes: int, trials: int) -> tuple[float, float] | None:
    """The 95 % interval of a rate (Wilson 1927), or None without trials."""
    if not trials:
        return None
    z = 1.959963984540054
    share, spread = successes / trials, z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def funnel() -> dict[str, Any]:
    """The four counts of calls as sums over `day_counts`."""
    return {name: Coalesce(Sum(field), 0) for name, field in FLOWS.items()}


def day_counts(
    workspace: Workspace, period: Period = ALL_TIME, names: Collection[str] = tuple(FLOWS.values())
) -> QuerySet[Any]:
    """The tallies of the days of the period, of which these counts are those that were known on its as-of day: each
    makes the statement longer, and takes its time to be put together."""
    return _tallies(CampaignDay, workspace, period, names)


def hour_counts(workspace: Workspace, period: Period = ALL_TIME) -> QuerySet[Any]:
    """The tallies of the hours of its days likewise."""
    return _tallies(CampaignHour, workspace, period, HOUR_COUNTS)


def _tallies(model: Any, workspace: Workspace, period: Period, names: Collection[str]) -> QuerySet[Any]:
    """A tally that did not change since the as-of day is what was known then; of another its calls are counted again,
    once for all that a page asks."""
    tallies = model.objects.filter(period.over("day"), workspace=workspace)
    if period.as_of is None:
        return tallies
    _, at = workspace.bounds(None, period.as_of)
    day = period.as_of
    counts = cached_as_of(workspace, (model, day), lambda: recounted_as_of(model, workspace, day))

    def known(name: str) -> Case:
        then = Coalesce(Cast(JsonTextByKey(Value(counts[name]), "pk"), IntegerField()), 0)
        return Case(When(counts_changed_at__gte=at, then=then), default=F(name), output_field=IntegerField())

    return override_fields(tallies, **{name: known(name) for name in names}) if counts else tallies


def known_calls(workspace: Workspace, period: Period = ALL_TIME) -> CallQuerySet:
    """The counted calls (K) of the period, as they were known on its as-of day."""
    known = Call.objects.filter(workspace=workspace).as_of(workspace, period.as_of).counted()
    return known.filter(workspace.in_days("started_at", period.first, period.last))


def members_of(workspace: Workspace, period: Period = ALL_TIME) -> CampaignContactQuerySet:
    """Who was in which campaign at the end of the period's as-of day."""
    return CampaignContact.objects.filter(workspace=workspace).as_of(workspace, period.as_of).current()


def called_in(workspace: Workspace, period: Period = ALL_TIME) -> Q:
    """The condition that a member was called in the period."""
    newest = ("last_attempt_at", "is_called", "called_changed_at")
    return _newest_in(workspace, period, newest, known_calls(workspace, period))


def reached_in(workspace: Workspace, period: Period = ALL_TIME) -> Q:
    """The condition that a member was spoken with in the period."""
    newest = ("last_conversation_at", "is_reached", "reached_changed_at")
    return _newest_in(workspace, period, newest, known_calls(workspace, period).conversations())


def _newest_in(workspace: Workspace, period: Period, fields: tuple[str, str, str], calls: CallQuerySet) -> Q:
    """A member's `fields` keep the newest call, whether there is any, and since when that is so. Where it changed since
    the as-of day, the calls that were known are looked at, of whoever had any."""
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
    """Until then a member's newest call tells whether there was one, however long the history; later ones do not."""
    return period.last is not None and period.last < (period.as_of or workspace.today())


def of_member(calls: CallQuerySet) -> CallQuerySet:
    """Those of the calls that were made to a member, for an Exists over CampaignContact."""
    return calls.filter(campaign=OuterRef("campaign"), contact=OuterRef("contact"))


def people(
    workspace: Workspace, period: Period = ALL_TIME, names: Collection[str] = PEOPLE
) -> list[tuple[QuerySet[Any], dict[str, Q]]]:
    """What people are counted over, each once by `contact`, and which of those rows are about whom, by `names`.

    After the period has ended its calls themselves say who was called: each is looked at once, not once a member.
    """
    members = members_of(workspace, period)
    member = Q(campaign__isnull=False)  # of all of them, by a field that each index of members has
    if not has_ended(workspace, period):
        called, reached = called_in(workspace, period), reached_in(workspace, period)
        sources: Any = [(members, {"contact_count": member, "called": called, "reached": reached})]
    else:
        theirs = members.filter(campaign=OuterRef("campaign"), contact=OuterRef("contact"))
        calls = known_calls(workspace, period).filter(Exists(theirs))
        talked = Q(disposition__in=CONVERSATIONS)
        sources = [(members, {"contact_count": member}), (calls, {"called": member, "reached": talked})]
    return [(heads, {name: who for name, who in found.items() if name in names}) for heads, found in sources]


def with_metrics[T: QuerySet[Any]](
    rows: T, workspace: Workspace, period: Period = ALL_TIME, names: Collection[str] = PEOPLE
) -> T:
    """Campaigns or markets, each with a mapping `metrics`; `by_metric` orders them. Of people it has `names`.

    All that is counted of a row's members is counted in one look at them, and so with its days: a subquery for each
    metric would read them again and again.
    """
    path = "campaign" if rows.model is Campaign else "campaign__market"
    sources: list[tuple[QuerySet[Any], dict[str, Any]]] = [(day_counts(workspace, period), funnel())]
    for heads, conditions in people(workspace, period, names):
        is_once = path == "campaign" and heads.model is CampaignContact
        key, distinct = ("campaign", False) if is_once else ("contact", True)
        sources.append((heads, {name: Count(key, distinct=distinct, filter=q) for name, q in conditions.items()}))
    sources = [(each.filter(**{path: OuterRef("pk")}).order_by().values(path), counts) for each, counts in sources]
    packed = JSONObject(**{part: _packed(each, counts) for part, (each, counts) in zip(PARTS, sources, strict=False)})
    return rows.annotate(metrics=ExpressionWrapper(packed, output_field=MetricsField(names)))


def by_metric(name: str) -> Expression:
    """What with_metrics' rows are ordered by: a count of theirs, or a rate, which may be null."""
    if name in RATES:
        return rate(*map(by_metric, RATES[name]))
    counts = [Cast(KeyTextTransform(name, KeyTransform(part, "metrics")), IntegerField()) for part in PARTS]
    return Coalesce(*counts, 0)


class MetricsField(JSONField):
    """Reads what with_metrics has packed: counts, with their rates."""

    def __init__(self, people: Collection[str]):
        super().__init__()
        self.people = people

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> dict[str, Any]:
        counts: dict[str, Any] = dict.fromkeys([*FLOWS, *self.people], 0)
        for part in super().from_db_value(value, expression, connection).values():
            counts |= part or {}
        return with_rates(counts)


class _Nested(Func):
    """SQLite would pack what a subquery has packed as a text."""

    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="JSON(%(expressions)s)", **context)


def _packed(rows: QuerySet[Any], counts: dict[str, Any]) -> _Nested:
    packed = Subquery(rows.annotate(packed=JSONObject(**counts)).values("packed"), output_field=JSONField())
    return _Nested(packed, output_field=JSONField())


def flows(
    workspace: Workspace,
    campaigns: QuerySet[Campaign] | None,
    period: Period = ALL_TIME,
    *,
    in_full: bool = False,
) -> dict[str, Any]:
    """The four counts of calls over some campaigns, or over all. `in_full` also how many came to each disposition, and
    `last_day`, that of the newest call."""
    if not in_full:
        return day_counts(workspace, period).filter(_of(campaigns)).aggregate(**funnel())
    of_outcomes = {str(each): Coalesce(Sum(field), 0) for each, field in OUTCOME_COUNTS.items()}
    days = day_counts(workspace, period, [*FLOWS.values(), *OUTCOME_COUNTS.values()]).filter(_of(campaigns))
    return days.aggregate(**funnel(), **of_outcomes, last_day=LAST_DAY)


def totals(
    workspace: Workspace,
    campaigns: QuerySet[Campaign] | None,
    period: Period = ALL_TIME,
    names: Collection[str] = PEOPLE,
    *,
    in_full: bool = False,
) -> dict[str, Any]:
    """The metrics over some campaigns, or over all: sums of counts, people once, rates as sum over sum."""
    counts = flows(workspace, campaigns, period, in_full=in_full)
    for heads, conditions in people(workspace, period, names):
        once = {name: Count("contact", distinct=True, filter=who) for name, who in conditions.items()}
        counts |= heads.filter(_of(campaigns)).aggregate(**once)
    return with_rates(counts)


def _of(campaigns: QuerySet[Campaign] | None) -> Q:
    return Q() if campaigns is None else Q(campaign__in=campaigns.order_by().values("pk"))


def callable_people(campaigns: QuerySet[Campaign], period: Period = ALL_TIME) -> dict[str, int]:
    """`callable` over some campaigns, each person once; nothing as of a past day, for it asks whom to call now.

    It looks at every member, so only pages that show it ask.
    """
    if period.as_of:
        return {}
    members = CampaignContact.objects.filter(campaign__in=campaigns.order_by().values("pk"))
    return members.callable().aggregate(callable=Count("contact", distinct=True))


def with_rates(counts: dict[str, Any]) -> dict[str, Any]:
    """Counts, and each rate whose parts are among them."""

    def over(numerator: str, denominator: str) -> float | None:
        return counts[numerator] / counts[denominator] if counts[denominator] else None

    return counts | {name: over(*parts) for name, parts in RATES.items() if counts.keys() >= set(parts)}
