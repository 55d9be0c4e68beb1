"""How a call is written, changed and voided: the only code that does.

Each function takes one transaction, locks the campaign and leaves everything that follows from its calls in step: the
members' summaries, the days' tallies, meetings, suppressions and wrong numbers. None of these is adjusted; `_settle`
derives them again, so recording, amending and voiding are one movement.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from calls import tallies
from calls.models import Call, Direction, Meeting
from campaigns.dispositions import MEANINGS, Disposition
from campaigns.lifecycle import ActiveTimes
from campaigns.models import Campaign
from markets.models import Contact, ImportJob, Suppression, User, Workspace
from markets.suppressing import suppress

FIRST_MOMENT = datetime(1970, 1, 2, tzinfo=UTC)
LONGEST_CALL = 24 * 3600
AMENDABLE = ("direction", "started_at", "talk_seconds", "disposition", "callback_at", "notes", "caller_name")


class CallRefused(Exception):
    """The call cannot be kept. `code` is short and stable, the message a sentence for whoever made it."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class NewCall:
    """A call as somebody reports it. Moments are aware; `meeting_at` None means to be agreed."""

    contact: Contact
    disposition: str
    started_at: datetime
    direction: str = Direction.OUTBOUND
    talk_seconds: int | None = None
    notes: str = ""
    caller: User | None = None
    caller_name: str = ""
    callback_at: datetime | None = None
    meeting_at: datetime | None = None
    dialer_call_id: str = ""
    brought_by: ImportJob | None = None
    request_key: UUID | None = None


def record(*, campaign: Campaign, new: NewCall) -> Call:
    """Writes one call, once: asked again with the same `request_key` it returns the call that is there.

    Raises CallRefused, and then nothing was written.
    """
    with transaction.atomic():
        campaign = lock(campaign)
        if new.request_key and (made := campaign.calls.filter(request_key=new.request_key).first()):
            return made
        (outcome,) = record_all(campaign=campaign, new_calls=[new])
        if isinstance(outcome, CallRefused):
            raise outcome
        return outcome


@transaction.atomic
def record_all(
    *, campaign: Campaign, new_calls: Sequence[NewCall], historical: bool = False
) -> list[Call | CallRefused]:
    """Writes those that can be kept and returns, in their order, each call or why it was refused.

    `historical` admits calls from before the campaign was kept here, when it could not be Active.
    """
    campaign = lock(campaign)
    check = _Check(campaign, [new.contact for new in new_calls], historical=historical)
    outcomes = [check(new) or new for new in new_calls]
    kept = [outcome for outcome in outcomes if isinstance(outcome, NewCall)]
    made = iter(_insert(campaign, kept))
    return [next(made) if isinstance(outcome, NewCall) else outcome for outcome in outcomes]


@transaction.atomic
def amend(*, call: Call, historical: bool = False, meeting_at: datetime | None = None, **fields: Any) -> Call:
    """Changes what a call says of itself (AMENDABLE) and everything that followed from it.

    Raises CallRefused, and then nothing has changed.
    """
    assert fields.keys() <= set(AMENDABLE), fields
    campaign = lock(call.campaign)
    call = campaign.calls.select_related("contact", "suppression").get(pk=call.pk)
    if call.voided_at:
        raise CallRefused("voided", "This call was voided; record it again instead of changing it.")
    day_before = campaign.workspace.day_of(call.started_at)
    described = {name: fields.get(name, getattr(call, name)) for name in AMENDABLE}
    if problem := _Check(campaign, [call.contact], historical=historical)(NewCall(contact=call.contact, **described)):
        raise problem
    meaning = MEANINGS[described["disposition"]]
    if not meaning.is_conversation and call.signals.exists():
        label = Disposition(described["disposition"]).label
        raise CallRefused("has_signals", f"Signals were captured on this call, so it cannot become {label}.")
    if not meaning.needs_callback_time:
        described["callback_at"] = None
    if described["disposition"] != call.disposition:
        _lift(call.suppression_id, by=None, why="The call was amended")
        call.suppression = None
    for name, value in described.items():
        setattr(call, name, value)
    call.save(update_fields=[*AMENDABLE, "suppression"])
    _settle(campaign, [call], changed_from=[day_before], meetings_at={call.pk: meeting_at})
    return call


@transaction.atomic
def void(*, call: Call, by: User | None, reason: str) -> None:
    """Takes back all that the call did; the row stays. Raises CallRefused when it is void already."""
    campaign = lock(call.campaign)
    reason = reason.strip()
    if not reason:
        raise CallRefused("no_reason", "Say why the call is voided.")
    taken = campaign.calls.filter(pk=call.pk, voided_at=None).update(
        voided_at=now(), voided_by=by, void_reason=reason[:500]
    )
    if not taken:
        raise CallRefused("voided", "This call was voided already.")
    call = campaign.calls.select_related("contact", "suppression").get(pk=call.pk)
    _settle(campaign, [call], changed_from=[campaign.workspace.day_of(call.started_at)])


@transaction.atomic
def void_all(*, campaign: Campaign, calls: Iterable[Call], by: User | None, reason: str) -> int:
    """Voids calls of one campaign together and returns how many stood until now."""
    campaign = lock(campaign)
    standing = campaign.calls.filter(pk__in=[call.pk for call in calls], voided_at=None)
    ids = list(standing.values_list("pk", flat=True))
    standing.update(voided_at=now(), voided_by=by, void_reason=reason[:500])
    voided = list(campaign.calls.filter(pk__in=ids).select_related("contact", "suppression"))
    _settle(campaign, voided, changed_from={campaign.workspace.day_of(call.started_at) for call in voided})
    return len(ids)


def next_working_morning(workspace: Workspace, moment: datetime) -> datetime:
    """When a callback without a time is due: the next working day at 9:00 in the workspace (product.md, section 3)."""
    day = workspace.day_of(moment) + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day, time(9), tzinfo=workspace.zone)


def lock(campaign: Campaign) -> Campaign:
    """No change of status can pass while the lock is held, and no other call of the campaign is counted."""
    locked = Campaign.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("workspace").get(pk=campaign.pk)


class _Check:
    """Says why a call cannot be kept, or None. Built once for many: it fetches what they all need."""

    def __init__(self, campaign: Campaign, contacts: Iterable[Contact], *, historical: bool):
        self.campaign = campaign
        self.active_times = ActiveTimes.of(campaign)
        self.members = set(
            campaign.members.filter(contact__in={contact.pk for contact in contacts}).values_list("contact", flat=True)
        )
        self.kept_since = campaign.created_at if historical else FIRST_MOMENT
        self.latest = now()

    def __call__(self, new: NewCall) -> CallRefused | None:
        zone = self.campaign.workspace.zone
        meaning = MEANINGS.get(new.disposition)
        if meaning is None:
            names = ", ".join(Disposition.labels)
            return CallRefused("disposition", f"“{new.disposition}” is not a disposition. Use one of: {names}.")
        if new.direction not in Direction.values:
            return CallRefused("direction", f"“{new.direction}” is not a direction. Use Outbound or Inbound.")
        if new.contact.pk not in self.members:
            return CallRefused("not_a_member", f"{new.contact} is not in the campaign {self.campaign}.")
        if new.talk_seconds is not None and not 0 <= new.talk_seconds <= LONGEST_CALL:
            return CallRefused(
                "talk_seconds", f"A talk time of {new.talk_seconds} seconds cannot be: use 0 to {LONGEST_CALL}."
            )
        if not FIRST_MOMENT <= new.started_at <= self.latest:
            return CallRefused(
                "started_at",
                f"The call starts at {new.started_at:%Y-%m-%d %H:%M}, which is "
                f"{'in the future' if new.started_at > self.latest else 'before 1970'}.",
            )
        if meaning.needs_callback_time and new.callback_at is None:
            return CallRefused("callback_at", "Say when to call back: a Callback Requested needs its time.")
        if meaning.needs_callback_time and new.callback_at and new.callback_at <= new.started_at:
            return CallRefused("callback_at", "The time to call back lies before the call itself.")
        if new.started_at >= self.kept_since and not self.active_times.include(new.started_at):
            status = self.active_times.status_at(new.started_at).label
            return CallRefused(
                "not_active",
                f"{self.campaign} was not Active but {status} on {new.started_at.astimezone(zone):%-d %b %Y at %H:%M}, "
                "when the call started.",
            )
        return None


def _insert(campaign: Campaign, new_calls: Sequence[NewCall]) -> list[Call]:
    calls = Call.objects.bulk_create(
        [
            Call(
                workspace_id=campaign.workspace_id,
                campaign=campaign,
                contact=new.contact,
                direction=new.direction,
                started_at=new.started_at,
                talk_seconds=new.talk_seconds,
                disposition=new.disposition,
                callback_at=new.callback_at if MEANINGS[new.disposition].needs_callback_time else None,
                notes=new.notes,
                caller=new.caller,
                caller_name=new.caller_name,
                dialled=new.contact.phone_e164,
                dialer_call_id=new.dialer_call_id,
                brought_by=new.brought_by,
                request_key=new.request_key,
            )
            for new in new_calls
        ],
        batch_size=1000,
    )
    times = {call.pk: new.meeting_at for call, new in zip(calls, new_calls, strict=True)}
    _settle(campaign, calls, meetings_at=times)
    return calls


def _settle(
    campaign: Campaign,
    calls: Sequence[Call],
    *,
    changed_from: Iterable[date] = (),
    meetings_at: dict[int, datetime | None] | None = None,
) -> None:
    """Makes all that follows from `calls` what they say now. Those that stood before did so on `changed_from`."""
    workspace = campaign.workspace
    _settle_meetings(calls, meetings_at or {})
    for call in calls:
        _settle_suppression(call)
    contacts = {call.contact_id for call in calls}
    tallies.recount_members(campaign.members.filter(contact__in=contacts))
    if changed_from or any(call.meaning and call.meaning.makes_number_wrong for call in calls):
        tallies.recount_contacts(Contact.objects.filter(pk__in=contacts))
    days = {workspace.day_of(call.started_at) for call in calls} | set(changed_from)
    tallies.recount_days(workspace=workspace, campaigns=[campaign], days=days)


def _settle_meetings(calls: Sequence[Call], times: dict[int, datetime | None]) -> None:
    meetings = {meeting.call_id: meeting for meeting in Meeting.objects.filter(call__in=[call.pk for call in calls])}
    fresh = []
    for call in calls:
        meeting, time = meetings.get(call.pk), times.get(call.pk)
        is_booked = call.stands and bool(call.meaning and call.meaning.books_meeting)
        if meeting is None and is_booked:
            fresh.append(Meeting(workspace_id=call.workspace_id, call=call, scheduled_at=time))
        elif meeting and not is_booked:
            meeting.status = Meeting.Status.CANCELLED
            meeting.save(update_fields=["status"])
        elif meeting and time and meeting.scheduled_at != time:
            meeting.scheduled_at, meeting.status = time, Meeting.Status.SCHEDULED
            meeting.save(update_fields=["scheduled_at", "status"])
    Meeting.objects.bulk_create(fresh)


def _settle_suppression(call: Call) -> None:
    asks = call.stands and bool(call.meaning and call.meaning.suppresses)
    if asks and call.suppression_id is None:
        call.suppression = suppress(contact=call.contact, by=call.caller, reason="Asked on a call not to be contacted")
        call.save(update_fields=["suppression"])
    elif not asks:
        _lift(call.suppression_id, by=call.voided_by, why=f"The call was voided: {call.void_reason}")


def _lift(suppression: int | None, *, by: User | None, why: str) -> None:
    if suppression:
        Suppression.objects.open().filter(pk=suppression).update(lifted_at=now(), lifted_by=by, lift_reason=why[:500])
