"""Callers come and go: added to a campaign, removed from one, or gone from the workspace."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from campaigns.callers.eligible import CALLING_ROLES
from campaigns.membership import lock_unless_completed
from campaigns.models import Campaign, CampaignCaller, CampaignContact
from campaigns.models.members import CampaignContactQuerySet
from markets.models import AuditAction, User, Workspace
from markets.workspaces.audit import mention, record_event


class CallerRefused(Exception):
    """The callers stay as they are. The message says why."""


@dataclass(frozen=True)
class Leaving:
    """What a caller gave up: how many people were theirs, and how many they had on the screen."""

    people: int
    holds: int
    campaigns: int


@transaction.atomic
def add_callers(*, campaign: Campaign, users: Collection[User], by: User | None) -> int:
    """Makes users callers of the campaign and returns how many are new. Raises CallerRefused or CampaignClosed."""
    lock_unless_completed(campaign)
    team = campaign.workspace.memberships.filter(role__in=CALLING_ROLES, user__is_active=True)
    may_call = set(team.filter(user__in=users).values_list("user", flat=True))
    if refused := [str(user) for user in users if user.pk not in may_call]:
        raise CallerRefused(
            gettext("%(names)s can't call here: that takes the role caller or manager.") % {"names": ", ".join(refused)}
        )
    present = set(campaign.callers.values_list("user", flat=True))
    new = [user for user in users if user.pk not in present]
    CampaignCaller.objects.bulk_create(
        CampaignCaller(workspace_id=campaign.workspace_id, campaign=campaign, user=user, added_by=by) for user in new
    )
    if new:
        record_event(
            workspace=campaign.workspace,
            user=by,
            action=AuditAction.CALLERS_CHANGED,
            subject=campaign,
            summary=f"Callers added: {', '.join(map(mention, new))}.",
            details={"added": [user.pk for user in new]},
        )
    return len(new)


@transaction.atomic
def remove_caller(*, campaign: Campaign, user: User) -> Leaving:
    """Removes a caller, who gives up their people and whom they have on the screen. The caller's row goes first: a
    request that is leasing somebody to them holds its lock, and is waited for."""
    Campaign.objects.select_for_update(no_key=True).get(workspace=campaign.workspace_id, pk=campaign.pk)
    removed, _ = campaign.callers.filter(user=user).delete()
    if not removed:
        raise CallerRefused(gettext("%(user)s is not a caller of %(campaign)s.") % {"user": user, "campaign": campaign})
    return _give_up(CampaignContact.objects.filter(campaign=campaign), user, campaigns=1)


@transaction.atomic
def leave_workspace(*, workspace: Workspace, user: User) -> Leaving:
    """The same in every campaign of the workspace, for a user who may no longer call there."""
    members = CampaignContact.objects.filter(workspace=workspace)
    theirs = {
        *workspace.campaign_callers.filter(user=user).values_list("campaign", flat=True),
        *members.filter(assigned_to=user).values_list("campaign", flat=True),
    }
    list(workspace.campaigns.filter(pk__in=theirs).order_by("pk").select_for_update(no_key=True))
    workspace.campaign_callers.filter(user=user).delete()
    return _give_up(members, user, campaigns=len(theirs))


def _give_up(members: CampaignContactQuerySet, user: User, campaigns: int) -> Leaving:
    holds = members.filter(leased_by=user).update(leased_by=None, leased_until=None)
    people = members.filter(assigned_to=user).update(assigned_to=None)
    return Leaving(people, holds, campaigns)
