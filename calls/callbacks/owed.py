"""Owed callbacks: promised to callable people by a campaign that has since been paused or completed.

Nobody makes them while the campaign stands still, so a manager decides about each. A decision holds until the
campaign's status changes again; one that was released, or left to a follow-up, stays so.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

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
    return owed(calls_with_callback(workspace)).count()


def promised_in(campaigns: QuerySet[Campaign] | list[int], workspace: Workspace) -> CallQuerySet:
    """Open callbacks of some campaigns, whatever their status, to people who can be called: what they would owe."""
    return calls_with_callback(workspace).filter(IS_OPEN, Exists(_members()), campaign__in=campaigns)


def _undecided(promised: QuerySet[Any]) -> QuerySet[Any]:
    newer = StatusChange.objects.filter(campaign=OuterRef("campaign"), changed_at__gt=OuterRef("callback_decided_at"))
    return promised.filter(IS_OPEN, Q(callback_decided_at=None) | Q(Exists(newer)))


def _is_promised_by_stopped() -> Coalesce:
    """A subquery is looked up for each open callback. For Exists, PostgreSQL may gather all members beforehand."""
    promising = _members().filter(campaign__status__in=STOPPED)
    return Coalesce(Subquery(promising.values_list(Value(True))[:1]), Value(False))


def _members() -> CampaignContactQuerySet:
    return CampaignContact.objects.filter(contact=OuterRef("contact"), campaign=OuterRef("campaign")).callable()
