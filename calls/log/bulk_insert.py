"""Calls into their table: one as a row of the ORM, a log's thousands by COPY. Nobody but calls.log.services calls
this."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.timezone import now

from calls.log.validation import CallRefused, NewCall
from calls.models import Call, Meeting
from campaigns.dispositions import CALLBACKS, MEANINGS, MEETINGS, SUPPRESSING, WRONG_NUMBERS
from campaigns.models import Campaign
from config.db import bulk
from markets.models import Contact, Suppression

FOUND = ("id", "workspace_id", "campaign_id", "contact_id", "dialled", "recorded_at", "suppression_id")
"""The columns of a call that are known only in the transaction that writes it."""
SAID = (
    *("direction", "started_at", "talk_seconds", "disposition", "callback_at", "notes", "caller_id", "caller_name"),
    *("dialer_call_id", "request_key", "import_job_id", "outside_hours_reason", "void_reason"),
)
"""The others, known from whoever reports it."""


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
        import_job=new.import_job,
        request_key=new.request_key,
        outside_hours_reason=new.outside_hours_reason,
        recorded_at=new.recorded_at or now(),
    )


@dataclass
class Loaded:
    """What became of some calls, and what follows from them."""

    outcomes: list[int | CallRefused] = field(default_factory=list)
    """In their order each call's id, or why it was refused."""
    contacts: set[int] = field(default_factory=set)
    promised: set[int] = field(default_factory=set)
    """The contacts to whom a call promised another."""
    wrong: set[int] = field(default_factory=set)
    """The contacts whose number a call found to be wrong."""
    days: set[date] = field(default_factory=set)


def load(
    campaign: Campaign,
    new_calls: Sequence[NewCall],
    *,
    refused: Callable[[NewCall], CallRefused | None],
    suppressing: Callable[[Campaign, Sequence[NewCall]], list[Suppression]],
) -> Loaded:
    """Writes the calls that are not `refused`, with their meetings and suppressions.

    Each is looked at only when its turn comes, while the database writes those before it: to ask whether it is refused
    must not ask the database.
    """
    loaded = Loaded()
    if not new_calls:
        return loaded
    ids, as_row = bulk.new_ids(Call, len(new_calls)), _Row(campaign)
    asked: list[tuple[int, NewCall]] = []
    booked: list[Meeting] = []

    def rows() -> Iterator[bulk.Part]:
        for key, new in zip(ids, new_calls, strict=True):
            refusal = refused(new)
            loaded.outcomes.append(refusal or key)
            if refusal:
                continue
            loaded.contacts.add(new.contact.pk)
            loaded.days.add(new.day or campaign.workspace.day_of(new.started_at))
            if new.disposition in CALLBACKS:
                loaded.promised.add(new.contact.pk)
            if new.disposition in WRONG_NUMBERS:
                loaded.wrong.add(new.contact.pk)
            if new.disposition in MEETINGS:
                booked.append(Meeting(workspace_id=campaign.workspace_id, call_id=key, scheduled_at=new.meeting_at))
            if new.disposition in SUPPRESSING:
                asked.append((key, new))
            else:
                yield as_row(key, new)

    bulk.insert(Call, FOUND + SAID, rows())
    if asked:
        suppressions = suppressing(campaign, [new for _, new in asked])
        made = zip(asked, suppressions, strict=True)
        bulk.insert(Call, FOUND + SAID, (as_row(key, new, suppression.pk) for (key, new), suppression in made))
    Meeting.objects.bulk_create(booked, batch_size=1000)
    return loaded


class _Row:
    """Makes the row of a call, its values as the database takes them."""

    def __init__(self, campaign: Campaign):
        self.keys = campaign.workspace_id, campaign.pk
        self.recorded_at = bulk.database_now()

    def __call__(self, key: int, new: NewCall, suppression: int | None = None) -> bulk.Part:
        contact = new.contact
        recorded_at = bulk.moment(new.recorded_at) if new.recorded_at else self.recorded_at
        found = (key, *self.keys, contact.pk, contact.phone_e164, recorded_at, suppression)
        return bulk.whole(found, new.said or said(new))


def said(new: NewCall) -> bulk.Part:
    """The end of a call's row, which is all that is said of it: made without a look at the database."""
    disposition = new.disposition
    return bulk.part(
        (
            *(str(new.direction), bulk.moment(new.started_at), new.talk_seconds, str(disposition)),
            bulk.moment(new.callback_at) if disposition in CALLBACKS else None,
            *(new.notes, new.caller.pk if new.caller else None, new.caller_name, new.dialer_call_id),
            new.request_key.hex if new.request_key else None,
            new.import_job.pk if new.import_job else None,
            *(new.outside_hours_reason, ""),
        )
    )
