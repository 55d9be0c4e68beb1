"""Calls into their table: one as a row of the ORM, a log's thousands by COPY. Nobody but calls.recording calls this."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.utils.timezone import now

from calls.checking import NewCall
from calls.models import Call, Meeting
from campaigns.dispositions import MEANINGS, MEETINGS, SUPPRESSING
from campaigns.models import Campaign
from markets import bulk
from markets.models import Contact, Suppression

COLUMNS = (
    *("id", "workspace_id", "campaign_id", "contact_id", "direction", "started_at", "talk_seconds", "disposition"),
    *("callback_at", "notes", "caller_id", "caller_name", "dialled", "dialer_call_id", "request_key", "brought_by_id"),
    *("recorded_at", "suppression_id", "outside_hours_reason", "void_reason"),
)


def as_call(campaign: Campaign, new: NewCall) -> Call:
    """The row of one call, not saved yet. Its callee is a Contact."""
    assert isinstance(new.contact, Contact)
    return Call(
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
        outside_hours_reason=new.outside_hours_reason,
        recorded_at=new.recorded_at or now(),
    )


def load(
    campaign: Campaign,
    new_calls: Sequence[NewCall],
    *,
    suppressing: Callable[[Campaign, Sequence[NewCall]], list[Suppression]],
) -> Sequence[int]:
    """Writes checked calls with their meetings and suppressions, and returns their ids in order."""
    if not new_calls:
        return []
    ids = bulk.new_ids(Call, len(new_calls))
    asked = [place for place, new in enumerate(new_calls) if new.disposition in SUPPRESSING]
    made = suppressing(campaign, [new_calls[place] for place in asked]) if asked else []
    suppressions = dict(zip(asked, (each.pk for each in made), strict=True))
    bulk.insert(Call, COLUMNS, _rows(campaign, ids, new_calls, suppressions))
    Meeting.objects.bulk_create(
        [
            Meeting(workspace_id=campaign.workspace_id, call_id=key, scheduled_at=new.meeting_at)
            for key, new in zip(ids, new_calls, strict=True)
            if new.disposition in MEETINGS
        ],
        batch_size=1000,
    )
    return ids


def _rows(
    campaign: Campaign, ids: Sequence[int], new_calls: Sequence[NewCall], suppressions: dict[int, int]
) -> Iterator[tuple[Any, ...]]:
    adapt, recorded_at = connection.ops.adapt_datetimefield_value, bulk.database_now()
    needs_time = {disposition: meaning.needs_callback_time for disposition, meaning in MEANINGS.items()}
    workspace, key = campaign.workspace_id, campaign.pk
    for place, (call_id, new) in enumerate(zip(ids, new_calls, strict=True)):
        contact, disposition = new.contact, new.disposition
        yield (
            *(call_id, workspace, key, contact.pk, str(new.direction), adapt(new.started_at), new.talk_seconds),
            *(str(disposition), adapt(new.callback_at) if needs_time[disposition] else None, new.notes),
            *(new.caller.pk if new.caller else None, new.caller_name, contact.phone_e164, new.dialer_call_id),
            new.request_key.hex if new.request_key else None,
            new.brought_by.pk if new.brought_by else None,
            adapt(new.recorded_at) if new.recorded_at else recorded_at,
            *(suppressions.get(place), new.outside_hours_reason, ""),
        )
