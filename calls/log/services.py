"""Records, amends and voids calls. No other code does.

Each function runs in one transaction. It locks the campaign first, so that no two of them change calls of one campaign
at a time. It then writes the calls with their meetings and suppressions, and last refreshes everything derived from
them (calls.derived): member summaries, daily and hourly counts, fulfilled callbacks and wrong numbers.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from calls.derived import refresh, refresh_for_new_calls
from calls.derived.locks import lock_campaign
from calls.ingest.contact_lookup import ContactLookup
from calls.log import bulk_insert
from calls.log.events import publish_calls, publish_meeting
from calls.log.validation import CallRefused, CallValidator, NewCall
from calls.models import Call, Correction, Meeting
from calls.models.corrections import AMENDABLE
from campaigns.dispositions import DISPOSITION_RULES, Disposition
from campaigns.models import Campaign
from markets.imports.files.rejects import RowRefused
from markets.models import AuditAction, Contact, ImportJob, Suppression, SuppressionScope, User, Workspace
from markets.suppressions.services import keys_in_scope, lift_all, suppress
from markets.workspaces.audit import record_event
from markets.workspaces.calendar import working_days

CALL_VOIDED = gettext_noop("The call was voided")
CORRECTED_BY_IMPORT = gettext_noop("A later file of the dialer said otherwise")


def record(*, campaign: Campaign, new: NewCall, on_created: Callable[[Call], object] = lambda call: None) -> Call:
    """Records one call. A second request with the same `request_key` returns the call of the first.

    `on_created` runs in the same transaction, before the counts are refreshed, and may add to the call. Raises
    CallRefused, in which case nothing is written.
    """
    with transaction.atomic():
        campaign = lock_campaign(campaign)
        if new.request_key and (existing := campaign.workspace.calls.filter(request_key=new.request_key).first()):
            return existing
        validator = CallValidator(campaign, [new.contact.pk], historical=False)
        if refusal := validator.refusal_for(new):
            raise refusal
        call = bulk_insert.unsaved_call(campaign, new)
        if DISPOSITION_RULES[new.disposition].suppresses:
            call.suppression = _suppress(call.contact, by=new.caller, scope=new.suppression_scope)
        call.save(force_insert=True)
        if DISPOSITION_RULES[new.disposition].books_meeting:
            Meeting.objects.create(workspace_id=call.workspace_id, call=call, scheduled_at=new.meeting_at)
        publish_calls(campaign, [call.pk])
        on_created(call)
        refresh_for_new_calls(
            campaign=campaign,
            calls=[call.pk],
            contacts=[call.contact_id],
            days=[_day(campaign, call)],
            awaiting_callback=validator.awaiting_callback,
            wrong_numbers=[call.contact_id] if DISPOSITION_RULES[call.disposition].makes_number_wrong else [],
        )
        return call


@transaction.atomic
def record_many(
    *, campaign: Campaign, new_calls: Sequence[NewCall], historical: bool = False, lookup: ContactLookup | None = None
) -> list[int | CallRefused]:
    """Records calls of one campaign and returns, in the same order, each call's id or why it was refused.

    `historical` admits calls from before the campaign was created here, when it could not be Active. Pass `lookup` when
    calls identify contacts only by external ID, email or phone.
    """
    campaign = lock_campaign(campaign)
    validator = CallValidator(
        campaign, lookup.contacts if lookup else {new.contact.pk for new in new_calls}, historical=historical
    )

    def refusal_of(new: NewCall) -> CallRefused | None:
        if lookup:
            try:
                new.contact = lookup.get(new.contact_key)
            except RowRefused as error:
                return CallRefused(error.code, str(error))
        return validator.refusal_for(new)

    inserted = bulk_insert.insert_calls(campaign, new_calls, check=refusal_of, suppress=_suppress_many)
    recorded = [outcome for outcome in inserted.outcomes if isinstance(outcome, int)]
    if recorded:
        publish_calls(campaign, recorded)
    refresh_for_new_calls(
        campaign=campaign,
        calls=recorded,
        contacts=inserted.contacts,
        days=inserted.days,
        awaiting_callback=validator.awaiting_callback | inserted.awaiting_callback,
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
    reported_at: datetime | None = None,
    suppression_scope: SuppressionScope = SuppressionScope.NUMBER,
    **fields: Any,
) -> Call:
    """Corrects fields of a call (AMENDABLE) with everything derived from it, and records who did so and why.

    Without `by` a source changed its own word, sent at `reported_at`: that never lifts a suppression. With `by` and
    `import_job` a person undoes that import, which is no word of that person.
    `suppression_scope` says whom a correction to a disposition that suppresses is for.

    Raises CallRefused, in which case nothing changes.
    """
    assert fields.keys() <= set(AMENDABLE), fields
    campaign = lock_campaign(call.campaign)
    call = campaign.calls.select_related("contact", "suppression").get(pk=call.pk)
    values = _amended_values(campaign, call, fields, historical=historical)
    reason = reason.strip()[:500]
    if not reason:
        raise CallRefused("reason", _("Say why the call is corrected."))
    day_before = _day(campaign, call)
    before = {name: getattr(call, name) for name in AMENDABLE}
    is_other_outcome = values["disposition"] != call.disposition
    if is_other_outcome and by is not None:
        _lift(call, by=by, why=gettext_noop("The call was corrected"))
        call.suppression = None
    elif is_other_outcome and call.suppression and call.suppression.lifted_at:
        call.suppression = None
    if reported_at:
        call.reported_at = reported_at
    for name, value in values.items():
        setattr(call, name, value)
    if call.is_not_voided and DISPOSITION_RULES[call.disposition].suppresses and call.suppression_id is None:
        call.suppression = _suppress(call.contact, by=by or call.caller, scope=suppression_scope)
    call.fulfilled_at = None  # the refresh below sets it again if the call still promises a callback
    call.save(update_fields=[*AMENDABLE, "suppression", "fulfilled_at", "reported_at"])
    if call.started_at != before["started_at"]:
        call.signals.update(heard_at=call.started_at)
    _record_correction(call, before, values, by=by, reason=reason, import_job=import_job)
    _update_meeting(call, meeting_at, by=None if import_job else by, reason=reason)
    refresh(campaign=campaign, contacts=[call.contact_id], days=[_day(campaign, call)], emptied_days=[day_before])
    return call


def void(*, call: Call, by: User | None, reason: str) -> None:
    """Reverses everything that the call did; the row stays. Raises CallRefused if it is voided already."""
    if not reason.strip():
        raise CallRefused("no_reason", _("Say why the call is voided."))
    if not void_many(campaign=call.campaign, calls=[call], by=by, reason=reason.strip()):
        raise CallRefused("voided", _("This call was voided already."))


@transaction.atomic
def void_many(*, campaign: Campaign, calls: Iterable[Call], by: User | None, reason: str) -> int:
    """Voids calls of one campaign and returns how many were not voided before."""
    campaign = lock_campaign(campaign)
    not_voided = campaign.calls.filter(pk__in=[call.pk for call in calls], voided_at=None)
    ids = list(not_voided.values_list("pk", flat=True))
    not_voided.update(voided_at=now(), voided_by=by, void_reason=reason[:500])
    voided = list(campaign.calls.filter(pk__in=ids))
    why = _("The call was voided: %(reason)s") % {"reason": _(reason)}  # kept in the language of whoever voids
    for call in voided:
        _lift(call, by=by, why=why)
    for meeting in Meeting.objects.filter(workspace=campaign.workspace, call__in=ids):
        meeting.record_change(Meeting.Status.CANCELLED, meeting.scheduled_at, by=by, reason=CALL_VOIDED)
    refresh(
        campaign=campaign,
        contacts={call.contact_id for call in voided},
        emptied_days=campaign.workspace.days_of(call.started_at for call in voided),
    )
    if voided:
        number = "a call" if len(voided) == 1 else f"{len(voided):,} calls"
        record_event(
            workspace=campaign.workspace,
            user=by,
            action=AuditAction.CALL_VOIDED,
            subject=voided[0] if len(voided) == 1 else campaign,
            summary=f"Voided {number}",
            details={"calls": len(voided)},
        )
    return len(ids)


def next_working_morning(workspace: Workspace, moment: datetime) -> datetime:
    """9:00 on the workspace's next working day, when a callback without a time is due (product.md, section 3)."""
    day = working_days(workspace).next(workspace.day_of(moment))
    return datetime.combine(day, time(9), tzinfo=workspace.zone)


def _day(campaign: Campaign, call: Call) -> date:
    return campaign.workspace.day_of(call.started_at)


def _amended_values(campaign: Campaign, call: Call, fields: dict[str, Any], *, historical: bool) -> dict[str, object]:
    """All amendable fields of the call with `fields` applied. Raises CallRefused if the result is not allowed."""
    if call.voided_at:
        raise CallRefused("voided", _("This call was voided; record it again instead of changing it."))
    values = {name: fields.get(name, getattr(call, name)) for name in AMENDABLE}
    changed = {name for name in AMENDABLE if values[name] != getattr(call, name)}
    validator = CallValidator(campaign, [call.contact_id], historical=historical)
    if refusal := validator.refusal_for(NewCall(contact=call.contact, **values), changed=changed):
        raise refusal
    rule = DISPOSITION_RULES[values["disposition"]]
    if "disposition" in changed and not rule.is_conversation and call.signals.exists():
        label = Disposition(values["disposition"]).label
        text = _("Signals were captured on this call, so it cannot become %(outcome)s.")
        raise CallRefused("has_signals", text % {"outcome": label})
    if not rule.needs_callback_time:
        values["callback_at"] = None
    return values


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


def _as_json(values: dict[str, Any], names: Iterable[str]) -> dict[str, object]:
    encoder = DjangoJSONEncoder()
    return {name: encoder.default(value) if isinstance(value := values[name], datetime) else value for name in names}


def _update_meeting(call: Call, scheduled_at: datetime | None, *, by: User | None, reason: str) -> None:
    """Creates, moves, cancels or reschedules the meeting of a corrected call."""
    meeting = Meeting.objects.filter(call=call).first()
    is_booked = call.is_not_voided and DISPOSITION_RULES[call.disposition].books_meeting
    if meeting is None:
        if is_booked:
            Meeting.objects.create(workspace_id=call.workspace_id, call=call, scheduled_at=scheduled_at)
            publish_meeting(call)
        return
    at = scheduled_at or meeting.scheduled_at
    if not is_booked:
        meeting.record_change(Meeting.Status.CANCELLED, meeting.scheduled_at, by=by, reason=reason)
    elif at != meeting.scheduled_at or _booked_again(call):
        meeting.record_change(Meeting.Status.SCHEDULED, at, by=by, reason=reason)


def _booked_again(call: Call) -> bool:
    """True if the call did not book a meeting before the correction that was just recorded."""
    latest = call.corrections.last()
    before = latest.before.get("disposition", call.disposition) if latest else call.disposition
    return not DISPOSITION_RULES[before].books_meeting


DO_NOT_CONTACT_REASON = gettext_noop("Asked on a call not to be contacted")


def _suppress(contact: Contact, *, by: User | None, scope: SuppressionScope) -> Suppression:
    return suppress(contact=contact, by=by, reason=DO_NOT_CONTACT_REASON, scope=scope)


def _suppress_many(campaign: Campaign, new_calls: Sequence[NewCall]) -> list[Suppression]:
    return Suppression.objects.bulk_create(
        Suppression(
            workspace_id=campaign.workspace_id,
            contact_id=new.contact.pk,
            reason=DO_NOT_CONTACT_REASON,
            created_by=new.caller,
            **keys_in_scope(new.contact, new.suppression_scope),
        )
        for new in new_calls
    )


def _lift(call: Call, *, by: User | None, why: str) -> None:
    if call.suppression_id:
        made = Suppression.objects.filter(workspace=call.workspace_id, pk=call.suppression_id)
        lift_all(made, by=by, reason=why)
