"""The number of calls by disposition of a campaign, a market or a workspace."""

from collections.abc import Mapping
from dataclasses import dataclass

from calls.metrics.presentation import Scope
from campaigns.dispositions import DISPOSITION_RULES, Disposition


@dataclass(frozen=True)
class OutcomeCount:
    """The number of calls with a disposition; `href` lists them."""

    name: str
    label: str
    group: str
    calls: int
    share: float
    href: str


def count_outcomes(scope: Scope, counts: Mapping[str, int]) -> list[OutcomeCount]:
    """A count for every disposition, including zeros; empty without calls.

    `counts` are the scope's calls.metrics.definitions.call_totals with outcomes.
    """
    found = {each: counts[each] for each in Disposition}
    made, href = sum(found.values()), scope.list_url("calls_made")
    return [
        OutcomeCount(
            disposition.value,
            str(disposition.label),
            str(DISPOSITION_RULES[disposition].group.label),
            found[disposition],
            found[disposition] / made,
            f"{href}&disposition={disposition}",
        )
        for disposition in Disposition
        if made
    ]
