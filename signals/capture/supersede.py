"""A contact's signals by type, and their correction by a newer signal that supersedes the wrong one."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from calls.derived.locks import lock_campaign
from calls.log.validation import CallRefused
from calls.models import Call
from markets.models import Contact, User
from signals.capture.contradictions import contradiction_questions
from signals.capture.services import NewSignal, capture
from signals.capture.vocabulary import SignalType
from signals.models import Signal


@dataclass(frozen=True)
class SignalHistory:
    """A contact's signals of one type, newest first. `current` is None when all of their calls are voided."""

    label: str
    current: Signal | None
    former: list[Signal]

    @property
    def before(self) -> str:
        """The last other value that stood before the current one, if any."""
        earlier = (each.value for each in self.former if each.call.voided_at is None)
        return next((value for value in earlier if self.current and value != self.current.value), "")


def signal_histories(contact: Contact) -> list[SignalHistory]:
    """In the order of the vocabulary, without types that have no signal. One query."""
    signals = list(contact.signals.select_related("call", "captured_by").order_by("-heard_at", "-id"))
    return [_history(type_, of_type) for type_ in SignalType if (of_type := [s for s in signals if s.type == type_])]


def _history(type_: SignalType, signals: list[Signal]) -> SignalHistory:
    current = next((signal for signal in signals if signal.call.voided_at is None), None)
    return SignalHistory(str(type_.label), current, [signal for signal in signals if signal != current])


def newest_conversation(contact: Contact) -> Call | None:
    return contact.calls.not_voided().conversations().select_related("campaign").newest_first().first()


def new_contradictions(signal: Signal, replacement: NewSignal) -> list[str]:
    """Questions that `replacement` would add to the contact's newest conversation."""
    call = newest_conversation(signal.contact)
    if call is None:
        return []
    signals = call.signals.exclude(type=replacement.type).order_by("heard_at", "id")
    values = dict(signals.values_list("type", "value"))
    others = [NewSignal(type=type_, value=value) for type_, value in values.items()]
    existing = set(contradiction_questions(call.disposition, others))
    return [
        question
        for question in contradiction_questions(call.disposition, [*others, replacement])
        if question not in existing
    ]


@transaction.atomic
def correct(*, signal: Signal, replacement: NewSignal, by: User) -> Signal:
    """Adds `replacement` to the contact's newest conversation. It supersedes `signal`, which is kept unchanged.

    Raises CallRefused if every conversation is voided, `signal` is no longer current, or nothing would change.
    """
    call = newest_conversation(signal.contact)
    if call is None:
        raise CallRefused(
            "no_conversation",
            _(
                "No conversation with %(person)s stands any more, so there is nothing to correct. "
                "Record the call on which this was heard."
            )
            % {"person": signal.contact},
        )
    lock_campaign(call.campaign)
    current = Signal.objects.filter(contact=signal.contact, type=signal.type).current().first()
    if current is None or current != signal:
        raise CallRefused("superseded", _superseded(signal, current))
    if (replacement.value, replacement.evidence, replacement.confidence) == (
        signal.value,
        signal.evidence,
        signal.confidence,
    ):
        raise CallRefused("value", _("Nothing is different from what is known already. Change what is wrong."))
    (corrected,) = capture(call=call, signals=[replacement], by=by)
    return corrected


def _superseded(signal: Signal, current: Signal | None) -> str:
    values = {"type": signal.get_type_display(), "value": _(signal.value)}
    if current is None:
        return (
            _(
                "%(type)s “%(value)s” is not the newest any more: nothing of it stands now. "
                "Go back to the person and look again."
            )
            % values
        )
    return _(
        "%(type)s “%(value)s” is not the newest any more: it is %(current)s now. Go back to the person and look again."
    ) % {**values, "current": _(current.value)}
