"""Writes signals, together with a new call or added to an existing one: the only code that does."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from calls.derived.daily_counts import refresh_days
from calls.derived.locks import lock_campaign
from calls.log.services import record
from calls.log.validation import CallRefused, NewCall
from calls.models import Call
from campaigns.models import Campaign
from markets.models import EventKind, User
from markets.webhooks.publish import Fact, publish
from signals.capture.current import refresh_current
from signals.capture.vocabulary import VALUES, Confidence
from signals.models import Signal


@dataclass(frozen=True, kw_only=True)
class NewSignal:
    """A signal to be captured; `evidence` quotes the contact's words."""

    type: str
    value: str
    evidence: str = ""
    confidence: str = Confidence.HIGH


def record_with_signals(*, campaign: Campaign, new: NewCall, signals: Sequence[NewSignal]) -> Call:
    """Records a call and its signals in one transaction. Raises CallRefused."""

    def add_signals(call: Call) -> None:
        _create([(call, signal) for signal in signals], by=new.caller)

    return record(campaign=campaign, new=new, on_created=add_signals)


def capture(*, call: Call, signals: Sequence[NewSignal], by: User | None) -> list[Signal]:
    """Adds signals to a call. Raises CallRefused if it was no conversation or is voided, or a value is unknown."""
    return capture_all(campaign=call.campaign, signals_by_call=[(call.pk, signals)], by=by)


@transaction.atomic
def capture_all(
    *, campaign: Campaign, signals_by_call: Sequence[tuple[int, Sequence[NewSignal]]], by: User | None = None
) -> list[Signal]:
    """Adds signals to many calls (by id) of one campaign, all or none; without `by`, in the name of each caller.

    Calls are read under the campaign's lock, so that one voided or amended concurrently is refused.
    """
    campaign = lock_campaign(campaign)
    calls = campaign.calls.in_bulk([call_id for call_id, _ in signals_by_call])
    created = _create([(calls[call_id], signal) for call_id, signals in signals_by_call for signal in signals], by=by)
    days = campaign.workspace.days_of(call.started_at for call in calls.values())
    refresh_days(workspace=campaign.workspace, campaign=campaign.pk, days=days)
    return created


def _create(pairs: Sequence[tuple[Call, NewSignal]], *, by: User | None) -> list[Signal]:
    if not pairs:  # nothing can have changed the current signals
        return []
    for call, new in pairs:
        _check(call, new)
    created = Signal.objects.bulk_create(
        [
            Signal(
                workspace_id=call.workspace_id,
                call=call,
                contact_id=call.contact_id,
                type=new.type,
                value=new.value,
                evidence=new.evidence,
                confidence=new.confidence,
                heard_at=call.started_at,
                captured_by_id=by.pk if by else call.caller_id,
            )
            for call, new in pairs
        ],
        batch_size=1000,
    )
    refresh_current(pairs[0][0].workspace_id, {call.contact_id for call, _ in pairs})
    publish(pairs[0][0].workspace_id, {EventKind.SIGNAL_CAPTURED: lambda: map(_fact, created)})
    return created


def _fact(signal: Signal) -> Fact:
    """Without the evidence, which quotes the person."""
    names = {"signal": signal.pk, "call": signal.call_id, "heard_at": signal.heard_at.isoformat()}
    said = {"type": signal.type, "value": signal.value, "confidence": signal.confidence}
    return Fact(names | said, contact=signal.contact_id)


def _check(call: Call, new: NewSignal) -> None:
    if not call.is_conversation:
        raise CallRefused(
            "no_conversation",
            _("No signals can be heard on a call with the outcome %(outcome)s.")
            % {"outcome": call.get_disposition_display()},
        )
    if call.voided_at:
        raise CallRefused("voided", _("This call was voided; signals cannot be added to it."))
    if new.value not in VALUES.get(new.type, []):
        raise CallRefused(
            "signal",
            _("“%(value)s” is not a value of the signal “%(type)s”.") % {"value": new.value, "type": new.type},
        )
