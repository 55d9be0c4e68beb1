"""What each metric means (product.md, section 5), once, as SQL. Counts are stored, rates derived and always pooled.

    workspace.campaigns.annotate(**of_campaigns(period))     columns that sort
    workspace.markets.annotate(**of_markets(period))
    totals(workspace.campaigns.all(), period)                one roll-up over any campaigns

Calls are counted from the daily tallies, people from their memberships. A rate is null where there is nothing to
divide by, and counts over different relations are subqueries of their own: a join would multiply them.
"""

from math import sqrt
from typing import Any

from django.db.models import Count, Expression, F, FloatField, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, Coalesce, NullIf

from calls.models import CampaignDay
from campaigns.models import Campaign, CampaignContact
from config.ui.periods import ALL_TIME, Period

FEW_CALLS = 20
FLOWS = {
    "calls_made": "call_count",
    "conversations": "conversation_count",
    "meetings_booked": "meeting_count",
    "signals_captured": "signal_count",
}


def rate(numerator: Expression | F, denominator: Expression | F) -> Expression:
    """A ratio from 0 to 1, or null when there is nothing to divide by."""
    return Cast(numerator, FloatField()) / NullIf(denominator, 0)


RATES: dict[str, Expression] = {
    "connection_rate": rate(F("conversations"), F("calls_made")),
    "coverage": rate(F("called"), F("contact_count")),
    "reach": rate(F("reached"), F("called")),
}


def wilson_interval(successes: int, trials: int) -> tuple[float, float] | None:
    """The 95 % interval of a rate (Wilson 1927), or None without trials."""
    if not trials:
        return None
    z = 1.959963984540054
    share, spread = successes / trials, z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def funnel(prefix: str = "", period: Period = ALL_TIME) -> dict[str, Any]:
    """The four counts of calls as sums over days; `prefix` is the path to CampaignDay."""
    within = period.over(f"{prefix}day")
    return {name: Coalesce(Sum(f"{prefix}{field}", filter=within), 0) for name, field in FLOWS.items()}


def people() -> dict[str, Any]:
    """Counts over CampaignContact rows, each person once."""
    member = Q(removed_at=None)
    return {
        "contact_count": Count("contact", filter=member, distinct=True),
        "called": Count("contact", filter=member & Q(attempt_count__gt=0), distinct=True),
        "reached": Count("contact", filter=member & Q(conversation_count__gt=0), distinct=True),
    }


def of_campaigns(period: Period = ALL_TIME) -> dict[str, Any]:
    """Annotations for campaigns."""
    return _columns("campaign", "pk", period)


def of_markets(period: Period = ALL_TIME) -> dict[str, Any]:
    """Annotations for markets."""
    return _columns("campaign__market", "pk", period)


def totals(campaigns: QuerySet[Campaign], period: Period = ALL_TIME) -> dict[str, Any]:
    """The metrics over some campaigns: sums of counts, people once, rates as sum over sum."""
    ids = campaigns.order_by().values("pk")
    days = CampaignDay.objects.filter(campaign__in=ids).aggregate(**funnel(period=period))
    members = CampaignContact.objects.filter(campaign__in=ids)
    return _with_rates(days | members.aggregate(**people()))


def callable_people(campaigns: QuerySet[Campaign]) -> int:
    """`Callable` over some campaigns, each person once. It looks at every member, so only pages that show it ask."""
    members = CampaignContact.objects.filter(campaign__in=campaigns.order_by().values("pk"))
    return int(members.callable().aggregate(n=Count("contact", distinct=True))["n"])


def _with_rates(counts: dict[str, Any]) -> dict[str, Any]:
    def over(numerator: str, denominator: str) -> float | None:
        return counts[numerator] / counts[denominator] if counts[denominator] else None

    return counts | {
        "connection_rate": over("conversations", "calls_made"),
        "coverage": over("called", "contact_count"),
        "reach": over("reached", "called"),
    }


def _columns(path: str, key: str, period: Period) -> dict[str, Any]:
    days = CampaignDay.objects.filter(**{path: OuterRef(key)})
    members = CampaignContact.objects.filter(**{path: OuterRef(key)})
    counts = {name: _one(days, path, each) for name, each in funnel(period=period).items()}
    counts |= {name: _one(members, path, each) for name, each in people().items()}
    return counts | RATES


def _one(rows: QuerySet[Any], path: str, aggregate: Any) -> Expression:
    value = rows.order_by().values(path).annotate(value=aggregate).values("value")
    return Coalesce(Subquery(value, output_field=IntegerField()), 0)
