"""A new call as reported, and the rules under which it is refused."""

from collections.abc import Collection, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.utils.timezone import now
from django.utils.translation import gettext as _

from calls.models import Direction
from campaigns.dispositions import DISPOSITION_RULES, Disposition
from campaigns.lifecycle.transitions import StatusHistory
from campaigns.models import Campaign, CampaignContact
from config.db import bulk
from config.ui.dates import full_day
from markets.models import ImportJob, SuppressionScope, User

EARLIEST_START = datetime(1970, 1, 2, tzinfo=UTC)
MAX_TALK_SECONDS = 24 * 3600
MAX_CLOCK_SKEW = timedelta(minutes=5)
"""A dialer's clock may be ahead of ours by so much."""
DIRECTIONS = frozenset(Direction.values)


class CallRefused(Exception):
    """The call is not recorded. `code` is short and stable; the message is a sentence for whoever reported it."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


class CalledContact(Protocol):
    """The fields of a contact that recording a call needs: a Contact, or a lighter row of an import."""

    @property
    def pk(self) -> int: ...

    @property
    def email(self) -> str: ...

    @property
    def phone_e164(self) -> str: ...


@dataclass(kw_only=True, slots=True)
class NewCall:
    """A call as reported. Times are aware; a meeting without `meeting_at` is still to be scheduled."""

    contact: CalledContact
    contact_key: str = ""
    """External ID, email or phone of the contact, if `contact` is still to be looked up."""
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
    dialled: str = ""
    """In E.164; by default the contact's first number."""
    reported_at: datetime | None = None
    """The version: when the dialer last changed or sent it, if it says so."""
    suppression_scope: SuppressionScope = SuppressionScope.NUMBER
    """Of a call that suppresses the contact."""
    recorded_at: datetime | None = None
    """Only sample data sets it; everything else is recorded now."""


class CallValidator:
    """Checks new calls of one campaign. Build it once for many calls: it fetches what all of them need.

    `awaiting_callback` holds the contacts (by id) with an open callback. With `historical`, calls from before the
    campaign was created here need not fall in a time when it was Active.
    """

    def __init__(self, campaign: Campaign, contacts: Collection[int], *, historical: bool):
        self.campaign = campaign
        self.status_history = StatusHistory.for_campaign(campaign)
        members = bulk.select(
            CampaignContact,
            ["contact_id", "callback_due_at"],
            key="contact_id",
            values=contacts,
            campaign_id=campaign.pk,
        )
        self.members = {contact for contact, _other in members}
        self.awaiting_callback = {contact for contact, callback_due_at in members if callback_due_at}
        self.active_required_since = campaign.created_at if historical else EARLIEST_START
        self.now = now()

    def refusal_for(self, new: NewCall, *, changed: Set[str] | None = None) -> CallRefused | None:
        """Of a call that is corrected only the `changed` fields are checked; None is a new call."""

        def is_new(*fields: str) -> bool:
            return changed is None or not changed.isdisjoint(fields)

        rule = DISPOSITION_RULES.get(new.disposition)
        if rule is None:
            text = _("“%(outcome)s” is not a disposition. Use one of: %(options)s.")
            options = ", ".join(map(str, Disposition.labels))
            return CallRefused("disposition", text % {"outcome": new.disposition, "options": options})
        if new.direction not in DIRECTIONS:
            text = _("“%(direction)s” is not a direction. Use Outbound or Inbound.")
            return CallRefused("direction", text % {"direction": new.direction})
        if changed is None and new.contact.pk not in self.members:
            text = _("%(person)s is not in the campaign %(campaign)s.")
            return CallRefused("not_a_member", text % {"person": new.contact, "campaign": self.campaign})
        if is_new("talk_seconds") and new.talk_seconds is not None and not 0 <= new.talk_seconds <= MAX_TALK_SECONDS:
            text = _("A talk time of %(seconds)s seconds cannot be: use 0 to %(most)s.")
            return CallRefused("talk_seconds", text % {"seconds": new.talk_seconds, "most": MAX_TALK_SECONDS})
        if is_new("started_at") and not EARLIEST_START <= new.started_at <= self.now + MAX_CLOCK_SKEW:
            if new.started_at > self.now:
                text = _("The call starts at %(time)s, which is in the future.")
            else:
                text = _("The call starts at %(time)s, which is before 1970.")
            return CallRefused("started_at", text % {"time": f"{self._local_time(new.started_at):%Y-%m-%d %H:%M}"})
        if rule.needs_callback_time and is_new("disposition", "callback_at", "started_at"):
            if new.callback_at is None:
                return CallRefused("callback_at", _("Say when to call back: a Callback Requested needs its time."))
            if new.callback_at <= new.started_at:
                return CallRefused("callback_at", _("The time to call back lies before the call itself."))
        return self._status_refusal(new.started_at) if is_new("started_at") else None

    def _status_refusal(self, started_at: datetime) -> CallRefused | None:
        """A call of a moment that has not come, by a clock that is ahead, is a call of now."""
        moment = min(started_at, self.now)
        if moment < self.active_required_since or self.status_history.was_active_at(moment):
            return None
        # A form knows minutes only: the first call may have the minute in which the campaign was activated.
        is_whole_minute = not (moment.second or moment.microsecond)
        if is_whole_minute and self.status_history.was_active_at(min(moment + timedelta(seconds=59), self.now)):
            return None
        return self._not_active(moment)

    def _local_time(self, moment: datetime) -> datetime:
        return moment.astimezone(self.campaign.workspace.zone)

    def _not_active(self, moment: datetime) -> CallRefused:
        status = self.status_history.status_at(moment).label
        started = self._local_time(moment)
        text = _("%(campaign)s was not Active but %(status)s on %(day)s at %(time)s, when the call started.")
        values = {"campaign": self.campaign, "status": status, "day": full_day(started), "time": f"{started:%H:%M}"}
        return CallRefused("not_active", text % values)
