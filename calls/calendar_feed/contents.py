"""What stands in a member's calendar. Import it lazily, as calls.log.ics.

Callers: the meetings that their own calls booked. Viewers and managers: all meetings of the workspace. Callers and
managers: the callbacks that are theirs to make. Whoever was erased is in none.
"""

from datetime import timedelta
from typing import Any, cast

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from icalendar import Event

from calls.log.ics import calendar, call_event, meeting_event, uid, without_control_characters
from calls.metrics.callbacks import IS_OPEN, with_state
from calls.models import Call
from calls.models.meetings import MeetingQuerySet
from campaigns.models import CampaignContact
from markets.accounts.languages import writing_to
from markets.models import Erasure, Membership, Role, Workspace

MEETINGS_SINCE = timedelta(days=90)
MOST_EVENTS = 1000
"""Of meetings and of callbacks each; of more, the latest ones."""


def calendar_of(membership: Membership, site: str) -> bytes:
    """The calendar as a file (RFC 5545), in the user's language. `site` is the base URL of the portal, without a slash
    at the end. It is the same until something in it changes."""
    workspace = membership.workspace
    with writing_to(membership.user):
        events = [
            meeting_event(each, site + reverse("meetings:detail", args=[workspace.slug, each.pk]))
            for each in _meetings(membership)
        ]
        if Role(membership.role).allows(Role.CALLER):
            events += [_callback_event(cast(Call, each), workspace, site) for each in _callbacks(membership)]
        made = calendar(events)
        made.add("method", "PUBLISH")
        name = without_control_characters(_("%(workspace)s: meetings and callbacks") % {"workspace": workspace})
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", workspace.timezone)
    made.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    return made.to_ical()


def _meetings(membership: Membership) -> MeetingQuerySet:
    workspace = membership.workspace
    meetings = workspace.meetings.filter(
        ~_is_erased(workspace, "call__contact"), scheduled_at__gte=now() - MEETINGS_SINCE
    )
    if membership.role == Role.CALLER:
        meetings = meetings.filter(call__caller=membership.user)
    meetings = meetings.select_related("call__contact", "call__campaign__market").prefetch_related("changes")
    return meetings.order_by("-scheduled_at", "-pk")[:MOST_EVENTS]


def _callbacks(membership: Membership) -> QuerySet[Model]:
    """Those that the queue would give to the user: of people assigned to them, and what they promised to people who
    are assigned to nobody. Without those that may not be made."""
    workspace, user = membership.workspace, membership.user
    member = CampaignContact.objects.filter(
        workspace=workspace, contact=OuterRef("contact"), campaign=OuterRef("campaign")
    )
    promised = with_state(workspace).annotate(assigned_to=Subquery(member.values("assigned_to")[:1]))
    own: Any = Q(assigned_to=user.pk) | Q(assigned_to=None, caller=user)
    callbacks = promised.filter(own, IS_OPEN, ~_is_erased(workspace, "contact"), may_be_called=True)
    callbacks = callbacks.select_related("contact", "campaign__market").prefetch_related("corrections")
    return callbacks.order_by(F("callback_at").desc(), "-pk")[:MOST_EVENTS]


def _is_erased(workspace: Workspace, contact: str) -> Exists:
    return Exists(Erasure.objects.filter(workspace=workspace, contact=OuterRef(contact)))


def _callback_event(call: Call, workspace: Workspace, site: str) -> Event:
    corrections = list(call.corrections.all())
    event = call_event(
        call,
        uid=uid("callback", call.pk, call.recorded_at),
        title=_("Call back %(person)s"),
        at=call.callback_at,
        changed_at=[call.recorded_at, *(each.corrected_at for each in corrections)],
        address=site + reverse("campaigns:call", args=[workspace.slug, call.campaign_id, call.contact_id]),
    )
    event.add("sequence", len(corrections))
    event.add("status", "CONFIRMED")
    return event
