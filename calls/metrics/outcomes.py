"""What the calls of a campaign, a market or a workspace came to."""

from collections.abc import Mapping
from dataclasses import dataclass

from calls.metrics.presentation import Scope
from campaigns.dispositions import DISPOSITION_RULES, Disposition


@dataclass(frozen=True)
class Outcome:
    """How many of the calls made came to a disposition; `href` lists them."""

    name: str
    label: str
    group: str
    calls: int
    share: float
    href: str


def outcomes(scope: Scope, counts: Mapping[str, int]) -> list[Outcome]:
    """Every disposition of the scope in the period, also those that no call came to; none without calls.

    `counts` are the scope's calls.metrics.definitions.flows in full.
    """
    found = {each: counts[each] for each in Disposition}
    made, href = sum(found.values()), scope.rows_of("calls_made")
    return [
        Outcome(
            disposition.value,
            disposition.label,
            DISPOSITION_RULES[disposition].group.label,
            found[disposition],
            found[disposition] / made,
            f"{href}&disposition={disposition}",
        )
        for disposition in Disposition
        if made
    ]
