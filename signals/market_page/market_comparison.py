"""Comparison of markets: the figures of each with their changes, and a sparkline of its last weeks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from calls.metrics.by_market import (
    NO_CALLS,
    CallTotals,
    MemberCounts,
    call_totals_by_campaign,
    contact_counts,
    conversations_by_week,
    with_contact_count,
)
from calls.metrics.presentation import Figure, Scope, build_figures
from campaigns.models import Campaign
from config.ui.charts import ChartTable, LinkedCell, Spark, sparkline
from config.ui.formats import day
from config.ui.periods import Period
from markets.models import Market, Workspace

MAX_MARKETS = 12
"""Only the markets with the most calls are shown."""
WEEKS, WEEK = 12, timedelta(weeks=1)


@dataclass(frozen=True)
class MarketRow:
    market: Market
    figures: dict[str, Figure]
    spark: Spark

    @property
    def key(self) -> str:
        """The value of `data-row`."""
        return f"market:{self.market.pk}"


@dataclass(frozen=True)
class MarketComparison:
    """`figures` are of the whole workspace. `numbers` is the table of the sparklines' numbers."""

    figures: dict[str, Figure]
    rows: Sequence[MarketRow]
    market_count: int
    numbers: ChartTable

    @property
    def more(self) -> int:
        """The number of markets that are not shown."""
        return self.market_count - len(self.rows)


def compare_markets(
    workspace: Workspace,
    period: Period,
    call_totals: CallTotals,
    members: MemberCounts,
    markets: Sequence[Market],
    earlier: CallTotals | None = None,
) -> MarketComparison:
    """The figures of the workspace, and of its markets with the most calls in the period. `earlier` are the totals of
    the period before, if they are known."""
    before = period.before()
    earlier = call_totals_by_campaign(workspace, before) if before and earlier is None else earlier
    shown = most_called(markets, call_totals.by_market)[:MAX_MARKETS]
    conversations = conversations_by_week(workspace, shown, period, WEEKS)
    contacts, today = contact_counts(workspace, period, shown, members), workspace.today()
    rows = [
        MarketRow(
            market,
            build_figures(
                with_contact_count(call_totals.by_market.get(market.pk, NO_CALLS), contacts.get(market.pk, 0)),
                Scope(workspace, period, market=market),
                before=earlier.by_market.get(market.pk, NO_CALLS) if earlier else None,
            ),
            _spark(market, conversations[market.pk], today),
        )
        for market in shown
    ]
    counts = with_contact_count(call_totals.all, members.contacts)
    figures = build_figures(counts, Scope(workspace, period), before=earlier.all if earlier else None)
    numbers = _table(Scope(workspace, period), [(market, conversations[market.pk]) for market in shown], today)
    return MarketComparison(figures, rows, len(markets), numbers)


def most_called[R: (Market, Campaign)](rows: Iterable[R], counts: Mapping[int, Mapping[str, int]]) -> list[R]:
    """The rows by calls, most first, from the counts by primary key. Ties keep their order."""
    return sorted(rows, key=lambda row: -counts.get(row.pk, NO_CALLS)["calls_made"])


def _spark(market: Market, by_week: Mapping[date, int], today: date) -> Spark:
    values = [(_week_label(monday, today), count) for monday, count in by_week.items()]
    return sparkline(_("Conversations by week in %(market)s") % {"market": market}, values)


def _week_label(monday: date, today: date) -> str:
    is_running = monday <= today < monday + WEEK
    return _("%(day)s (running)") % {"day": day(monday)} if is_running else day(monday)


def _table(scope: Scope, conversations: Sequence[tuple[Market, Mapping[date, int]]], today: date) -> ChartTable:
    """A row for each market and a column for each week, including weeks before the period."""
    mondays = list(conversations[0][1]) if conversations else []
    days = replace(scope.period, first=None)
    weeks = {monday: days.within(monday, monday + WEEK - timedelta(days=1)) for monday in mondays}

    def cell(market: Market, monday: date, count: int) -> LinkedCell:
        week = replace(scope, market=market, period=weeks[monday])
        return LinkedCell(f"week:{monday} market:{market.pk}", (week.number("conversations", count),))

    rows: tuple[tuple[str | LinkedCell, ...], ...] = tuple(
        (str(market), *(cell(market, monday, count) for monday, count in by_week.items()))
        for market, by_week in conversations
    )
    return ChartTable((_("Conversations in the week from"), *(_week_label(monday, today) for monday in mondays)), rows)
