"""The figures of many markets at once: each kind of row is read once, however many markets stand beside each other."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from calls.metrics import FLOWS, day_counts, funnel, members_of, with_rates
from config.ui.periods import Period
from markets.models import Market, Workspace

Counts = dict[str, Any]


def flows_by_market(workspace: Workspace, period: Period) -> dict[int, Counts]:
    """The four counts of calls of each market that has any days, by its key."""
    rows = day_counts(workspace, period).order_by().values_list("campaign__market").annotate(**funnel())
    return {market: dict(zip(FLOWS, counts, strict=True)) for market, *counts in rows}


def added_up(flows: Mapping[int, Counts]) -> Counts:
    """The workspace's: every campaign is in one market."""
    return {name: sum(each[name] for each in flows.values()) for name in FLOWS}


def contacts_by_market(workspace: Workspace, markets: Iterable[Market], period: Period) -> tuple[int, dict[int, int]]:
    """Contact Count of the workspace and of each market: each person once in either, in one look at the members."""
    once = {f"of_{market.pk}": Count("contact", distinct=True, filter=Q(campaign__market=market)) for market in markets}
    found = members_of(workspace, period).aggregate(all=Count("contact", distinct=True), **once)
    return found.pop("all"), {int(name.removeprefix("of_")): count for name, count in found.items()}


def with_contacts(flows: Mapping[str, Any], contact_count: int) -> Counts:
    """The five figures, of counts of calls and a count of people."""
    return with_rates({**flows, "contact_count": contact_count})


def conversations_by_week(
    workspace: Workspace, markets: Iterable[Market], period: Period, weeks: int
) -> dict[int, dict[date, int]]:
    """Of each market the conversations of so many weeks up to the period's end, by their Mondays, without gaps."""
    today = period.as_of or workspace.today()
    last = min(period.last or today, today)
    monday = last - timedelta(days=last.weekday())
    mondays = [monday - timedelta(weeks=n) for n in reversed(range(weeks))]
    found = {market.pk: dict.fromkeys(mondays, 0) for market in markets}
    days = day_counts(workspace, replace(period, first=mondays[0], last=last)).filter(campaign__market__in=found)
    rows = days.order_by().values_list("campaign__market", "day").annotate(conversations=Sum("conversation_count"))
    for market, day, conversations in rows:
        found[market][day - timedelta(days=day.weekday())] += conversations
    return found
