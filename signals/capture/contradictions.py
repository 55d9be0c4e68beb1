"""Combinations of disposition and signals that rarely occur together. Forms ask the user to confirm them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from campaigns.dispositions import Disposition
from signals.capture.services import NewSignal
from signals.capture.vocabulary import SignalType

DISPOSITION = "disposition"
"""Takes the place of a signal type when the call's disposition is one side of a contradiction."""


@dataclass(frozen=True)
class Contradiction:
    """A pair of (signal type or DISPOSITION, value) that rarely occurs, and the sentence that says so."""

    first: tuple[str, str]
    second: tuple[str, str]
    sentence: str

    @property
    def question(self) -> str:
        return gettext("%(sentence)s Is that right?") % {"sentence": gettext(self.sentence)}


NOT_INTERESTED = (DISPOSITION, Disposition.NOT_INTERESTED)
CALLBACK_REQUESTED = (DISPOSITION, Disposition.CALLBACK_REQUESTED)
FUTURE_POTENTIAL = (DISPOSITION, Disposition.FUTURE_POTENTIAL)
MEETING_BOOKED = (DISPOSITION, Disposition.MEETING_BOOKED)
ACTIVE = (SignalType.MOVEMENT_STATE, "Active")
EXPLORING = (SignalType.MOVEMENT_STATE, "Exploring")
NOT_MOVING = (SignalType.MOVEMENT_STATE, "Not Moving")
WITHIN_3_MONTHS = (SignalType.TIMING_WINDOW, "Within 3 months")
IN_3_TO_6_MONTHS = (SignalType.TIMING_WINDOW, "3-6 months")
FIRM_INSTABILITY = (SignalType.MOTIVATION_DRIVER, "Firm Instability")
STABLE = (SignalType.FIRM_STABILITY, "Stable")
CLOSED = (SignalType.CONVERSATION_ACCESS, "Closed")
NO_PERMISSION = (SignalType.RELATIONSHIP_PERMISSION, "None")
OPPORTUNITIES_WELCOME = (SignalType.RELATIONSHIP_PERMISSION, "Opportunities Welcome")
TRUSTED_ADVISER = (SignalType.RELATIONSHIP_PERMISSION, "Trusted Adviser")

CONTRADICTIONS = [
    Contradiction(NOT_INTERESTED, ACTIVE, gettext_noop("Not Interested, yet a move is Active.")),
    Contradiction(NOT_INTERESTED, EXPLORING, gettext_noop("Not Interested, yet Exploring a move.")),
    Contradiction(
        NOT_INTERESTED, WITHIN_3_MONTHS, gettext_noop("Not Interested, yet a move could happen Within 3 months.")
    ),
    Contradiction(NOT_INTERESTED, OPPORTUNITIES_WELCOME, gettext_noop("Not Interested, yet Opportunities Welcome.")),
    Contradiction(FUTURE_POTENTIAL, CLOSED, gettext_noop("Future Potential, yet Closed to talking.")),
    Contradiction(
        FUTURE_POTENTIAL,
        NO_PERMISSION,
        gettext_noop("Future Potential, yet there is no permission to come back: Relationship Permission is None."),
    ),
    Contradiction(MEETING_BOOKED, CLOSED, gettext_noop("Meeting Booked, yet Closed to talking.")),
    Contradiction(MEETING_BOOKED, NO_PERMISSION, gettext_noop("Meeting Booked, yet Relationship Permission is None.")),
    Contradiction(
        CALLBACK_REQUESTED, NO_PERMISSION, gettext_noop("Callback Requested, yet Relationship Permission is None.")
    ),
    Contradiction(NOT_MOVING, WITHIN_3_MONTHS, gettext_noop("Not Moving, yet a move could happen Within 3 months.")),
    Contradiction(NOT_MOVING, IN_3_TO_6_MONTHS, gettext_noop("Not Moving, yet a move could happen in 3-6 months.")),
    Contradiction(
        FIRM_INSTABILITY, STABLE, gettext_noop("Firm Instability would drive a move, yet they find their firm Stable.")
    ),
    Contradiction(CLOSED, TRUSTED_ADVISER, gettext_noop("Closed to talking, yet you are a Trusted Adviser.")),
]


def contradiction_questions(disposition: str, signals: Iterable[NewSignal]) -> Iterator[str]:
    """Yields a question for each contradiction in a call. `disposition` is empty while none is chosen."""
    values = {(DISPOSITION, disposition), *((signal.type, signal.value) for signal in signals)}
    return (each.question for each in CONTRADICTIONS if {each.first, each.second} <= values)
