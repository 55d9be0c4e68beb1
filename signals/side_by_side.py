"""Markets beside each other: the five figures of each, how they changed, and a small line of its last weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from calls.by_market import added_up, contacts_by_market, conversations_by_week, flows_by_market, with_contacts
from calls.figures import Figure, Scope, figures
from calls.metrics import FLOWS
from config.ui.charts import Numbers, Spark, spark
from config.ui.formats import day
from config.ui.periods import Period
from markets.models import Market, Workspace

MOST = 12
"""So many markets are shown, the most alive first."""
WEEKS = 12
NOTHING: dict[str, Any] = dict.fromkeys(FLOWS, 0)


@dataclass(frozen=True)
class Row:
    market: Market
    figures: dict[str, Figure]
    spark: Spark

    @property
    def key(self) -> str:
        """As `data-row` names it."""
        return f"market:{self.market.pk}"


@dataclass(frozen=True)
class SideBySide:
    """`figures` are those of the whole workspace, `numbers` those of the small lines as a table."""

    figures: dict[str, Figure]
    rows: Sequence[Row]
    markets: int
    numbers: Numbers

    @property
    def more(self) -> int:
        """Markets that are not shown."""
        return self.markets - len(self.rows)


def side_by_side(workspace: Workspace, period: Period) -> SideBySide:
    """The workspace's figures, and its markets with the most calls of the period, then by name."""
    flows, before = flows_by_market(workspace, period), period.before()
    earlier = flows_by_market(workspace, before) if before else None
    markets = sorted(
        workspace.markets.known(workspace, period.as_of), key=lambda each: -flows.get(each.pk, NOTHING)["calls_made"]
    )
    shown = markets[:MOST]
    everybody, contacts = contacts_by_market(workspace, shown, period)
    lines = {
        key: [(day(monday), count) for monday, count in found.items()]
        for key, found in conversations_by_week(workspace, shown, period, WEEKS).items()
    }
    rows = [
        Row(
            market,
            figures(
                with_contacts(flows.get(market.pk, NOTHING), contacts[market.pk]),
                Scope(workspace, period, market=market),
                before=earlier and earlier.get(market.pk, NOTHING),
            ),
            spark(f"Conversations by week in {market}", lines[market.pk]),
        )
        for market in shown
    ]
    of_all = with_contacts(added_up(flows), everybody)
    return SideBySide(
        figures(of_all, Scope(workspace, period), before=added_up(earlier) if earlier is not None else None),
        rows,
        len(markets),
        _table([(str(row.market), lines[row.market.pk]) for row in rows]),
    )


def _table(lines: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> Numbers:
    """A row for each market, a column for each week."""
    mondays = [monday for monday, _ in lines[0][1]] if lines else []
    rows = [[name, *(f"{count:,}" for _, count in line)] for name, line in lines]
    return Numbers(["Conversations in the week from", *mondays], rows)
