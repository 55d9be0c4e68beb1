"""The figures of many markets and campaigns at once: each kind of row is read once, however many stand together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncWeek

from calls.metrics.definitions import FLOWS, LAST_DAY, day_counts, funnel, members_of, with_rates
from campaigns.models import Campaign
from config.ui.periods import Period
from markets.models import Market, Workspace

Counts = dict[str, Any]
NOTHING: Counts = dict.fromkeys(FLOWS, 0)


@dataclass(frozen=True)
class Flows:
    """The four counts of calls, by the keys of campaigns and of markets that have any, and of all together; and the day
    of the newest call."""

    by_campaign: Mapping[int, Counts]
    by_market: Mapping[int, Counts]
    all: Counts
    last_day: date | None


def sums_by_campaign(workspace: Workspace, period: Period) -> QuerySet[Any, Any]:
    rows = day_counts(workspace, period).order_by().values_list("campaign", "campaign__market")
    return rows.annotate(**funnel(), last_day=LAST_DAY)


def flows_in(workspace: Workspace, period: Period) -> Flows:
    """Read once by campaign: whatever is larger is their sum."""
    by_campaign, by_market, last_days = {}, defaultdict(list), []
    for campaign, market, *counts, last_day in sums_by_campaign(workspace, period):
        by_campaign[campaign] = dict(zip(FLOWS, counts, strict=True))
        by_market[market].append(by_campaign[campaign])
        last_days += [last_day] if last_day else []
    of_markets = {market: _sum(counts) for market, counts in by_market.items()}
    return Flows(by_campaign, of_markets, _sum(of_markets.values()), max(last_days, default=None))


def _sum(counts: Iterable[Counts]) -> Counts:
    return reduce(lambda one, other: {name: one[name] + other[name] for name in FLOWS}, counts, NOTHING)


def people_of(workspace: Workspace, period: Period, *markets: Market) -> QuerySet[Any, Any]:
    """A row of how many are members in the workspace and in each market: people once, members read once.

    No field is asked for but those of the index `member_by_workspace`, which has them in order.
    """
    once = {"of_all": Count("contact", distinct=True)}
    for place, market in enumerate(markets):
        once[f"of_{place}"] = Count("contact", distinct=True, filter=Q(campaign__market=market))
    return members_of(workspace, period).order_by().values(all=Value(1)).annotate(**once).values_list(*once)


def contacts_in(workspace: Workspace, period: Period, markets: Sequence[Market]) -> dict[Any, int]:
    """Contact Count of the workspace and of markets, by each of them."""
    ((of_workspace, *of_markets),) = people_of(workspace, period.all_days, *markets)
    return {workspace: of_workspace, **dict(zip(markets, of_markets, strict=True))}


def members_by_campaign(workspace: Workspace, period: Period, *campaigns: Campaign) -> QuerySet[Any, Any]:
    members = members_of(workspace, period).filter(campaign__in=campaigns)
    return members.order_by().values_list("campaign").annotate(count=Count("campaign"))


def contacts_by_campaign(workspace: Workspace, period: Period, campaigns: Sequence[Campaign]) -> dict[int, int]:
    """Contact Count of campaigns by their keys, of those that have any: in a campaign nobody is twice."""
    return dict(members_by_campaign(workspace, period.all_days, *campaigns))


def measure(workspace: Workspace, period: Period, campaigns: Sequence[Campaign], flows: Flows) -> None:
    """Gives each campaign its `metrics`, as with_metrics does, but for what tells who of its people was called."""
    contacts = contacts_by_campaign(workspace, period, campaigns)
    for campaign in campaigns:
        counts = flows.by_campaign.get(campaign.pk, NOTHING)
        campaign.metrics = with_contacts(counts, contacts.get(campaign.pk, 0))  # type: ignore[attr-defined]


def with_contacts(flows: Mapping[str, Any], contact_count: int) -> Counts:
    """The five figures, of counts of calls and a count of people."""
    return with_rates({**flows, "contact_count": contact_count})


def conversations(workspace: Workspace, period: Period, *markets: Market) -> QuerySet[Any, Any]:
    """Of each market by the Mondays of their weeks."""
    days = day_counts(workspace, period).filter(campaign__market__in=markets)
    by_week = days.order_by().values_list("campaign__market", TruncWeek("day"))
    return by_week.annotate(conversations=Sum("conversation_count"))


def conversations_by_week(
    workspace: Workspace, markets: Sequence[Market], period: Period, weeks: int
) -> dict[int, dict[date, int]]:
    """Of each market the conversations of so many weeks up to the period's end, by their Mondays, without gaps."""
    today = period.as_of or workspace.today()
    last = min(period.last or today, today)
    monday = last - timedelta(days=last.weekday())
    mondays = [monday - timedelta(weeks=n) for n in reversed(range(weeks))]
    found = {market.pk: dict.fromkeys(mondays, 0) for market in markets}
    of_weeks = replace(period, first=mondays[0], last=last)
    for market, monday, count in conversations(workspace, of_weeks, *markets):
        found[market][monday] = count
    return found
