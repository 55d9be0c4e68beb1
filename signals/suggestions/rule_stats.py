"""How often the suggestions of each rule were accepted and refused."""

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from calls.metrics.definitions import FEW_CALLS, wilson_interval
from signals.capture.vocabulary import SignalType
from signals.models import SignalSuggestion
from signals.suggestions.services import get_extractor

State = SignalSuggestion.State
FEW_DECIDED = FEW_CALLS
"""A share of fewer decisions than this is marked as unreliable."""


@dataclass(frozen=True)
class RuleStats:
    """Counts of one rule's suggestions."""

    rule: str
    type: str
    value: str
    phrases: str
    proposed: int
    accepted: int
    refused: int

    @property
    def key(self) -> str:
        return f"rule:{self.rule}"

    @property
    def signal(self) -> str:
        return f"{SignalType(self.type).label}: {gettext(self.value)}"

    @property
    def decided(self) -> int:
        return self.accepted + self.refused

    @property
    def share_accepted(self) -> float | None:
        """Accepted / decided, from 0 to 1; None if none is decided."""
        return self.accepted / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of the share."""
        return wilson_interval(self.accepted, self.decided)

    @property
    def is_few(self) -> bool:
        return 0 < self.decided < FEW_DECIDED


def rule_stats(suggestions: QuerySet[SignalSuggestion, Any]) -> list[RuleStats]:
    """One row for each rule with a suggestion, ordered by type, value and name."""
    counts = {
        "proposed": Count("pk"),
        "accepted": Count("pk", filter=Q(state=State.ACCEPTED)),
        "refused": Count("pk", filter=Q(state=State.REFUSED)),
    }
    rows = suggestions.order_by("type", "value", "rule").values("type", "value", "rule").annotate(**counts)
    describe = get_extractor().describe
    return [RuleStats(phrases=describe(row["rule"]), **cast("dict[str, Any]", row)) for row in rows]
