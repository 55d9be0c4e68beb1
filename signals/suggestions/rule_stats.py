"""What became of the suggestions of each rule, over any suggestions."""

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, Q, QuerySet

from calls.metrics.definitions import FEW_CALLS, wilson_interval
from signals.capture.vocabulary import SignalType
from signals.models import SignalSuggestion
from signals.suggestions.services import extractor

State = SignalSuggestion.State
FEW_DECIDED = FEW_CALLS
"""Below so many decisions a share is marked: it says little yet."""


@dataclass(frozen=True)
class RuleRow:
    """One rule for one value: how many it proposed, and what of that was accepted and refused."""

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
        return f"{SignalType(self.type).label}: {self.value}"

    @property
    def decided(self) -> int:
        return self.accepted + self.refused

    @property
    def share_accepted(self) -> float | None:
        """Accepted / decided, from 0 to 1; None where nothing is decided."""
        return self.accepted / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the share, at 95 %."""
        return wilson_interval(self.accepted, self.decided)

    @property
    def is_few(self) -> bool:
        return 0 < self.decided < FEW_DECIDED


def by_rule(suggestions: QuerySet[SignalSuggestion, Any]) -> list[RuleRow]:
    """A row for each rule that proposed anything, by type, value and name."""
    counts = {
        "proposed": Count("pk"),
        "accepted": Count("pk", filter=Q(state=State.ACCEPTED)),
        "refused": Count("pk", filter=Q(state=State.REFUSED)),
    }
    rows = suggestions.order_by("type", "value", "rule").values("type", "value", "rule").annotate(**counts)
    describe = extractor().describe
    return [RuleRow(phrases=describe(row["rule"]), **cast("dict[str, Any]", row)) for row in rows]
