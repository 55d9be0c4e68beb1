"""The metrics of many markets and campaigns at once, in one statement for each table."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from calls.metrics.definitions import (
    CALL_METRICS,
    LAST_CALL_DAY,
    Counts,
    call_sums,
    current_members,
    day_counts,
    with_rates,
)
from campaigns.models import Campaign
from config.ui.periods import Period
from markets.models import Market, Workspace

NO_CALLS: Counts = dict.fromkeys(CALL_METRICS, 0)


@dataclass(frozen=True)
class CallTotals:
    """The four metrics of calls by campaign id, by market id and of all, and the day of the newest call. Campaigns and
    markets without calls are missing."""

    by_campaign: Mapping[int, Counts]
    by_market: Mapping[int, Counts]
    all: Counts
    last_day: date | None


def _sums_by_campaign(workspace: Workspace, period: Period) -> QuerySet[Any, Any]:
    rows = day_counts(workspace, period).order_by().values_list("campaign", "campaign__market")
    return rows.annotate(**call_sums(), last_day=LAST_CALL_DAY)


def call_totals_by_campaign(workspace: Workspace, period: Period) -> CallTotals:
    """One statement groups by campaign; Python sums the markets and the workspace."""
    by_campaign, by_market, last_days = {}, defaultdict(list), []
    for campaign, market, *counts, last_day in _sums_by_campaign(workspace, period):
        by_campaign[campaign] = dict(zip(CALL_METRICS, counts, strict=True))
        by_market[market].append(by_campaign[campaign])
        last_days += [last_day] if last_day else []
    of_markets = {market: _sum(counts) for market, counts in by_market.items()}
    return CallTotals(by_campaign, of_markets, _sum(of_markets.values()), max(last_days, default=None))


def _sum(counts: Iterable[Counts]) -> Counts:
    return reduce(lambda one, other: {name: one[name] + other[name] for name in CALL_METRICS}, counts, NO_CALLS)


@dataclass(frozen=True)
class MemberCounts:
    """Members by campaign id and by market id, and the contacts that they are. Campaigns and markets without members
    are missing. A contact is in a campaign at most once, but may be in several."""

    by_campaign: Mapping[int, int]
    by_market: Mapping[int, int]
    contacts: int


def member_counts(workspace: Workspace, period: Period) -> MemberCounts:
    """The distinct contacts are counted by an index-only scan of `member_by_workspace`."""
    members = current_members(workspace, period.all_days).order_by()
    market_of = dict(workspace.campaigns.order_by().values_list("pk", "market"))
    of_campaigns = members.filter(campaign__in=market_of).values_list("campaign")
    by_campaign, by_market = dict(of_campaigns.annotate(count=Count("campaign"))), Counter[int]()
    for campaign, count in by_campaign.items():
        by_market[market_of[campaign]] += count
    return MemberCounts(by_campaign, by_market, members.aggregate(count=Count("contact", distinct=True))["count"])


def contact_counts(
    workspace: Workspace, period: Period, markets: Sequence[Market], members: MemberCounts
) -> Mapping[int, int]:
    """Contact Count by market id. Markets without members may be missing."""
    if members.contacts == sum(members.by_campaign.values()):
        return members.by_market  # no contact is in two campaigns; counting distinctly would take several times as long
    distinct = {
        str(market.pk): Count("contact", distinct=True, filter=Q(campaign__market=market)) for market in markets
    }
    counts = current_members(workspace, period.all_days).aggregate(**distinct)
    return {int(market): count for market, count in counts.items()}


def attach_metrics(campaigns: Sequence[Campaign], call_totals: CallTotals, members: MemberCounts) -> None:
    """Sets `metrics` of each campaign as with_metrics does, without `called` and the rates that depend on it."""
    for campaign in campaigns:
        counts = call_totals.by_campaign.get(campaign.pk, NO_CALLS)
        campaign.metrics = with_contact_count(counts, members.by_campaign.get(campaign.pk, 0))  # type: ignore[attr-defined]


def with_contact_count(call_totals: Counts, contact_count: int) -> Counts:
    """The five primary metrics."""
    return with_rates({**call_totals, "contact_count": contact_count})


def conversations(workspace: Workspace, period: Period, *markets: Market) -> QuerySet[Any, Any]:
    """Conversations by market and Monday."""
    days = day_counts(workspace, period).filter(campaign__market__in=markets)
    by_week = days.order_by().values_list("campaign__market", TruncWeek("day"))
    return by_week.annotate(conversations=Sum("conversation_count"))


def conversations_by_week(
    workspace: Workspace, markets: Sequence[Market], period: Period, weeks: int
) -> dict[int, dict[date, int]]:
    """By market id and Monday: the conversations of the last weeks of the period, including weeks without any."""
    today = period.as_of or workspace.today()
    last = min(period.last or today, today)
    monday = last - timedelta(days=last.weekday())
    mondays = [monday - timedelta(weeks=n) for n in reversed(range(weeks))]
    found = {market.pk: dict.fromkeys(mondays, 0) for market in markets}
    of_weeks = replace(period, first=mondays[0], last=last)
    for market, monday, count in conversations(workspace, of_weeks, *markets):
        found[market][monday] = count
    return found
