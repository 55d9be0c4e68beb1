"""Owed callbacks: promised to callable people by a campaign that has since been paused or completed.

Nobody makes them while the campaign stands still, so a manager decides about each. A decision holds until the
campaign's status changes again; one that was released, or left to a follow-up, stays so.
"""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from calls.metrics.callbacks import IS_OPEN, calls_with_callback
from calls.models.calls import CallQuerySet
from campaigns.models import Campaign, CampaignContact, Status, StatusChange
from campaigns.models.members import CampaignContactQuerySet
from markets.models import Workspace

STOPPED = (Status.PAUSED, Status.COMPLETED)


def owed(promised: QuerySet[Any]) -> QuerySet[Any]:
    """Those of some callbacks about which somebody has to decide."""
    return _undecided(promised).filter(_is_promised_by_stopped())


def owed_count(workspace: Workspace) -> int:
    # The condition on people is asked for each open callback. Of a join PostgreSQL may begin with the people, and read
    # all of their calls.
    owed_callbacks = Count("pk", filter=Q(_is_promised_by_stopped()))
    return _undecided(calls_with_callback(workspace)).order_by().aggregate(count=owed_callbacks)["count"]


def promised_in(campaigns: QuerySet[Campaign] | list[int], workspace: Workspace) -> CallQuerySet:
    """Open callbacks of some campaigns, whatever their status, to people who can be called: what they would owe."""
    return calls_with_callback(workspace).filter(IS_OPEN, Exists(_members()), campaign__in=campaigns)


def _undecided(promised: QuerySet[Any]) -> QuerySet[Any]:
    newer = StatusChange.objects.filter(campaign=OuterRef("campaign"), changed_at__gt=OuterRef("callback_decided_at"))
    return promised.filter(IS_OPEN, Q(callback_decided_at=None) | Q(Exists(newer)))


def _is_promised_by_stopped() -> Exists:
    return Exists(_members().filter(campaign__status__in=STOPPED))


def _members() -> CampaignContactQuerySet:
    return CampaignContact.objects.filter(contact=OuterRef("contact"), campaign=OuterRef("campaign")).callable()
