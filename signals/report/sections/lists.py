"""Who showed interest, which meetings were booked, and which firms were called."""

from collections import Counter, defaultdict
from datetime import datetime

from calls.models.meetings import MeetingStatus
from campaigns.dispositions import Disposition
from signals.capture.vocabulary import SignalType
from signals.report.facts import Facts, HeardSignal
from signals.report.shape import (
    MOST_LISTED,
    MOST_WORDS,
    Firm,
    Firms,
    Heard,
    Interest,
    Interested,
    MeetingRow,
    Meetings,
    OutcomeOnDay,
)
from signals.report.words import english

STRENGTH = (Disposition.MEETING_BOOKED, Disposition.CALLBACK_REQUESTED, Disposition.FUTURE_POTENTIAL)
"""Outcomes of interest, strongest first."""


def interest(facts: Facts) -> Interest:
    """Everybody who showed interest, strongest outcome first, each with what they said in the campaign."""
    outcomes: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for call in facts.interested_calls:
        outcomes[call.contact].append((call.outcome, call.started_at))
    present = {member.contact for member in facts.members}
    by_signal = {heard.contact: heard for heard in facts.interested_signals if heard.contact in present}
    said = _newest_by_type([*facts.interested_signals, *facts.signals])
    newest = {contact: calls[-1][1] for contact, calls in outcomes.items()}

    def rank(contact: int) -> tuple[int, float, int]:
        found = {outcome for outcome, _ in outcomes.get(contact, ())}
        strongest = next((place for place, each in enumerate(STRENGTH) if each in found), len(STRENGTH))
        at = newest[contact] if contact in newest else by_signal[contact].heard_at
        return strongest, -at.timestamp(), contact

    ranked = sorted({*outcomes, *by_signal}, key=rank)
    rows = [
        Interested(
            person=contact,
            outcomes=[
                OutcomeOnDay(outcome=english(Disposition(outcome)), day=_day(facts, at))
                for outcome, at in reversed(outcomes.get(contact, []))
            ],
            signals=[heard(facts, each) for each in said.get(contact, {}).values()],
        )
        for contact in ranked[:MOST_LISTED]
    ]
    return Interest(total=len(ranked), rows=rows)


def _newest_by_type(signals: list[HeardSignal]) -> dict[int, dict[str, HeardSignal]]:
    """By contact and type, in the order of the vocabulary."""
    newest: dict[int, dict[str, HeardSignal]] = defaultdict(dict)
    for each in sorted(signals, key=lambda signal: signal.heard_at):
        newest[each.contact][each.type] = each
    order = list(SignalType)
    return {
        contact: dict(sorted(by_type.items(), key=lambda item: order.index(SignalType(item[0]))))
        for contact, by_type in newest.items()
    }


def heard(facts: Facts, signal: HeardSignal) -> Heard:
    return Heard(
        type=english(SignalType(signal.type)),
        value=signal.value,
        day=_day(facts, signal.heard_at),
        words=quoted(signal.words),
    )


def quoted(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_WORDS else f"{text[: MOST_WORDS - 1]}…"


def meetings(facts: Facts) -> Meetings:
    counts = Counter(english(MeetingStatus(meeting.status)) for meeting in facts.meetings)
    rows = [
        MeetingRow(
            person=meeting.contact,
            booked_on=_day(facts, meeting.booked_at),
            at=meeting.scheduled_at.isoformat() if meeting.scheduled_at else None,
            status=english(MeetingStatus(meeting.status)),
        )
        for meeting in facts.meetings[:MOST_LISTED]
    ]
    ordered = {label: counts[label] for label in map(str, MeetingStatus.labels) if counts[label]}
    return Meetings(total=len(facts.meetings), counts=ordered, rows=rows)


def firms(facts: Facts, interested: set[int]) -> Firms:
    """Firms by people, the largest first; people without a firm share a row at the end."""
    found: dict[str, Firm] = {}
    for member in facts.members:
        row = found.setdefault(member.firm, Firm(firm=member.firm, people=0, called=0, reached=0, interest=0))
        row["people"] += 1
        row["called"] += member.attempts > 0
        row["reached"] += member.conversations > 0
        row["interest"] += member.contact in interested
    rows = sorted(found.values(), key=lambda row: (not row["firm"], -row["people"], -row["interest"], row["firm"]))
    return Firms(total=len(found) - ("" in found), rows=rows[:MOST_LISTED])


def _day(facts: Facts, moment: datetime) -> str:
    return facts.workspace.day_of(moment).isoformat()
