"""What one conversation rarely says at once: whoever captures signals is asked whether both are so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from campaigns.dispositions import Disposition
from signals.capture.services import Heard
from signals.capture.vocabulary import SignalType

OUTCOME = "disposition"
"""Stands for a type where the outcome of the call is one of the two."""


@dataclass(frozen=True)
class Contradiction:
    """Two things, each as (type or OUTCOME, value), and what to ask of somebody who says both."""

    one: tuple[str, str]
    other: tuple[str, str]
    question: str


CONTRADICTIONS = [
    Contradiction(
        (OUTCOME, Disposition.NOT_INTERESTED),
        (SignalType.MOVEMENT_STATE, "Active"),
        "Not Interested, yet a move is Active. Are both so?",
    ),
    Contradiction(
        (OUTCOME, Disposition.NOT_INTERESTED),
        (SignalType.MOVEMENT_STATE, "Exploring"),
        "Not Interested, yet Exploring a move. Are both so?",
    ),
    Contradiction(
        (OUTCOME, Disposition.NOT_INTERESTED),
        (SignalType.TIMING_WINDOW, "Within 3 months"),
        "Not Interested, yet a move could happen Within 3 months. Are both so?",
    ),
    Contradiction(
        (OUTCOME, Disposition.NOT_INTERESTED),
        (SignalType.RELATIONSHIP_PERMISSION, "Opportunities Welcome"),
        "Not Interested, yet Opportunities Welcome. Are both so?",
    ),
    Contradiction(
        (OUTCOME, Disposition.FUTURE_POTENTIAL),
        (SignalType.CONVERSATION_ACCESS, "Closed"),
        "Future Potential, yet Closed to talking. Are both so?",
    ),
    Contradiction(
        (OUTCOME, Disposition.FUTURE_POTENTIAL),
        (SignalType.RELATIONSHIP_PERMISSION, "None"),
        "Future Potential, yet there is no permission to come back: Relationship Permission is None. Are both so?",
    ),
    Contradiction(
        (OUTCOME, Disposition.MEETING_BOOKED),
        (SignalType.CONVERSATION_ACCESS, "Closed"),
        "Meeting Booked, yet Closed to talking. Are both so?",
    ),
    Contradiction(
        (OUTCOME, Disposition.MEETING_BOOKED),
        (SignalType.RELATIONSHIP_PERMISSION, "None"),
        "Meeting Booked, yet Relationship Permission is None. Are both so?",
    ),
    Contradiction(
        (OUTCOME, Disposition.CALLBACK_REQUESTED),
        (SignalType.RELATIONSHIP_PERMISSION, "None"),
        "Callback Requested, yet Relationship Permission is None. Are both so?",
    ),
    Contradiction(
        (SignalType.MOVEMENT_STATE, "Not Moving"),
        (SignalType.TIMING_WINDOW, "Within 3 months"),
        "Not Moving, yet a move could happen Within 3 months. Are both so?",
    ),
    Contradiction(
        (SignalType.MOVEMENT_STATE, "Not Moving"),
        (SignalType.TIMING_WINDOW, "3-6 months"),
        "Not Moving, yet a move could happen in 3-6 months. Are both so?",
    ),
    Contradiction(
        (SignalType.MOTIVATION_DRIVER, "Firm Instability"),
        (SignalType.FIRM_STABILITY, "Stable"),
        "Firm Instability would drive a move, yet they find their firm Stable. Are both so?",
    ),
    Contradiction(
        (SignalType.CONVERSATION_ACCESS, "Closed"),
        (SignalType.RELATIONSHIP_PERMISSION, "Trusted Adviser"),
        "Closed to talking, yet you are a Trusted Adviser. Are both so?",
    ),
]


def questions(disposition: str, heard: Iterable[Heard]) -> Iterator[str]:
    """What to ask before a call of this outcome is kept with these signals. A disposition may be empty: not chosen."""
    said = {(OUTCOME, disposition), *((each.type, each.value) for each in heard)}
    return (each.question for each in CONTRADICTIONS if {each.one, each.other} <= said)
