"""What the calls of a campaign, a market or a workspace came to."""

from dataclasses import dataclass

from django.db.models import Count

from calls.figures import Scope
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
    within = scope.workspace.moments("started_at", scope.period.first, scope.period.last)
    calls = scope.workspace.calls.counted().filter(within).order_by()
    if scope.campaign:
        calls = calls.filter(campaign=scope.campaign)
    elif scope.market:
        calls = calls.filter(campaign__in=scope.market.campaigns.order_by().values("pk"))
    found = dict(calls.values_list("disposition").annotate(n=Count("pk")))
    made, href = sum(found.values()), scope.rows_of("calls_made")
    return [
        Outcome(
            disposition.value,
            disposition.label,
            MEANINGS[disposition].group.label,
            found.get(disposition, 0),
            found.get(disposition, 0) / made,
            f"{href}&disposition={disposition}",
        )
        for disposition in Disposition
        if made
    ]
