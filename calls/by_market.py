"""The figures of many markets and campaigns at once: each kind of row is read once, however many stand together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial, reduce
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncWeek
from django.utils.functional import SimpleLazyObject

from calls.metrics import FLOWS, LAST_DAY, day_counts, funnel, members_of, summed, with_rates
from campaigns.models import Campaign
from config.ui.asking import Answer, Asking, asking
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


@asking
def flows_in(workspace: Workspace, period: Period) -> Asking[Flows]:
    """Read once by campaign: whatever is larger is their sum."""
    rows = day_counts(workspace, period).order_by().values_list("campaign", "campaign__market").annotate(**funnel())
    by_campaign, by_market, last_days = {}, defaultdict(list), []
    for campaign, market, *counts, last_day in (yield rows.annotate(last_day=LAST_DAY)):
        by_campaign[campaign] = dict(zip(FLOWS, counts, strict=True))
        by_market[market].append(by_campaign[campaign])
        last_days += [last_day] if last_day else []
    of_markets = {market: _sum(counts) for market, counts in by_market.items()}
    return Flows(by_campaign, of_markets, _sum(of_markets.values()), max(last_days, default=None))


def _sum(counts: Iterable[Counts]) -> Counts:
    return reduce(lambda one, other: {name: one[name] + other[name] for name in FLOWS}, counts, NOTHING)


@asking
def contacts_in(workspace: Workspace, period: Period, markets: Iterable[Market]) -> Asking[dict[Any, int]]:
    """Contact Count of the workspace and of markets, by each of them: people once, members read once.

    No field is asked for but those of the index `member_once`, which has them in order.
    """
    parts: dict[Workspace | Market, Count] = {workspace: Count("contact", distinct=True)}
    for market in markets:
        parts[market] = Count("contact", distinct=True, filter=Q(campaign__market=market))
    names = {f"part_{place}": part for place, part in enumerate(parts)}
    found = yield from summed(members_of(workspace, period), dict(zip(names, parts.values(), strict=True)))
    return {part: found[name] for name, part in names.items()}


@asking
def contacts_by_campaign(workspace: Workspace, period: Period, campaigns: Iterable[Campaign]) -> Asking[dict[int, int]]:
    """Contact Count of campaigns by their keys, of those that have any: in a campaign nobody is twice."""
    members = members_of(workspace, period).filter(campaign__in=campaigns)
    return dict((yield members.order_by().values_list("campaign").annotate(count=Count("campaign"))))


def measure(workspace: Workspace, period: Period, campaigns: Sequence[Campaign], flows: Flows) -> None:
    """Gives each campaign its `metrics`, as with_metrics does, but for what tells who of its people was called. They
    are asked for at once, and made when they are looked at."""
    contacts = contacts_by_campaign(workspace, period, campaigns)
    for campaign in campaigns:
        metrics = SimpleLazyObject(partial(_metrics_of, campaign.pk, flows, contacts))
        campaign.metrics = metrics  # type: ignore[attr-defined]


def _metrics_of(campaign: int, flows: Flows, contacts: Answer[dict[int, int]]) -> Counts:
    return with_contacts(flows.by_campaign.get(campaign, NOTHING), contacts().get(campaign, 0))


def with_contacts(flows: Mapping[str, Any], contact_count: int) -> Counts:
    """The five figures, of counts of calls and a count of people."""
    return with_rates({**flows, "contact_count": contact_count})


@asking
def conversations_by_week(
    workspace: Workspace, markets: Iterable[Market], period: Period, weeks: int
) -> Asking[dict[int, dict[date, int]]]:
    """Of each market the conversations of so many weeks up to the period's end, by their Mondays, without gaps."""
    today = period.as_of or workspace.today()
    last = min(period.last or today, today)
    monday = last - timedelta(days=last.weekday())
    mondays = [monday - timedelta(weeks=n) for n in reversed(range(weeks))]
    found = {market.pk: dict.fromkeys(mondays, 0) for market in markets}
    days = day_counts(workspace, replace(period, first=mondays[0], last=last)).filter(campaign__market__in=found)
    by_week = days.order_by().values_list("campaign__market", TruncWeek("day"))
    for market, monday, conversations in (yield by_week.annotate(conversations=Sum("conversation_count"))):
        found[market][monday] = conversations
    return found
