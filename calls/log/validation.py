"""What a call is as somebody reports it, and why it may not be kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from django.utils.timezone import now

from calls.models import Direction
from campaigns.dispositions import DISPOSITION_RULES, Disposition
from campaigns.lifecycle import StatusHistory
from campaigns.models import Campaign, CampaignContact
from config.db import bulk
from markets.models import ImportJob, User

EARLIEST_START = datetime(1970, 1, 2, tzinfo=UTC)
MAX_TALK_SECONDS = 24 * 3600
DIRECTIONS = frozenset(Direction.values)


class CallRefused(Exception):
    """The call cannot be kept. `code` is short and stable, the message a sentence for whoever made it."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


class CalledContact(Protocol):
    """Whom a call is to: a contact, or as much of one as a call keeps."""

    @property
    def pk(self) -> int: ...

    @property
    def email(self) -> str: ...

    @property
    def phone_e164(self) -> str: ...


@dataclass(kw_only=True, slots=True)
class NewCall:
    """A call as somebody reports it. Moments are aware; `meeting_at` None means to be agreed."""

    contact: CalledContact
    contact_key: str = ""
    """External ID, email or phone of the contact, where `contact` is still to be looked up."""
    disposition: str
    started_at: datetime
    direction: str = str(Direction.OUTBOUND)
    talk_seconds: int | None = None
    notes: str = ""
    caller: User | None = None
    caller_name: str = ""
    callback_at: datetime | None = None
    meeting_at: datetime | None = None
    dialer_call_id: str = ""
    import_job: ImportJob | None = None
    request_key: UUID | None = None
    outside_hours_reason: str = ""
    recorded_at: datetime | None = None
    """When it was entered, where that is not now: only a sample of the past says so."""


class CallValidator:
    """Says why a call cannot be kept, or None. Built once for many: it fetches what they all need.

    `promised` are those of the callees who wait for a callback.
    """

    def __init__(self, campaign: Campaign, callees: Collection[int], *, historical: bool):
        self.campaign = campaign
        self.active_times = StatusHistory.of(campaign)
        members = bulk.select(
            CampaignContact,
            ["contact_id", "callback_due_at"],
            key="contact_id",
            values=callees,
            campaign_id=campaign.pk,
        )
        self.members = {contact for contact, _ in members}
        self.promised = {contact for contact, callback_due_at in members if callback_due_at}
        self.kept_since = campaign.created_at if historical else EARLIEST_START
        self.latest = now()

    def __call__(self, new: NewCall) -> CallRefused | None:
        meaning = DISPOSITION_RULES.get(new.disposition)
        if meaning is None:
            names = ", ".join(Disposition.labels)
            return CallRefused("disposition", f"“{new.disposition}” is not a disposition. Use one of: {names}.")
        if new.direction not in DIRECTIONS:
            return CallRefused("direction", f"“{new.direction}” is not a direction. Use Outbound or Inbound.")
        if new.contact.pk not in self.members:
            return CallRefused("not_a_member", f"{new.contact} is not in the campaign {self.campaign}.")
        if new.talk_seconds is not None and not 0 <= new.talk_seconds <= MAX_TALK_SECONDS:
            return CallRefused(
                "talk_seconds", f"A talk time of {new.talk_seconds} seconds cannot be: use 0 to {MAX_TALK_SECONDS}."
            )
        if not EARLIEST_START <= new.started_at <= self.latest:
            return CallRefused(
                "started_at",
                f"The call starts at {self._there(new.started_at):%Y-%m-%d %H:%M}, which is "
                f"{'in the future' if new.started_at > self.latest else 'before 1970'}.",
            )
        if meaning.needs_callback_time:
            if new.callback_at is None:
                return CallRefused("callback_at", "Say when to call back: a Callback Requested needs its time.")
            if new.callback_at <= new.started_at:
                return CallRefused("callback_at", "The time to call back lies before the call itself.")
        if new.started_at >= self.kept_since and not self.active_times.include(new.started_at):
            return self._not_active(new.started_at)
        return None

    def _there(self, moment: datetime) -> datetime:
        """On the clock of the workspace, as whoever reports the call has it."""
        return moment.astimezone(self.campaign.workspace.zone)

    def _not_active(self, moment: datetime) -> CallRefused:
        status = self.active_times.status_at(moment).label
        return CallRefused(
            "not_active",
            f"{self.campaign} was not Active but {status} on {self._there(moment):%-d %b %Y at %H:%M}, when the call "
            "started.",
        )
