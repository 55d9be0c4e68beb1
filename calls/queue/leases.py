"""Leases: a member is with one caller for a quarter of an hour, so that no two callers get the same contact.

A lease expires by itself. One without a caller means skipped: nobody gets the member before it expires.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, Value, When
from django.utils.timezone import now

from calls.queue.ranking import (
    NO_MEMBER,
    QueueState,
    Rank,
    batches,
    interest,
    interest_at,
    order_of,
    ready_members,
    reasons_to_wait,
)
from campaigns.callers.eligible import Callers
from campaigns.models import Campaign, CampaignContact, Status
from markets.models import User

LEASE_DURATION = timedelta(minutes=15)
SKIP_DURATION = timedelta(hours=1)


def lease_next(*, campaign: Campaign, by: User) -> Any:
    """Leases the next member to the caller and returns it with what `queue` adds, or None if nobody is ready.

    A member already leased to the caller who may still be called comes first. Concurrent callers get different members:
    locked rows are skipped. So is nobody leased by a caller who is being removed: the caller's own row is locked.
    """
    if campaign.workspace.archived_at:
        return None
    with transaction.atomic():
        moment = now()
        callers = Callers.of(campaign.workspace, [campaign])
        if not callers.is_handed_people(by, campaign.pk) or not _stays_caller(campaign, by, callers):
            return None
        another_ones = callers.is_another_ones(by, [campaign])
        reasons = reasons_to_wait(campaign.workspace, [campaign], moment, by, another_ones)
        for batch in batches(campaign.workspace, [campaign], moment):
            if following := _first(campaign, moment, by, batch, reasons):
                break
        if following is None:
            return None
        member: Any = CampaignContact(workspace=campaign.workspace, pk=following["pk"])
        _update(member, leased_by=by, leased_until=moment + LEASE_DURATION)
        here = CampaignContact.objects.filter(workspace=campaign.workspace, pk=member.pk)
        still_callable = here.filter(campaign__status=Status.ACTIVE).callable().select_related("contact")
        member = still_callable.annotate(interest=interest(moment), interest_at=interest_at()).first()
    if member is None:
        return lease_next(campaign=campaign, by=by)  # suppressed meanwhile, or the campaign was paused
    member.campaign, member.contact.workspace, member.leased_by = campaign, campaign.workspace, by
    member.rank, member.reason = following["rank"], str(Rank(following["rank"]).label)
    member.state, member.priority = QueueState.READY, following["priority"]
    return member


def _stays_caller(campaign: Campaign, by: User, callers: Callers) -> bool:
    """Locks the user's place among the campaign's callers, if it has any, until the transaction ends."""
    if campaign.pk not in callers.of_campaign:
        return True
    return (
        campaign.workspace.campaign_callers.filter(campaign=campaign, user=by).select_for_update(no_key=True).exists()
    )


def _first(
    campaign: Campaign, moment: datetime, by: User, batch: int | None, reasons: Mapping[QueueState, Q]
) -> dict[str, Any] | None:
    """The key, rank and priority of the campaign's first ready member for the caller, locked."""
    is_own = Case(When(leased_by=by, leased_until__gt=moment, then=Value(0)), default=Value(1))
    ready = ready_members(campaign.workspace, [campaign], moment, batch, [is_own, *order_of(by)], reasons)
    locked = ready.select_for_update(skip_locked=True, of=("self",), no_key=True)
    # Select only what orders the rows: anything else would be computed for all of them while they are sorted.
    return locked.values("pk", "rank", "priority").first()


def lease(*, member: CampaignContact, by: User) -> bool:
    """Leases the member to the caller and returns True, unless another caller has them, or they are assigned to one.
    Skipped members are free."""
    moment = now()
    return _update(member, _is_free_for(member, by, moment), leased_by=by, leased_until=moment + LEASE_DURATION)


def release(*, member: CampaignContact, by: User) -> None:
    """Ends the caller's lease, and nobody else's."""
    _update(member, Q(leased_by=by), leased_by=None, leased_until=None)


def skip(*, member: CampaignContact, by: User) -> bool:
    """Puts the member aside for an hour and returns True, unless another caller has them or they are another's."""
    moment = now()
    return _update(member, _is_free_for(member, by, moment), leased_by=None, leased_until=moment + SKIP_DURATION)


def _is_free_for(member: CampaignContact, by: User, moment: datetime) -> Q:
    """No member is free for a user to whom the campaign hands nobody."""
    callers = Callers.of(member.workspace_id, [member.campaign])
    if not callers.is_handed_people(by, member.campaign_id):
        return NO_MEMBER
    is_own = Q(assigned_to=None) | ~Q(assigned_to__in=callers.calling(member.campaign_id) - {by.pk})
    return is_own & (Q(leased_until=None) | Q(leased_until__lte=moment) | Q(leased_by=None) | Q(leased_by=by))


def is_leased_to_another(member: CampaignContact, by: User) -> bool:
    return bool(
        member.leased_by_id and member.leased_until and member.leased_until > now() and member.leased_by_id != by.pk
    )


def _update(member: CampaignContact, condition: Q | None = None, /, **fields: Any) -> bool:
    """A single UPDATE: of two concurrent ones the second checks what the first has written."""
    members = CampaignContact.objects.filter(condition or Q(), workspace=member.workspace_id, pk=member.pk)
    if not members.update(**fields):
        return False
    for name, value in fields.items():
        setattr(member, name, value)
    return True
