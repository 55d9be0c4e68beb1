"""Everything that the page of a comparison shows, in a number of statements that does not depend on the campaigns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from calls.metrics.attempts_and_hours import ATTEMPTS, ConversationRate
from calls.metrics.comparison.courses import by_attempt, courses, coverage_chart
from calls.metrics.comparison.verdicts import ComparedMetric, Side, compare_metrics
from calls.metrics.definitions import CALL_METRICS, TABLE_CONTACT_METRICS, call_totals_by_campaign
from calls.metrics.outcomes import OutcomeCount, count_outcomes
from calls.metrics.presentation import Scope
from calls.metrics.row_metrics import set_metrics
from campaigns.dispositions import Disposition
from campaigns.models import Campaign
from config.ui.charts import CURVES, Chart, ChartTable, LinkedCell, Series, Unit, line_chart
from config.ui.periods import Period
from markets.models import Workspace

MOST_COMPARED = 5


@dataclass(frozen=True)
class ComparedOutcome:
    label: str
    group: str
    cells: Sequence[OutcomeCount | None]


@dataclass(frozen=True)
class Comparison:
    names: Sequence[tuple[str, Campaign, str]]
    """The name of each campaign among the others, the campaign, and its look in charts."""
    metrics: Sequence[ComparedMetric]
    coverage: Chart | None
    outcomes: Sequence[ComparedOutcome]
    attempts: Chart | None


def compare(workspace: Workspace, campaigns: Sequence[Campaign], period: Period) -> Comparison:
    """`campaigns` come with their markets; at most MOST_COMPARED."""
    assert len(campaigns) <= MOST_COMPARED
    names = names_among(campaigns)
    scopes = [Scope(workspace, period, campaign=campaign) for campaign in campaigns]
    calls = call_totals_by_campaign(workspace, [campaign.pk for campaign in campaigns], period)
    set_metrics(campaigns, workspace, period, TABLE_CONTACT_METRICS)
    none = dict.fromkeys([*CALL_METRICS, *map(str, Disposition)], 0)
    sides = [
        Side(name, none | calls.get(campaign.pk, {}) | campaign.metrics, scope)  # type: ignore[attr-defined]
        for name, campaign, scope in zip(names, campaigns, scopes, strict=True)
    ]
    found = by_attempt(workspace, campaigns, period)
    return Comparison(
        names=list(zip(names, campaigns, CURVES, strict=False)),
        metrics=compare_metrics(sides),
        coverage=coverage_chart(courses(workspace, list(zip(names, scopes, strict=True)), period)),
        outcomes=_outcomes(sides),
        attempts=_attempts_chart(sides, [found.get(campaign.pk, {}) for campaign in campaigns]),
    )


def names_among(campaigns: Sequence[Campaign]) -> list[str]:
    """The campaigns' names, with the market where two have the same."""
    count = Counter(campaign.name for campaign in campaigns)
    full = [
        f"{campaign.name} · {campaign.market}" if count[campaign.name] > 1 else campaign.name for campaign in campaigns
    ]
    again = Counter(full)
    return [f"{name} ({place})" if again[name] > 1 else name for place, name in enumerate(full, 1)]


def _outcomes(sides: Sequence[Side]) -> list[ComparedOutcome]:
    counted = [{each.name: each for each in count_outcomes(side.scope, side.counts)} for side in sides]
    rows = []
    for disposition in Disposition:
        cells = [by_name.get(disposition.value) for by_name in counted]
        known = next((cell for cell in cells if cell), None)
        if known:
            rows.append(ComparedOutcome(known.label, known.group, cells))
    return rows


def _attempts_chart(sides: Sequence[Side], found: Sequence[dict[int, ConversationRate]]) -> Chart | None:
    """Conversations per call by attempt; None without calls."""
    last = max((number for rates in found for number in rates), default=0)
    if not last:
        return None
    series = [
        Series(side.name, look, [(float(number), each.rate or 0.0, each.words) for number, each in rates.items()])
        for side, look, rates in zip(sides, CURVES, found, strict=False)
        if rates
    ]
    rows = tuple(
        (ATTEMPTS[number], *(_attempt_cell(side, rates.get(number)) for side, rates in zip(sides, found, strict=True)))
        for number in range(1, last + 1)
    )
    numbers = ChartTable((_("Attempt: conversations / calls"), *(side.name for side in sides)), rows)
    labels = [(float(number), ATTEMPTS[number]) for number in range(1, last + 1)]
    return line_chart(_("Conversations per call by attempt"), series, numbers, labels=labels, unit=Unit.SHARE)


def _attempt_cell(side: Side, rate: ConversationRate | None) -> LinkedCell | str:
    if rate is None:
        return ""
    further = f"&attempt={rate.which['attempt'].replace('+', '%2B')}"
    counted = {"conversations": rate.conversations, "calls_made": rate.calls}
    numbers = tuple(side.scope.number(name, count, further) for name, count in counted.items())
    return LinkedCell(f"{side.scope.key} {rate.key}", numbers)
