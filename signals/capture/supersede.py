"""What is known of one person by type, and how it is put right: by something newer, which supersedes it."""

from dataclasses import dataclass

from django.db import transaction

from calls.log.services import lock
from calls.log.validation import CallRefused
from calls.models import Call
from markets.models import Contact, User
from signals.capture.contradictions import questions
from signals.capture.services import Heard, capture
from signals.capture.vocabulary import SignalType
from signals.models import Signal


@dataclass(frozen=True)
class Known:
    """All that was ever heard from somebody of one type, newest first. `current` is None where every call is void."""

    label: str
    current: Signal | None
    former: list[Signal]


def known_of(contact: Contact) -> list[Known]:
    """By type, in the order of the vocabulary, leaving out types of which nothing was heard. One query."""
    signals = list(contact.signals.select_related("call", "captured_by").order_by("-heard_at", "-id"))
    return [_known(type_, of_type) for type_ in SignalType if (of_type := [s for s in signals if s.type == type_])]


def _known(type_: SignalType, signals: list[Signal]) -> Known:
    current = next((each for each in signals if each.call.voided_at is None), None)
    return Known(type_.label, current, [each for each in signals if each != current])


def newest_conversation(contact: Contact) -> Call | None:
    return contact.calls.standing().conversations().select_related("campaign").newest_first().first()


def questions_about(signal: Signal, heard: Heard) -> list[str]:
    """What the newest conversation would contradict if it said this, too; not what it contradicts already."""
    call = newest_conversation(signal.contact)
    if call is None:
        return []
    newest = {each.type: each.value for each in call.signals.order_by("heard_at", "id") if each.type != heard.type}
    others = [Heard(type=type_, value=value) for type_, value in newest.items()]
    asked_before = set(questions(call.disposition, others))
    return [each for each in questions(call.disposition, [*others, heard]) if each not in asked_before]


@transaction.atomic
def correct(*, signal: Signal, heard: Heard, by: User) -> Signal:
    """Adds what is right to the contact's newest conversation, by which it supersedes `signal`, which stays as it is.

    Raises CallRefused where no conversation stands, something newer is known meanwhile, or nothing would change.
    """
    call = newest_conversation(signal.contact)
    if call is None:
        raise CallRefused(
            "no_conversation",
            f"No conversation with {signal.contact} stands any more, so there is nothing to correct. "
            "Record the call on which this was heard.",
        )
    lock(call.campaign)
    current = Signal.objects.filter(contact=signal.contact, type=signal.type).current().first()
    if current is None or current != signal:
        now_known = f"it is {current.value} now" if current else "nothing of it stands now"
        raise CallRefused(
            "superseded",
            f"{signal.get_type_display()} “{signal.value}” is not the newest any more: {now_known}. "
            "Go back to the person and look again.",
        )
    if (heard.value, heard.evidence, heard.confidence) == (signal.value, signal.evidence, signal.confidence):
        raise CallRefused("value", "Nothing is different from what is known already. Change what is wrong.")
    (made,) = capture(call=call, heard=[heard], by=by)
    return made
