"""What was heard on a conversation, from what the person thinks by then."""

from random import Random

from campaigns.dispositions import Disposition
from signals.capture.services import NewSignal
from signals.capture.vocabulary import VALUES, Confidence, SignalType
from signals.sample.story import Mission, Person, Story
from signals.sample.texts import EVIDENCE

CAPTURED_ON = {
    Disposition.NOT_INTERESTED: (0.3, 2),
    Disposition.CALLBACK_REQUESTED: (0.3, 2),
    Disposition.FUTURE_POTENTIAL: (0.75, 4),
    Disposition.MEETING_BOOKED: (0.95, 5),
}
"""How often something is written down on such a call, and at most how many things."""
SIGNALS_A_CALL = 0.38
"""What the table above comes to, over all calls."""
CONFIDENCES = ((Confidence.HIGH, 6), (Confidence.MEDIUM, 3), (Confidence.LOW, 1))


def listen(story: Story, mission: Mission, person: Person, disposition: str) -> list[NewSignal]:
    """The signals of one conversation. A mission's first conversation always has some."""
    rng = story.rng
    _drift(rng, person, disposition)
    often, most = CAPTURED_ON[Disposition(disposition)]
    wanted = story.size.signals / max(story.size.calls, 1) / SIGNALS_A_CALL
    if mission.conversations and rng.random() >= often * wanted:
        return []
    types = [SignalType.MOVEMENT_STATE, *rng.sample(list(SignalType)[1:], rng.randint(0, most - 1))]
    return [_heard(rng, type_, _value(rng, person, type_, disposition)) for type_ in types]


def _drift(rng: Random, person: Person, disposition: str) -> None:
    """Time changes minds, mostly towards a move; and whoever books a meeting considers one."""
    step = rng.choices((-1, 0, 1), (1, 5, 4))[0]
    person.movement = min(max(person.movement + step, 0), 3)
    if disposition == Disposition.NOT_INTERESTED:
        person.movement = min(person.movement, 1)
    if disposition == Disposition.MEETING_BOOKED:
        person.movement = max(person.movement, 2)


def _heard(rng: Random, type_: SignalType, value: str) -> NewSignal:
    (confidence,) = rng.choices([name for name, _ in CONFIDENCES], [weight for _, weight in CONFIDENCES])
    return NewSignal(type=type_, value=value, evidence=rng.choice(EVIDENCE[type_, value]), confidence=confidence)


def _value(rng: Random, person: Person, type_: SignalType, disposition: str) -> str:
    values, warmth = VALUES[type_], person.movement
    if type_ == SignalType.MOVEMENT_STATE:
        return values[warmth]
    if type_ == SignalType.TIMING_WINDOW:
        return values[min(warmth + rng.randint(0, 1), 4)]
    if type_ == SignalType.MOTIVATION_DRIVER:
        return values[person.driver]
    if type_ == SignalType.FIRM_STABILITY:
        return values[person.firm_stability if rng.random() < 0.85 else 0]
    if disposition == Disposition.NOT_INTERESTED:
        return values[rng.randint(0, 1)]
    return values[min(1 + warmth // 2 + rng.randint(0, 1), 3)]
