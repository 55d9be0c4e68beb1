"""How signals are written: with the call that they were heard on, or added to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from calls.models import Call
from calls.recording import CallRefused, NewCall, record, settle_signals
from campaigns.models import Campaign
from markets.models import User
from signals.models import Signal
from signals.vocabulary import VALUES, Confidence


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One thing heard: a type, one of its values and the words."""

    type: str
    value: str
    evidence: str = ""
    confidence: str = Confidence.HIGH


@transaction.atomic
def record_with_signals(*, campaign: Campaign, new: NewCall, heard: Sequence[Heard]) -> Call:
    """Writes a call and what was heard on it, or nothing. Raises CallRefused."""
    call = record(campaign=campaign, new=new)
    if heard and not call.signals.exists():  # type: ignore[attr-defined]
        capture(call=call, heard=heard, by=new.caller)
    return call


@transaction.atomic
def capture(*, call: Call, heard: Sequence[Heard], by: User | None) -> list[Signal]:
    """Adds signals to a call. Raises CallRefused when it was no conversation or is void, or a value is unknown."""
    if not call.is_conversation:
        raise CallRefused(
            "no_conversation", f"Nothing can be heard on a call that came to {call.get_disposition_display()}."
        )
    if call.voided_at:
        raise CallRefused("voided", "This call was voided; signals cannot be added to it.")
    for each in heard:
        if each.value not in VALUES.get(each.type, []):
            raise CallRefused("signal", f"“{each.value}” is not a value of the signal “{each.type}”.")
    signals = Signal.objects.bulk_create(
        Signal(
            workspace_id=call.workspace_id,
            call=call,
            contact_id=call.contact_id,
            type=each.type,
            value=each.value,
            evidence=each.evidence,
            confidence=each.confidence,
            heard_at=call.started_at,
            captured_by=by,
        )
        for each in heard
    )
    settle_signals(call)
    return signals
