"""People who moved to Exploring or stronger, and which of them somebody follows up."""

from typing import Any, cast

from django.db.models import Exists, OuterRef, Q

from calls.models import Meeting
from campaigns.models import Status
from markets.models import Workspace
from signals.market_page.movement import STATES
from signals.models import SignalQuerySet

INTERESTED = STATES[STATES.index("Exploring") :]
"""Exploring and stronger."""


def moved_up(movers: Any) -> SignalQuerySet:
    """Those of `signals.market_page.movement.moved` who moved to Exploring or stronger from something weaker."""
    return cast(SignalQuerySet, movers.filter(value__in=INTERESTED).exclude(before__in=INTERESTED))


def is_followed_up(workspace: Workspace) -> Q:
    """Condition on a signal: its person is open in a campaign that is not Completed, or has an open task, or a meeting
    that was booked since and was neither missed nor cancelled. As of now."""
    of_contact = {"contact": OuterRef("contact")}
    members = workspace.campaign_contacts.current().filter(**of_contact, is_closed=False)
    meetings = workspace.meetings.filter(
        call__workspace=workspace,
        call__contact=OuterRef("contact"),
        call__started_at__gte=OuterRef("heard_at"),
        status__in=(Meeting.Status.SCHEDULED, Meeting.Status.HELD),
    )
    return (
        Q(Exists(members.exclude(campaign__status=Status.COMPLETED)))
        | Q(Exists(meetings))
        | Q(Exists(workspace.tasks.filter(**of_contact, done_at=None)))
    )
