"""Who calls in a campaign, and whose people its members are.

A campaign with callers hands people to these alone; without any, everybody calls who may. A member who is assigned to
one of them is handed to nobody else. One who is assigned to a user who no longer calls there counts as unassigned.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import F, IntegerField, Q, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign, CampaignCaller, CampaignContact
from markets.models import Membership, Role, User, Workspace

CALLING_ROLES = [role for role in Role if role.allows(Role.CALLER)]
NOBODY_ELSE = Q(pk=None)


@dataclass(frozen=True)
class Callers:
    """The callers of some campaigns of a workspace, by the ids of the users."""

    of_workspace: frozenset[int]
    """Everybody whose role allows calling, and who can sign in."""
    of_campaign: Mapping[int, frozenset[int]]
    """By campaign id; campaigns without callers of their own are left out."""

    @classmethod
    def of(cls, workspace: Workspace | int, campaigns: Collection[Campaign]) -> "Callers":
        """In one statement."""
        team = Membership.objects.filter(workspace=workspace, role__in=CALLING_ROLES, user__is_active=True)
        chosen = CampaignCaller.objects.filter(workspace=workspace, campaign__in=[each.pk for each in campaigns])
        everywhere = team.order_by().values_list("user_id", Value(0, output_field=IntegerField()))
        rows = everywhere.union(chosen.order_by().values_list("user_id", F("campaign_id")), all=True).order_by()
        by_campaign: dict[int, set[int]] = defaultdict(set)
        for user, campaign in rows:
            by_campaign[campaign].add(user)
        of_workspace = frozenset(by_campaign.pop(0, ()))
        return cls(of_workspace, {key: of_workspace & users for key, users in by_campaign.items()})

    def calling(self, campaign: int) -> frozenset[int]:
        return self.of_campaign.get(campaign, self.of_workspace)

    def is_handed_people(self, user: User, campaign: int) -> bool:
        """Without callers of its own the campaign hands people to whoever is let in by their role."""
        return campaign not in self.of_campaign or user.pk in self.of_campaign[campaign]

    def is_another_ones(self, user: User, campaigns: Collection[Campaign]) -> Q:
        """Condition on members of the campaigns: handed to somebody else alone. Where the user is handed nobody, no
        member is."""
        by_callers: dict[frozenset[int], list[int]] = defaultdict(list)
        for campaign in campaigns:
            if self.is_handed_people(user, campaign.pk):
                by_callers[self.calling(campaign.pk) - {user.pk}].append(campaign.pk)
        conditions = [
            Q(assigned_to__isnull=False, assigned_to__in=callers, campaign__in=of_campaigns)
            for callers, of_campaigns in by_callers.items()
            if callers
        ]
        return reduce(or_, conditions, NOBODY_ELSE)


def callers_of(campaign: Campaign) -> list[User]:
    """The campaign's own callers who can sign in and may call, by name; nobody if it has none."""
    team = Membership.objects.filter(workspace=campaign.workspace_id, role__in=CALLING_ROLES)
    users = User.objects.filter(is_active=True, pk__in=team.values("user")).filter(
        pk__in=campaign.callers.values("user")
    )
    return sorted(users, key=str)


def is_handed_people(campaign: Campaign, user: User) -> bool:
    return Callers.of(campaign.workspace_id, [campaign]).is_handed_people(user, campaign.pk)


def who_may_call(workspace: Workspace) -> list[User]:
    """Everybody of the workspace whose role allows calling, and who can sign in, by name."""
    team = Membership.objects.filter(workspace=workspace, role__in=CALLING_ROLES)
    return sorted(User.objects.filter(is_active=True, pk__in=team.values("user")), key=str)


def in_order_of_names(users: Collection[int]) -> QuerySet[User]:
    return User.objects.filter(pk__in=users).order_by("first_name", "last_name", "email")


def assignable_users(workspace: Workspace) -> QuerySet[User]:
    """Who may call, and whoever else has people, by name."""
    team = workspace.memberships.filter(role__in=CALLING_ROLES).values("user")
    having_people = workspace.campaign_contacts.exclude(assigned_to=None).values("assigned_to")
    users = User.objects.filter(Q(pk__in=team) | Q(pk__in=having_people))
    return users.order_by("first_name", "last_name", "email")


def why_not_theirs(member: CampaignContact, by: User) -> str:
    """A sentence that says who calls the member instead of the user; empty if the user may."""
    campaign = member.campaign
    callers = Callers.of(campaign.workspace_id, [campaign])
    if not callers.is_handed_people(by, campaign.pk):
        return _("%(who)s Ask them, or a manager, before you call.") % {"who": who_calls_in(campaign)}
    if member.assigned_to_id in callers.calling(campaign.pk) - {by.pk}:
        return _("%(contact)s is assigned to %(caller)s. Ask them, or a manager, before you call.") % {
            "contact": member.contact,
            "caller": member.assigned_to,
        }
    return ""


def who_calls_in(campaign: Campaign) -> str:
    names = [str(user) for user in callers_of(campaign)]
    listed = names[0] if names else _("Nobody at present")
    if names[1:]:
        listed = _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
    sentence = ngettext(
        "%(names)s makes the calls of %(campaign)s.", "%(names)s make the calls of %(campaign)s.", max(1, len(names))
    )
    return sentence % {"names": listed, "campaign": campaign}
