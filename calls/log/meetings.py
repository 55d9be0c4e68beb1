"""Changes the outcome of a meeting: held, no-show, cancelled or moved.

calls.log.services creates a meeting with the call that books it, and cancels it with that call. Metrics count the call
and never the meeting, so nothing here changes a number (product.md, section 5).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext_lazy

from calls.derived.locks import lock_campaign
from calls.models import Meeting, MeetingChange
from calls.models.meetings import MeetingStatus as Status
from config.ui.dates import full_day
from markets.models import User

LATEST_TIME = datetime(2200, 1, 1, tzinfo=UTC)
TAKEN_BACK = gettext_noop("The call that booked this meeting was taken back, and so the meeting stays Cancelled.")


@dataclass(frozen=True)
class MeetingOutcome:
    """A status that a meeting can be given, and the label of its button."""

    to: Status
    verb: str | Promise
    needs_reason: bool = False
    is_past: bool = False
    """Possible only once the time of the meeting has come."""


MEETING_OUTCOMES: dict[str, MeetingOutcome] = {
    Status.HELD: MeetingOutcome(Status.HELD, pgettext_lazy("meeting", "Held"), is_past=True),
    Status.NO_SHOW: MeetingOutcome(Status.NO_SHOW, pgettext_lazy("meeting", "No-show"), is_past=True),
    Status.SCHEDULED: MeetingOutcome(Status.SCHEDULED, pgettext_lazy("meeting", "Move")),
    Status.CANCELLED: MeetingOutcome(Status.CANCELLED, pgettext_lazy("meeting", "Cancel"), needs_reason=True),
}


class MeetingConflict(Exception):
    """The meeting may not change, or is so already. The message describes its state."""


class MeetingRefused(Exception):
    """The change is allowed, but an input is missing or wrong. `code` names the input and is stable."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@transaction.atomic
def change_meeting(
    *, meeting: Meeting, to: str, by: User | None, at: datetime | None = None, reason: str = ""
) -> MeetingChange:
    """Makes the meeting held, no-show, cancelled, or scheduled for another time `at`, and records the change.

    Raises MeetingConflict or MeetingRefused, in which case nothing changes. Locks the campaign first, as all code that
    writes calls does, so that a concurrent void of the call is noticed.
    """
    campaign = lock_campaign(meeting.call.campaign)
    meetings = Meeting.objects.select_for_update(of=("self",)).select_related("call")
    meeting = meetings.get(workspace=meeting.workspace_id, pk=meeting.pk)
    meeting.call.campaign = campaign
    scheduled_at = at if to == Status.SCHEDULED else meeting.scheduled_at
    reason = reason.strip()
    _check_state(meeting, to)
    _check_requirements(meeting, to, scheduled_at, reason)
    change = meeting.record_change(to, scheduled_at, by=by, reason=reason)
    assert change, "a change to the same state was refused"
    return change


def can_change(meeting: Meeting) -> bool:
    """False once its call was voided or no longer books a meeting: that cancelled the meeting for good."""
    rule = meeting.call.rule
    return meeting.call.is_not_voided and bool(rule and rule.books_meeting)


def possible_outcomes(meeting: Meeting) -> list[MeetingOutcome]:
    """The outcomes that the meeting can be given now."""
    if not can_change(meeting):
        return []
    is_past = bool(meeting.scheduled_at and meeting.scheduled_at <= now())
    return [
        each
        for each in MEETING_OUTCOMES.values()
        if (is_past or not each.is_past) and (each.to != meeting.status or each.to == Status.SCHEDULED)
    ]


def needs_reason(meeting: Meeting, to: str) -> bool:
    """True for cancelling, and for any change of an outcome that was recorded before."""
    return MEETING_OUTCOMES[to].needs_reason or meeting.status != Status.SCHEDULED


def _check_state(meeting: Meeting, to: str) -> None:
    if to not in MEETING_OUTCOMES:
        text = _("A meeting cannot be made “%(status)s”. Choose one of: %(options)s.")
        raise MeetingRefused("to", text % {"status": to, "options": ", ".join(map(str, Status.labels))})
    if not can_change(meeting):
        raise MeetingConflict(_(TAKEN_BACK))
    if to == meeting.status and to != Status.SCHEDULED:
        raise MeetingConflict(_("%(state)s already; nothing is to be changed.") % {"state": describe(meeting)})


def _check_requirements(meeting: Meeting, to: str, scheduled_at: datetime | None, reason: str) -> None:
    if len(reason) > 500:
        text = _("The reason has %(length)s characters; at most 500 are kept.")
        raise MeetingRefused("reason", text % {"length": len(reason)})
    if needs_reason(meeting, to) and not reason:
        text = _("Say why: the meeting is %(status)s now.")
        raise MeetingRefused("reason", text % {"status": meeting.get_status_display()})
    if to == Status.SCHEDULED:
        _check_time(meeting, scheduled_at)
    if MEETING_OUTCOMES[to].is_past and scheduled_at is None:
        text = _("This meeting has no time yet. Move it to when it took place, then say what came.")
        raise MeetingRefused("at", text)
    if MEETING_OUTCOMES[to].is_past and scheduled_at and scheduled_at > now():
        text = _("The meeting is on %(time)s, which has not come. If it took place before, move it to that time first.")
        raise MeetingRefused("at", text % {"time": _local_time(meeting, scheduled_at)})


def _check_time(meeting: Meeting, scheduled_at: datetime | None) -> None:
    if scheduled_at is None:
        raise MeetingRefused("at", _("Say when the meeting is."))
    if scheduled_at <= meeting.call.started_at:
        booked = _local_time(meeting, meeting.call.started_at)
        text = _("The meeting lies before the call that booked it, on %(time)s.")
        raise MeetingRefused("at", text % {"time": booked})
    if scheduled_at >= LATEST_TIME:
        text = _("The meeting lies in the year %(year)s; check its time.")
        raise MeetingRefused("at", text % {"year": scheduled_at.year})
    if (meeting.status, meeting.scheduled_at) == (Status.SCHEDULED, scheduled_at):
        text = _("The meeting is on %(time)s already.")
        raise MeetingRefused("at", text % {"time": _local_time(meeting, scheduled_at)})


def describe(meeting: Meeting) -> str:
    """A sentence with the state of the meeting, who changed it last, and why."""
    at, last = meeting.scheduled_at, meeting.changes.select_related("changed_by").last()
    if meeting.status != Status.SCHEDULED:
        text = _("The meeting is %(status)s")
    elif at:
        text = _("The meeting is %(status)s for %(time)s")
    else:
        text = _("The meeting is %(status)s without a time")
    state = text % {"status": meeting.get_status_display(), "time": _local_time(meeting, at) if at else ""}
    if last is None:
        return state
    text = _("%(state)s since %(time)s by %(user)s") if last.changed_by else _("%(state)s since %(time)s")
    since = text % {"state": state, "time": _local_time(meeting, last.changed_at), "user": last.changed_by}
    return f"{since} ({_(last.reason)})" if last.reason else since


def _local_time(meeting: Meeting, moment: datetime) -> str:
    local = moment.astimezone(meeting.call.campaign.workspace.zone)
    return f"{full_day(local)}, {local:%H:%M}"


def was_moved(by: datetime | None) -> Exists:
    """Condition on meetings: the time was changed to another before `by` (default: now)."""
    both = Q(from_time__isnull=False, to_time__isnull=False) & (Q(changed_at__lt=by) if by else Q())
    return Exists(MeetingChange.objects.filter(both, meeting=OuterRef("pk")).exclude(from_time=F("to_time")))


def upcoming_first(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Scheduled meetings first, by time, those without a time leading; then the others, newest first."""
    is_over = Case(When(status=Status.SCHEDULED, then=Value(0)), default=Value(1))
    waiting_for = Case(When(status=Status.SCHEDULED, then=F("scheduled_at")))
    newest = F("scheduled_at").desc(nulls_last=True)
    return meetings.order_by(is_over, waiting_for.asc(nulls_first=True), newest, "-pk")
