"""How signals are written: with the call that they were heard on, or added to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from calls.derived.current_signals import recount_speaking
from calls.derived.daily_counts import recount_days
from calls.log.services import lock, record
from calls.log.validation import CallRefused, NewCall
from calls.models import Call
from campaigns.models import Campaign
from markets.models import User
from signals.capture.vocabulary import VALUES, Confidence
from signals.models import Signal


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One thing heard: a type, one of its values and the words."""

    type: str
    value: str
    evidence: str = ""
    confidence: str = Confidence.HIGH


def record_with_signals(*, campaign: Campaign, new: NewCall, heard: Sequence[Heard]) -> Call:
    """Writes a call and what was heard on it, or nothing. Raises CallRefused."""

    def add(call: Call) -> None:
        _write([(call, each) for each in heard], by=new.caller)

    return record(campaign=campaign, new=new, and_then=add)


def capture(*, call: Call, heard: Sequence[Heard], by: User | None) -> list[Signal]:
    """Adds signals to a call. Raises CallRefused when it was no conversation or is void, or a value is unknown."""
    return capture_all(campaign=call.campaign, heard=[(call.pk, heard)], by=by)


@transaction.atomic
def capture_all(
    *, campaign: Campaign, heard: Sequence[tuple[int, Sequence[Heard]]], by: User | None = None
) -> list[Signal]:
    """`capture` for many calls (by id) of one campaign, by default each in its caller's name. All are kept or none.

    The calls are read under the campaign's lock: one that was voided or amended meanwhile is refused.
    """
    campaign = lock(campaign)
    kept = campaign.calls.in_bulk([call for call, _ in heard])
    signals = _write([(kept[call], each) for call, said in heard for each in said], by=by)
    days = campaign.workspace.days_of(call.started_at for call in kept.values())
    recount_days(workspace=campaign.workspace, campaign=campaign.pk, days=days)
    return signals


def _write(things: Sequence[tuple[Call, Heard]], *, by: User | None) -> list[Signal]:
    if not things:  # what speaks for a campaign stays as it is
        return []
    for call, each in things:
        _check(call, each)
    signals = Signal.objects.bulk_create(
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
                captured_by_id=by.pk if by else call.caller_id,
            )
            for call, each in things
        ],
        batch_size=1000,
    )
    recount_speaking(contacts={call.contact_id for call, _ in things})
    return signals


def _check(call: Call, heard: Heard) -> None:
    if not call.is_conversation:
        raise CallRefused(
            "no_conversation", f"Nothing can be heard on a call that came to {call.get_disposition_display()}."
        )
    if call.voided_at:
        raise CallRefused("voided", "This call was voided; signals cannot be added to it.")
    if heard.value not in VALUES.get(heard.type, []):
        raise CallRefused("signal", f"“{heard.value}” is not a value of the signal “{heard.type}”.")
