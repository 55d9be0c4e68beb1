"""What was heard in a campaign: signals by type, and who moved."""

from collections import Counter

from signals.capture.vocabulary import QUESTIONS, VALUES, SignalType
from signals.report import shape
from signals.report.facts import Facts, HeardSignal
from signals.report.sections.lists import quoted
from signals.report.shape import MOST_LISTED, Move, Signals, SignalValue

STATES = VALUES[SignalType.MOVEMENT_STATE]


def signals(facts: Facts) -> Signals:
    moves = _moves(facts)
    types = [_type(type_, facts.signals) for type_ in SignalType]
    return Signals(
        total=len(facts.signals),
        types=[each for each in types if each["signals"]],
        stronger=sum(move["is_stronger"] for move in moves),
        weaker=sum(not move["is_stronger"] for move in moves),
        moves=moves[:MOST_LISTED],
    )


def _type(type_: SignalType, heard: list[HeardSignal]) -> shape.SignalType:
    """The people by the newest value that they gave in the campaign."""
    of_type = [signal for signal in heard if signal.type == type_]
    newest = {signal.contact: signal.value for signal in of_type}
    people = Counter(newest.values())
    values = [SignalValue(value=value, people=people[value]) for value in VALUES[type_]]
    return shape.SignalType(
        type=str(type_.label), question=QUESTIONS[type_], signals=len(of_type), people=len(newest), values=values
    )


def _moves(facts: Facts) -> list[Move]:
    """People whose newest Movement State here differs from the one before the campaign or, without one, their first."""
    here = [signal for signal in facts.signals if signal.type == SignalType.MOVEMENT_STATE]
    first: dict[int, HeardSignal] = {}
    newest: dict[int, HeardSignal] = {}
    for signal in here:
        first.setdefault(signal.contact, signal)
        newest[signal.contact] = signal
    before = {contact: signal.value for contact, signal in first.items()}
    for signal in facts.earlier_movement if here else ():
        if signal.contact in first and signal.heard_at < first[signal.contact].heard_at:
            before[signal.contact] = signal.value
    moved = [signal for contact, signal in newest.items() if signal.value != before[contact]]
    return [
        Move(
            person=signal.contact,
            before=before[signal.contact],
            after=signal.value,
            is_stronger=STATES.index(signal.value) > STATES.index(before[signal.contact]),
            day=facts.workspace.day_of(signal.heard_at).isoformat(),
            words=quoted(signal.words),
        )
        for signal in sorted(moved, key=lambda signal: (signal.heard_at, signal.contact), reverse=True)
    ]
