"""What the calls of a campaign, a market or a workspace came to."""

from dataclasses import dataclass

from django.db.models import Sum
from django.db.models.functions import Coalesce

from calls.figures import Scope
from calls.metrics import day_counts
from calls.models.days import OUTCOME_COUNTS
from campaigns.dispositions import MEANINGS, Disposition


@dataclass(frozen=True)
class Outcome:
    """How many of the calls made came to a disposition; `href` lists them."""

    name: str
    label: str
    group: str
    calls: int
    share: float
    href: str


def outcomes(scope: Scope) -> list[Outcome]:
    """Every disposition of the scope in the period, also those that no call came to; none without calls."""
    days = day_counts(scope.workspace, scope.period, OUTCOME_COUNTS.values())
    if scope.campaign:
        days = days.filter(campaign=scope.campaign)
    elif scope.market:
        days = days.filter(campaign__in=scope.market.campaigns.order_by().values("pk"))
    found = days.aggregate(**{each: Coalesce(Sum(field), 0) for each, field in OUTCOME_COUNTS.items()})
    made, href = sum(found.values()), scope.rows_of("calls_made")
    return [
        Outcome(
            disposition.value,
            disposition.label,
            MEANINGS[disposition].group.label,
            found[disposition],
            found[disposition] / made,
            f"{href}&disposition={disposition}",
        )
        for disposition in Disposition
        if made
    ]
