"""Draws the signals of a conversation from the current opinions of the person."""

from datetime import date
from random import Random

from campaigns.dispositions import Disposition
from signals.capture.services import NewSignal
from signals.capture.vocabulary import VALUES, Confidence, SignalType
from signals.sample.scenario import STIRRED, CampaignPlan, SamplePerson, Scenario
from signals.sample.texts import EVIDENCE

CAPTURED_ON = {
    Disposition.NOT_INTERESTED: (0.3, 2),
    Disposition.CALLBACK_REQUESTED: (0.3, 2),
    Disposition.FUTURE_POTENTIAL: (0.75, 4),
    Disposition.MEETING_BOOKED: (0.95, 5),
}
"""By disposition: the probability of any signal, and the maximum number of signals."""
SIGNALS_PER_CALL = 0.43
"""The average over all calls, with what STIRRED adds to CAPTURED_ON."""
CONFIDENCES = ((Confidence.HIGH, 6), (Confidence.MEDIUM, 3), (Confidence.LOW, 1))


def draw_signals(
    scenario: Scenario, plan: CampaignPlan, person: SamplePerson, disposition: str, day: date
) -> list[NewSignal]:
    """The first conversation of a campaign always has signals."""
    rng, is_stirred = scenario.rng, plan.market in STIRRED and scenario.is_recent(day)
    _drift(rng, person, disposition, is_stirred=is_stirred)
    probability, maximum = (1, 2) if is_stirred else CAPTURED_ON[Disposition(disposition)]
    scale = scenario.size.signals / max(scenario.size.calls, 1) / SIGNALS_PER_CALL
    if plan.conversations and rng.random() >= probability * scale:
        return []
    types = [SignalType.MOVEMENT_STATE, *rng.sample(list(SignalType)[1:], rng.randint(0, maximum - 1))]
    return [_signal(rng, type_, _value(rng, person, type_, disposition)) for type_ in types]


def _drift(rng: Random, person: SamplePerson, disposition: str, *, is_stirred: bool) -> None:
    """Shifts the person's readiness to move, mostly upwards, and bounds it by the disposition."""
    step = rng.choices((-1, 0, 1, 2), (0, 2, 4, 4) if is_stirred else (1, 5, 4, 0))[0]
    person.movement = min(max(person.movement + step, 0), 3)
    if disposition == Disposition.NOT_INTERESTED:
        person.movement = min(person.movement, 1)
    if disposition == Disposition.MEETING_BOOKED:
        person.movement = max(person.movement, 2)


def _signal(rng: Random, type_: SignalType, value: str) -> NewSignal:
    (confidence,) = rng.choices([name for name, _ in CONFIDENCES], [weight for _, weight in CONFIDENCES])
    return NewSignal(type=type_, value=value, evidence=rng.choice(EVIDENCE[type_, value]), confidence=confidence)


def _value(rng: Random, person: SamplePerson, type_: SignalType, disposition: str) -> str:
    values, movement = VALUES[type_], person.movement
    if type_ == SignalType.MOVEMENT_STATE:
        return values[movement]
    if type_ == SignalType.TIMING_WINDOW:
        return values[min(movement + rng.randint(0, 1), 4)]
    if type_ == SignalType.MOTIVATION_DRIVER:
        return values[person.driver]
    if type_ == SignalType.FIRM_STABILITY:
        return values[person.firm_stability if rng.random() < 0.85 else 0]
    if disposition == Disposition.NOT_INTERESTED:
        return values[rng.randint(0, 1)]
    return values[min(1 + movement // 2 + rng.randint(0, 1), 3)]
