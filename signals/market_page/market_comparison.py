"""Markets beside each other: the five figures of each, how they changed, and a small line of its last weeks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from calls.metrics.by_market import (
    NO_CALLS,
    CallTotals,
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

MOST = 12
"""So many markets are shown, the most alive first."""
WEEKS, WEEK = 12, timedelta(weeks=1)


@dataclass(frozen=True)
class MarketRow:
    market: Market
    figures: dict[str, Figure]
    spark: Spark

    @property
    def key(self) -> str:
        """As `data-row` names it."""
        return f"market:{self.market.pk}"


@dataclass(frozen=True)
class MarketComparison:
    """`figures` are those of the whole workspace, `numbers` those of the small lines as a table."""

    figures: dict[str, Figure]
    rows: Sequence[MarketRow]
    markets: int
    numbers: ChartTable

    @property
    def more(self) -> int:
        """Markets that are not shown."""
        return self.markets - len(self.rows)


def compare_markets(
    workspace: Workspace, period: Period, call_totals: CallTotals, markets: Sequence[Market]
) -> MarketComparison:
    """The workspace's figures, and those of its markets with the most calls of the period, then by name."""
    before = period.before()
    earlier = call_totals_by_campaign(workspace, before) if before else None
    shown = most_called(markets, call_totals.by_market)[:MOST]
    lines = conversations_by_week(workspace, shown, period, WEEKS)
    contacts, today = contact_counts(workspace, period, shown), workspace.today()
    rows = [
        MarketRow(
            market,
            build_figures(
                with_contact_count(call_totals.by_market.get(market.pk, NO_CALLS), contacts[market]),
                Scope(workspace, period, market=market),
                before=earlier and earlier.by_market.get(market.pk, NO_CALLS),
            ),
            _spark(market, lines[market.pk], today),
        )
        for market in shown
    ]
    of_all = with_contact_count(call_totals.all, contacts[workspace])
    of_workspace = build_figures(of_all, Scope(workspace, period), before=earlier and earlier.all)
    numbers = _table(Scope(workspace, period), [(market, lines[market.pk]) for market in shown], today)
    return MarketComparison(of_workspace, rows, len(markets), numbers)


def most_called[R: (Market, Campaign)](rows: Iterable[R], counts: Mapping[int, Mapping[str, int]]) -> list[R]:
    """Those with the most calls first, by the counts of their keys; else in their order."""
    return sorted(rows, key=lambda each: -counts.get(each.pk, NO_CALLS)["calls_made"])


def _spark(market: Market, line: Mapping[date, int], today: date) -> Spark:
    labelled = [(_words(monday, today), count) for monday, count in line.items()]
    return sparkline(f"Conversations by week in {market}", labelled)


def _words(monday: date, today: date) -> str:
    """Which week, and whether it still runs."""
    return f"{day(monday)}{' (running)' if monday <= today < monday + WEEK else ''}"


def _table(scope: Scope, lines: Sequence[tuple[Market, Mapping[date, int]]], today: date) -> ChartTable:
    """A row for each market, a column for each week, also of weeks before the period."""
    mondays = list(lines[0][1]) if lines else []
    weeks = {each: replace(scope.period, first=None).within(each, each + WEEK - timedelta(days=1)) for each in mondays}

    def counted(market: Market, monday: date, count: int) -> LinkedCell:
        of_week = replace(scope, market=market, period=weeks[monday])
        return LinkedCell(f"week:{monday} market:{market.pk}", (of_week.number("conversations", count),))

    rows: tuple[tuple[str | LinkedCell, ...], ...] = tuple(
        (str(market), *(counted(market, *week) for week in line.items())) for market, line in lines
    )
    return ChartTable(("Conversations in the week from", *(_words(monday, today) for monday in mondays)), rows)
