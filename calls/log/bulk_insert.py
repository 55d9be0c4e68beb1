"""Inserts calls: one through the ORM, those of a dialer's log through COPY. Only calls.log.services uses this."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.timezone import now

from calls.log.validation import CallRefused, NewCall
from calls.models import Call, Meeting
from campaigns.dispositions import CALLBACKS, DISPOSITION_RULES, MEETINGS, SUPPRESSING, WRONG_NUMBERS
from campaigns.models import Campaign
from config.db import bulk
from markets.models import Contact, Suppression
from markets.webhooks.publish import publish_suppressed

COLUMNS = (
    *("id", "workspace_id", "campaign_id", "contact_id", "dialled", "recorded_at", "suppression_id", "direction"),
    *("started_at", "talk_seconds", "disposition", "callback_at", "notes", "caller_id", "caller_name"),
    *("dialer_call_id", "request_key", "import_job_id", "outside_hours_reason", "void_reason", "reported_at"),
)


def unsaved_call(campaign: Campaign, new: NewCall) -> Call:
    assert isinstance(new.contact, Contact)
    return Call(
        workspace_id=campaign.workspace_id,
        campaign=campaign,
        contact=new.contact,
        direction=new.direction,
        started_at=new.started_at,
        talk_seconds=new.talk_seconds,
        disposition=new.disposition,
        callback_at=new.callback_at if DISPOSITION_RULES[new.disposition].needs_callback_time else None,
        notes=new.notes,
        caller=new.caller,
        caller_name=new.caller_name,
        dialled=new.dialled or new.contact.phone_e164,
        dialer_call_id=new.dialer_call_id,
        import_job=new.import_job,
        request_key=new.request_key,
        outside_hours_reason=new.outside_hours_reason,
        reported_at=new.reported_at,
        recorded_at=new.recorded_at or now(),
    )


@dataclass
class InsertResult:
    outcomes: list[int | CallRefused] = field(default_factory=list)
    """The id of each call, or why it was refused, in their order."""
    contacts: set[int] = field(default_factory=set)
    awaiting_callback: set[int] = field(default_factory=set)
    """Contacts who were promised a callback."""
    wrong_numbers: set[int] = field(default_factory=set)
    """Contacts with a call that found the number to be wrong."""
    days: set[date] = field(default_factory=set)


def insert_calls(
    campaign: Campaign,
    new_calls: Sequence[NewCall],
    *,
    check: Callable[[NewCall], CallRefused | None],
    suppress: Callable[[Campaign, Sequence[NewCall]], list[Suppression]],
) -> InsertResult:
    """Inserts the calls that `check` does not refuse, with their meetings and suppressions."""
    result = InsertResult()
    accepted: list[tuple[int, NewCall]] = []
    for key, new in zip(bulk.new_ids(Call, len(new_calls)), new_calls, strict=True):
        refusal = check(new)
        result.outcomes.append(refusal or key)
        if not refusal:
            accepted.append((key, new))
            _note_effects(result, new)
    result.days = campaign.workspace.days_of(new.started_at for _, new in accepted)
    opt_outs = [(key, new) for key, new in accepted if new.disposition in SUPPRESSING]
    suppressions = suppress(campaign, [new for _, new in opt_outs]) if opt_outs else []
    publish_suppressed(campaign.workspace_id, suppressions)
    suppression_of = {key: made.pk for (key, _), made in zip(opt_outs, suppressions, strict=True)}
    time = now()
    bulk.insert(Call, COLUMNS, (_row(campaign, key, new, suppression_of.get(key), time) for key, new in accepted))
    Meeting.objects.bulk_create(
        [
            Meeting(workspace_id=campaign.workspace_id, call_id=key, scheduled_at=new.meeting_at)
            for key, new in accepted
            if new.disposition in MEETINGS
        ],
        batch_size=1000,
    )
    return result


def _note_effects(result: InsertResult, new: NewCall) -> None:
    result.contacts.add(new.contact.pk)
    if new.disposition in CALLBACKS:
        result.awaiting_callback.add(new.contact.pk)
    if new.disposition in WRONG_NUMBERS:
        result.wrong_numbers.add(new.contact.pk)


def _row(campaign: Campaign, key: int, new: NewCall, suppression: int | None, time: datetime) -> tuple[Any, ...]:
    """The values of COLUMNS."""
    return (
        key,
        campaign.workspace_id,
        campaign.pk,
        new.contact.pk,
        new.dialled or new.contact.phone_e164,
        new.recorded_at or time,
        suppression,
        str(new.direction),
        new.started_at,
        new.talk_seconds,
        str(new.disposition),
        new.callback_at if new.disposition in CALLBACKS else None,
        new.notes,
        new.caller.pk if new.caller else None,
        new.caller_name,
        new.dialer_call_id,
        new.request_key.hex if new.request_key else None,
        new.import_job.pk if new.import_job else None,
        new.outside_hours_reason,
        "",
        new.reported_at,
    )
