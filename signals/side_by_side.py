"""Markets beside each other: the five figures of each, how they changed, and a small line of its last weeks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from calls.by_market import NOTHING, contacts_in, conversations_by_week, flows_in, with_contacts
from calls.figures import Figure, Scope, figures
from campaigns.models import Campaign
from config.ui.asking import Answer, ask
from config.ui.charts import Counted, Numbers, Spark, spark
from config.ui.formats import day
from config.ui.periods import Period
from markets.models import Market, Workspace

MOST = 12
"""So many markets are shown, the most alive first."""
WEEKS, WEEK = 12, timedelta(weeks=1)
MOST_CAMPAIGNS = 8


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
    campaigns: Sequence[Campaign]
    last_day: date | None
    """That of the newest call of the period."""

    @property
    def more(self) -> int:
        """Markets that are not shown."""
        return self.markets - len(self.rows)


def side_by_side(
    workspace: Workspace, period: Period, campaigns: Answer[list[Campaign]] | None = None
) -> Answer[SideBySide]:
    """The workspace's figures, and its markets with the most calls of the period, then by name; so with the campaigns.

    The campaigns that are shown get their `metrics`, but for what tells who of their people was called. Which are shown
    is found at once: their people, whom it takes longest to count, are asked for before anything else of the page.
    """
    of_period, before = flows_in(workspace, period), period.before()
    of_earlier = flows_in(workspace, before) if before else None
    markets = ask(workspace.markets.known(workspace, period.as_of))
    flows = of_period()
    shown = _most_called(markets(), flows.by_market)[:MOST]
    active = _most_called(campaigns() if campaigns else [], flows.by_campaign)[:MOST_CAMPAIGNS]
    people = contacts_in(workspace, period, shown, active)
    by_week = conversations_by_week(workspace, shown, period, WEEKS)

    def made() -> SideBySide:
        earlier, contacts, lines = of_earlier and of_earlier(), people(), by_week()
        for campaign in active:
            counts = with_contacts(flows.by_campaign.get(campaign.pk, NOTHING), contacts[campaign])
            campaign.metrics = counts  # type: ignore[attr-defined]  # as with_metrics gives them
        today = workspace.today()
        rows = [
            Row(
                market,
                figures(
                    with_contacts(flows.by_market.get(market.pk, NOTHING), contacts[market]),
                    Scope(workspace, period, market=market),
                    before=earlier and earlier.by_market.get(market.pk, NOTHING),
                ),
                spark(
                    f"Conversations by week in {market}",
                    [(_words(monday, today), count) for monday, count in lines[market.pk].items()],
                ),
            )
            for market in shown
        ]
        of_all = with_contacts(flows.all, contacts[workspace])
        return SideBySide(
            figures(of_all, Scope(workspace, period), before=earlier and earlier.all),
            rows,
            len(markets()),
            _table(Scope(workspace, period), [(market, lines[market.pk]) for market in shown], today),
            active,
            flows.last_day,
        )

    return Answer(made)


def _most_called[R: (Market, Campaign)](rows: Iterable[R], counts: Mapping[int, Mapping[str, int]]) -> list[R]:
    return sorted(rows, key=lambda each: -counts.get(each.pk, NOTHING)["calls_made"])


def _words(monday: date, today: date) -> str:
    """Which week, and whether it still runs."""
    return f"{day(monday)}{' (running)' if monday <= today < monday + WEEK else ''}"


def _table(scope: Scope, lines: Sequence[tuple[Market, Mapping[date, int]]], today: date) -> Numbers:
    """A row for each market, a column for each week, also of weeks before the period."""
    mondays = list(lines[0][1]) if lines else []
    weeks = {each: replace(scope.period, first=None).within(each, each + WEEK - timedelta(days=1)) for each in mondays}

    def counted(market: Market, monday: date, count: int) -> Counted:
        of_week = replace(scope, market=market, period=weeks[monday])
        return Counted(f"week:{monday} market:{market.pk}", [of_week.number("conversations", count)])

    rows: list[Sequence[str | Counted]] = [
        [str(market), *(counted(market, *week) for week in line.items())] for market, line in lines
    ]
    return Numbers(["Conversations in the week from", *(_words(monday, today) for monday in mondays)], rows)
