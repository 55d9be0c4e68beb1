"""How signals are written: with the call that they were heard on, or added to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from calls.models import Call
from calls.recording import CallRefused, NewCall, record, settle_signals
from calls.tallies import recount_days
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
    if heard and not call.signals.exists():
        capture(call=call, heard=heard, by=new.caller)
    return call


@transaction.atomic
def capture(*, call: Call, heard: Sequence[Heard], by: User | None) -> list[Signal]:
    """Adds signals to a call. Raises CallRefused when it was no conversation or is void, or a value is unknown."""
    signals = _write([(call, heard)], by=by)
    settle_signals(call)
    return signals


@transaction.atomic
def capture_all(*, campaign: Campaign, heard: Sequence[tuple[Call, Sequence[Heard]]]) -> list[Signal]:
    """`capture` for many calls of one campaign, each in its caller's name. Raises CallRefused and keeps nothing."""
    calls = [call for call, _ in heard]
    assert all(call.campaign_id == campaign.pk for call in calls)
    if not calls:
        return []
    signals = _write(heard)
    settle_signals(calls[0])  # it takes the campaign's lock, which counting the other days needs as well
    workspace = campaign.workspace
    days = {workspace.day_of(call.started_at) for call in calls}
    recount_days(workspace=workspace, campaigns=[campaign], days=days)
    return signals


def _write(heard: Sequence[tuple[Call, Sequence[Heard]]], *, by: User | None = None) -> list[Signal]:
    for call, things in heard:
        _check(call, things)
    return Signal.objects.bulk_create(
        [
            Signal(
                workspace_id=call.workspace_id,
                call=call,
                contact_id=call.contact_id,
                type=each.type,
                value=each.value,
                evidence=each.evidence,
                confidence=each.confidence,
                heard_at=call.started_at,
                captured_by=by or call.caller,
            )
            for call, things in heard
            for each in things
        ],
        batch_size=1000,
    )


def _check(call: Call, heard: Sequence[Heard]) -> None:
    if not call.is_conversation:
        raise CallRefused(
            "no_conversation", f"Nothing can be heard on a call that came to {call.get_disposition_display()}."
        )
    if call.voided_at:
        raise CallRefused("voided", "This call was voided; signals cannot be added to it.")
    for each in heard:
        if each.value not in VALUES.get(each.type, []):
            raise CallRefused("signal", f"“{each.value}” is not a value of the signal “{each.type}”.")
