"""Combinations of disposition and signals that rarely occur together. Forms ask the user to confirm them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from campaigns.dispositions import Disposition
from signals.capture.services import NewSignal
from signals.capture.vocabulary import SignalType

DISPOSITION = "disposition"
"""Takes the place of a signal type when the call's disposition is one side of a contradiction."""


@dataclass(frozen=True)
class Contradiction:
    """A pair of (signal type or DISPOSITION, value) and the question that asks whether both are true."""

    first: tuple[str, str]
    second: tuple[str, str]
    question: str


CONTRADICTIONS = [
    Contradiction(
        (DISPOSITION, Disposition.NOT_INTERESTED),
        (SignalType.MOVEMENT_STATE, "Active"),
        "Not Interested, yet a move is Active. Are both so?",
    ),
    Contradiction(
        (DISPOSITION, Disposition.NOT_INTERESTED),
        (SignalType.MOVEMENT_STATE, "Exploring"),
        "Not Interested, yet Exploring a move. Are both so?",
    ),
    Contradiction(
        (DISPOSITION, Disposition.NOT_INTERESTED),
        (SignalType.TIMING_WINDOW, "Within 3 months"),
        "Not Interested, yet a move could happen Within 3 months. Are both so?",
    ),
    Contradiction(
        (DISPOSITION, Disposition.NOT_INTERESTED),
        (SignalType.RELATIONSHIP_PERMISSION, "Opportunities Welcome"),
        "Not Interested, yet Opportunities Welcome. Are both so?",
    ),
    Contradiction(
        (DISPOSITION, Disposition.FUTURE_POTENTIAL),
        (SignalType.CONVERSATION_ACCESS, "Closed"),
        "Future Potential, yet Closed to talking. Are both so?",
    ),
    Contradiction(
        (DISPOSITION, Disposition.FUTURE_POTENTIAL),
        (SignalType.RELATIONSHIP_PERMISSION, "None"),
        "Future Potential, yet there is no permission to come back: Relationship Permission is None. Are both so?",
    ),
    Contradiction(
        (DISPOSITION, Disposition.MEETING_BOOKED),
        (SignalType.CONVERSATION_ACCESS, "Closed"),
        "Meeting Booked, yet Closed to talking. Are both so?",
    ),
    Contradiction(
        (DISPOSITION, Disposition.MEETING_BOOKED),
        (SignalType.RELATIONSHIP_PERMISSION, "None"),
        "Meeting Booked, yet Relationship Permission is None. Are both so?",
    ),
    Contradiction(
        (DISPOSITION, Disposition.CALLBACK_REQUESTED),
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


def contradiction_questions(disposition: str, signals: Iterable[NewSignal]) -> Iterator[str]:
    """Yields a question for each contradiction in a call. `disposition` is empty while none is chosen."""
    values = {(DISPOSITION, disposition), *((signal.type, signal.value) for signal in signals)}
    return (each.question for each in CONTRADICTIONS if {each.first, each.second} <= values)
