"""Where each of some people stands: last call, Movement State, next step, whose they are, and their campaigns.

For the rows of a page or of a batch of an export: four queries at most, however many people there are.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.utils.timezone import now
from django.utils.translation import gettext_noop

from calls.models import Meeting
from calls.models.meetings import MeetingStatus
from campaigns.models import CampaignContact, Status
from markets.models import Contact, Workspace
from markets.off_limits.services import mark_contacts
from signals.capture.vocabulary import SignalType
from signals.models import Signal


class Step(StrEnum):
    """What is to be done about a person. Pages show it translated, exports in English."""

    LATE_CALLBACK = gettext_noop("Call back: late")
    CALLBACK = gettext_noop("Call back")
    REPORT_MEETING = gettext_noop("Say how the meeting went")
    MEETING = gettext_noop("Meeting")
    AGREE_TIME = gettext_noop("Agree the meeting's time")
    REPAIR_NUMBER = gettext_noop("Repair the number")
    FIND_NUMBER = gettext_noop("Find a number")
    FIRST_CALL = gettext_noop("Call for the first time")
    NEVER_CALLED = gettext_noop("Never called")
    NOTHING = ""


@dataclass
class Standing:
    """`members` are all memberships, with those that ended; `movement` is the current signal of that type."""

    contact: Contact
    at: datetime
    members: list[CampaignContact] = field(default_factory=list)
    movement: Signal | None = None
    meetings: list[Meeting] = field(default_factory=list)

    @property
    def last(self) -> CampaignContact | None:
        """The membership with the last call."""
        called = [(each.last_call_at, each.pk, each) for each in self.members if each.last_call_at]
        return max(called)[2] if called else None

    @property
    def last_outcome(self) -> str:
        return self.last.get_last_disposition_display() if self.last else ""

    @property
    def last_call_at(self) -> datetime | None:
        return self.last.last_call_at if self.last else None

    @property
    def current(self) -> list[CampaignContact]:
        """Where the person is a member now, running campaigns first."""
        return sorted(
            (each for each in self.members if not each.removed_at),
            key=lambda each: (each.campaign.status != Status.ACTIVE, -each.campaign_id),
        )

    @property
    def owner(self) -> str:
        """The callers to whom the person is assigned, in campaigns that are not over."""
        owned = [each for each in self.current if each.assigned_to and each.campaign.status != Status.COMPLETED]
        return ", ".join(dict.fromkeys(str(each.assigned_to) for each in owned))

    @property
    def campaigns(self) -> str:
        return "; ".join(f"{each.campaign} · {each.campaign.market}" for each in self.current)

    @property
    def movement_text(self) -> str:
        return f"{self.movement.value} ({self.movement.freshness})" if self.movement else ""

    @property
    def step(self) -> tuple[Step, datetime | None]:
        """The first that is due, and when. Nothing is due about people who must not be called."""
        if getattr(self.contact, "marks", ()):
            return Step.NOTHING, None
        running = [each for each in self.current if each.campaign.status == Status.ACTIVE and not each.is_closed]
        promised = [each.callback_due_at for each in running if each.callback_due_at]
        if promised and min(promised) <= self.at:
            return Step.LATE_CALLBACK, min(promised)
        if meeting := min((each.scheduled_at for each in self.meetings if each.scheduled_at), default=None):
            return (Step.MEETING if meeting > self.at else Step.REPORT_MEETING), meeting
        if self.meetings:
            return Step.AGREE_TIME, None
        if self.contact.has_wrong_phone or self.contact.phone_problem:
            return Step.REPAIR_NUMBER, None
        if not self.contact.phone_e164:
            return Step.FIND_NUMBER, None
        if promised:
            return Step.CALLBACK, min(promised)
        if not self.last:
            return (Step.FIRST_CALL if running else Step.NEVER_CALLED), None
        return Step.NOTHING, None

    @property
    def is_urgent(self) -> bool:
        return self.step[0] in (Step.LATE_CALLBACK, Step.REPORT_MEETING, Step.REPAIR_NUMBER)

    @property
    def step_text(self) -> str:
        step, at = self.step
        return f"{step} {at:%Y-%m-%d %H:%M}" if at else str(step)


def describe(contacts: Sequence[Contact], workspace: Workspace) -> None:
    """Sets `standing` of each contact of the workspace, and their `marks` unless these are known."""
    if any(not hasattr(contact, "marks") for contact in contacts):
        mark_contacts(contacts)
    moment = now()
    found = {contact.pk: Standing(contact, moment) for contact in contacts}
    members = workspace.campaign_contacts.filter(contact__in=found)
    for member in members.select_related("campaign__market", "assigned_to").order_by("pk"):
        found[member.contact_id].members.append(member)
    heard = workspace.signals.filter(contact__in=found, type=SignalType.MOVEMENT_STATE).not_voided()
    for signal in heard.filter(call__workspace=workspace).order_by("heard_at", "pk"):
        found[signal.contact_id].movement = signal
    for key, meetings in scheduled_meetings(workspace, list(found)).items():
        found[key].meetings = meetings
    for contact in contacts:
        contact.standing = found[contact.pk]  # type: ignore[attr-defined]


def scheduled_meetings(workspace: Workspace, contacts: list[int]) -> dict[int, list[Meeting]]:
    """The meetings that are neither held nor cancelled, by contact."""
    meetings = Meeting.objects.filter(
        workspace=workspace,
        status=MeetingStatus.SCHEDULED,
        call__workspace=workspace,
        call__contact__in=contacts,
        call__voided_at=None,
    )
    of_contact: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in meetings.select_related("call"):
        of_contact[meeting.call.contact_id].append(meeting)
    return of_contact
