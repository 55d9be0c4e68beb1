"""How a call is written, changed and voided: the only code that does.

Each function takes one transaction, locks the campaign and leaves everything that follows from its calls in step: the
members' summaries, the days' tallies, meetings, suppressions and wrong numbers. `_settle` derives them from the calls
again, so recording, amending and voiding are one movement; only members are carried on over calls that are newer than
all they had.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.timezone import now

from calls.derived import refresh, refresh_for_new_calls
from calls.derived.locks import lock_campaign
from calls.ingest.contact_lookup import ContactLookup
from calls.log import bulk_insert
from calls.log.validation import CallRefused, CallValidator, NewCall
from calls.models import Call, Correction, Meeting
from calls.models.corrections import AMENDABLE
from campaigns.dispositions import DISPOSITION_RULES, Disposition
from campaigns.models import Campaign
from markets.imports.rejects import RowRefused
from markets.models import Contact, ImportJob, Suppression, User, Workspace
from markets.suppressions.services import lift_all, suppress

CORRECTED_BY_IMPORT = "A later file of the dialer said otherwise"


def record(*, campaign: Campaign, new: NewCall, and_then: Callable[[Call], object] = lambda call: None) -> Call:
    """Writes one call, once: asked again with the same `request_key` it returns the call that is there.

    `and_then` adds to the call that was just made, before its day is counted. Raises CallRefused, and then nothing was
    written.
    """
    with transaction.atomic():
        campaign = lock_campaign(campaign)
        if new.request_key and (made := campaign.workspace.calls.filter(request_key=new.request_key).first()):
            return made
        check = CallValidator(campaign, [new.contact.pk], historical=False)
        if refusal := check(new):
            raise refusal
        call = bulk_insert.unsaved_call(campaign, new)
        if DISPOSITION_RULES[new.disposition].suppresses:
            call.suppression = _suppress(call.contact, by=new.caller)
        call.save(force_insert=True)
        if DISPOSITION_RULES[new.disposition].books_meeting:
            Meeting.objects.create(workspace_id=call.workspace_id, call=call, scheduled_at=new.meeting_at)
        and_then(call)
        refresh_for_new_calls(
            campaign=campaign,
            calls=[call.pk],
            contacts=[call.contact_id],
            days=[_day(campaign, call)],
            awaiting_callback=check.promised,
            wrong_numbers=[call.contact_id] if DISPOSITION_RULES[call.disposition].makes_number_wrong else [],
        )
        return call


@transaction.atomic
def record_many(
    *, campaign: Campaign, new_calls: Sequence[NewCall], historical: bool = False, lookup: ContactLookup | None = None
) -> list[int | CallRefused]:
    """Writes calls and returns, in their order, each call's id or why it was refused.

    `historical` admits calls from before the campaign was created here, when it could not be Active. Pass `lookup` when
    calls identify contacts only by external ID, email or phone.
    """
    campaign = lock_campaign(campaign)
    check = CallValidator(
        campaign, lookup.contacts if lookup else {new.contact.pk for new in new_calls}, historical=historical
    )

    def refusal_of(new: NewCall) -> CallRefused | None:
        if lookup:
            try:
                new.contact = lookup.get(new.contact_key)
            except RowRefused as nobody:
                return CallRefused(nobody.code, str(nobody))
        return check(new)

    inserted = bulk_insert.insert_calls(campaign, new_calls, check=refusal_of, suppress=_suppress_many)
    made = [outcome for outcome in inserted.outcomes if isinstance(outcome, int)]
    refresh_for_new_calls(
        campaign=campaign,
        calls=made,
        contacts=inserted.contacts,
        days=inserted.days,
        awaiting_callback=check.promised | inserted.awaiting_callback,
        wrong_numbers=inserted.wrong_numbers,
    )
    return inserted.outcomes


@transaction.atomic
def amend(
    *,
    call: Call,
    by: User | None,
    reason: str,
    import_job: ImportJob | None = None,
    historical: bool = False,
    meeting_at: datetime | None = None,
    **fields: Any,
) -> Call:
    """Changes what a call says of itself (AMENDABLE) and everything that followed from it, and keeps who did and why.

    Raises CallRefused, and then nothing has changed.
    """
    assert fields.keys() <= set(AMENDABLE), fields
    campaign = lock_campaign(call.campaign)
    call = campaign.calls.select_related("contact", "suppression").get(pk=call.pk)
    described = _amended_values(campaign, call, fields, historical=historical)
    reason = reason.strip()[:500]
    if not reason:
        raise CallRefused("reason", "Say why the call is corrected.")
    day_before = _day(campaign, call)
    before = {name: getattr(call, name) for name in AMENDABLE}
    if described["disposition"] != call.disposition:
        _lift(call.suppression_id, by=by, why="The call was corrected")
        call.suppression = None
    for name, value in described.items():
        setattr(call, name, value)
    if call.is_not_voided and DISPOSITION_RULES[call.disposition].suppresses and call.suppression_id is None:
        call.suppression = _suppress(call.contact, by=by or call.caller)
    call.fulfilled_at = None  # it may be no promise any more; if it is one, it is settled again
    call.save(update_fields=[*AMENDABLE, "suppression", "fulfilled_at"])
    if call.started_at != before["started_at"]:
        call.signals.update(heard_at=call.started_at)
    _record_correction(call, before, described, by=by, reason=reason, import_job=import_job)
    _update_meeting(call, meeting_at, by=by, reason=reason)
    refresh(campaign=campaign, contacts=[call.contact_id], days=[_day(campaign, call)], emptied_days=[day_before])
    return call


def void(*, call: Call, by: User | None, reason: str) -> None:
    """Takes back all that the call did; the row stays. Raises CallRefused when it is void already."""
    if not reason.strip():
        raise CallRefused("no_reason", "Say why the call is voided.")
    if not void_many(campaign=call.campaign, calls=[call], by=by, reason=reason.strip()):
        raise CallRefused("voided", "This call was voided already.")


@transaction.atomic
def void_many(*, campaign: Campaign, calls: Iterable[Call], by: User | None, reason: str) -> int:
    """Voids calls of one campaign together and returns how many stood until now."""
    campaign = lock_campaign(campaign)
    standing = campaign.calls.filter(pk__in=[call.pk for call in calls], voided_at=None)
    ids = list(standing.values_list("pk", flat=True))
    standing.update(voided_at=now(), voided_by=by, void_reason=reason[:500])
    voided = list(campaign.calls.filter(pk__in=ids))
    for call in voided:
        _lift(call.suppression_id, by=by, why=f"The call was voided: {reason}")
    for meeting in Meeting.objects.filter(call__in=ids):
        meeting.record_change(Meeting.Status.CANCELLED, meeting.scheduled_at, by=by, reason="The call was voided")
    refresh(
        campaign=campaign,
        contacts={call.contact_id for call in voided},
        emptied_days=campaign.workspace.days_of(call.started_at for call in voided),
    )
    return len(ids)


def next_working_morning(workspace: Workspace, moment: datetime) -> datetime:
    """When a callback without a time is due: the next working day at 9:00 in the workspace (product.md, section 3)."""
    day = workspace.day_of(moment) + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day, time(9), tzinfo=workspace.zone)


def _day(campaign: Campaign, call: Call) -> date:
    return campaign.workspace.day_of(call.started_at)


def _amended_values(campaign: Campaign, call: Call, fields: dict[str, Any], *, historical: bool) -> dict[str, Any]:
    """All that the call would say of itself. Raises CallRefused where it may not."""
    if call.voided_at:
        raise CallRefused("voided", "This call was voided; record it again instead of changing it.")
    described = {name: fields.get(name, getattr(call, name)) for name in AMENDABLE}
    check = CallValidator(campaign, [call.contact_id], historical=historical)
    if problem := check(NewCall(contact=call.contact, **described)):
        raise problem
    meaning = DISPOSITION_RULES[described["disposition"]]
    if not meaning.is_conversation and call.signals.exists():
        label = Disposition(described["disposition"]).label
        raise CallRefused("has_signals", f"Signals were captured on this call, so it cannot become {label}.")
    if not meaning.needs_callback_time:
        described["callback_at"] = None
    return described


def _record_correction(
    call: Call,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    by: User | None,
    reason: str,
    import_job: ImportJob | None,
) -> None:
    changed = [name for name in AMENDABLE if before[name] != after[name]]
    if changed:
        Correction.objects.create(
            workspace_id=call.workspace_id,
            call=call,
            before=_as_json(before, changed),
            after=_as_json(after, changed),
            corrected_by=by,
            import_job=import_job,
            reason=reason,
        )


def _as_json(values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    encoder = DjangoJSONEncoder()
    return {name: encoder.default(value) if isinstance(value := values[name], datetime) else value for name in names}


def _update_meeting(call: Call, scheduled_at: datetime | None, *, by: User | None, reason: str) -> None:
    """The meeting of a call that was corrected: made, moved or cancelled with it, and there again when it is back."""
    meeting = Meeting.objects.filter(call=call).first()
    is_booked = call.is_not_voided and DISPOSITION_RULES[call.disposition].books_meeting
    if meeting is None:
        if is_booked:
            Meeting.objects.create(workspace_id=call.workspace_id, call=call, scheduled_at=scheduled_at)
        return
    at = scheduled_at or meeting.scheduled_at
    if not is_booked:
        meeting.record_change(Meeting.Status.CANCELLED, meeting.scheduled_at, by=by, reason=reason)
    elif at != meeting.scheduled_at or _booked_again(call):
        meeting.record_change(Meeting.Status.SCHEDULED, at, by=by, reason=reason)


def _booked_again(call: Call) -> bool:
    """Whether the call did not book its meeting before the correction that was just kept."""
    latest = call.corrections.last()
    before = latest.before.get("disposition", call.disposition) if latest else call.disposition
    return not DISPOSITION_RULES[before].books_meeting


DO_NOT_CONTACT_REASON = "Asked on a call not to be contacted"


def _suppress(contact: Contact, *, by: User | None) -> Suppression:
    return suppress(contact=contact, by=by, reason=DO_NOT_CONTACT_REASON)


def _suppress_many(campaign: Campaign, asked: Sequence[NewCall]) -> list[Suppression]:
    return Suppression.objects.bulk_create(
        Suppression(
            workspace_id=campaign.workspace_id,
            contact_id=new.contact.pk,
            phone_e164=new.contact.phone_e164,
            email=new.contact.email,
            reason=DO_NOT_CONTACT_REASON,
            created_by=new.caller,
        )
        for new in asked
    )


def _lift(suppression: int | None, *, by: User | None, why: str) -> None:
    if suppression:
        lift_all(Suppression.objects.filter(pk=suppression), by=by, reason=why)
