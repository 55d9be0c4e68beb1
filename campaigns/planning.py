"""What a campaign is set up with: goals, copies of another campaign, and the templates of a workspace."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.lifecycle.transitions import StatusConflict
from campaigns.membership import enroll
from campaigns.models import Campaign, CampaignCaller, CampaignTemplate, GoalKind
from campaigns.models.campaigns import Status
from markets.models import AuditAction, User
from markets.workspaces.audit import mention, record_event

SCRIPT = ("script_opening", "script_questions", "script_objections", "script_close")
RULES = (
    *("brief", *SCRIPT, "calls_per_day"),
    *("most_attempts", "rest_days", "calls_from", "calls_until", "calls_on_weekends"),
)
"""Fields that a campaign takes over from a template or from the campaign that it copies, besides its kind."""


class GoalValue(NamedTuple):
    target: int
    due_on: date | None


def goals_of(campaign: Campaign) -> dict[str, GoalValue]:
    return {goal.kind: GoalValue(goal.target, goal.due_on) for goal in campaign.goals.all()}


@transaction.atomic
def set_goals(*, campaign: Campaign, goals: Mapping[str, GoalValue], by: User | None = None) -> None:
    """Replaces the goals of a campaign. `by` is who changed them, unless they come with a new campaign.

    Raises StatusConflict if it is Completed.
    """
    locked = Campaign.objects.select_for_update(no_key=True).get(workspace=campaign.workspace_id, pk=campaign.pk)
    if locked.status == Status.COMPLETED:
        raise StatusConflict(_("%(campaign)s is completed, so its goals stay as they are.") % {"campaign": campaign})
    campaign.goals.exclude(kind__in=goals).delete()
    for kind, goal in goals.items():
        campaign.goals.update_or_create(
            workspace_id=campaign.workspace_id, kind=kind, defaults={"target": goal.target, "due_on": goal.due_on}
        )
    if by:
        record_event(
            workspace=campaign.workspace,
            user=by,
            action=AuditAction.CAMPAIGN_CHANGED,
            subject=campaign,
            summary="Changed the goals",
        )


@transaction.atomic
def copy_campaign(*, campaign: Campaign, name: str, by: User | None, with_people: bool = False) -> Campaign:
    """A Draft of the same market with the kind, brief, rules, owner, goals and callers of the campaign.

    Dates stay behind, also those of goals. `with_people` adds the people who are in the campaign now.
    """
    copy = Campaign.objects.create(
        workspace_id=campaign.workspace_id,
        market_id=campaign.market_id,
        name=name,
        kind=campaign.kind,
        owner=campaign.owner,
        created_by=by,
        **{field: getattr(campaign, field) for field in RULES},
    )
    set_goals(campaign=copy, goals={kind: GoalValue(goal.target, None) for kind, goal in goals_of(campaign).items()})
    CampaignCaller.objects.bulk_create(
        CampaignCaller(workspace_id=copy.workspace_id, campaign=copy, user_id=user, added_by=by)
        for user in campaign.callers.values_list("user", flat=True)
    )
    if with_people:
        people = list(campaign.members.current().values_list("contact", flat=True))
        enroll(
            campaign=copy,
            contacts=people,
            by=by,
            reasons=dict.fromkeys(people, _("Copied from %(campaign)s") % {"campaign": campaign}),
        )
    record_event(
        workspace=copy.workspace,
        user=by,
        action=AuditAction.CAMPAIGN_ADDED,
        subject=copy,
        summary=f"Copied {mention(campaign)}",
    )
    return copy


def save_as_template(*, campaign: Campaign, name: str, by: User | None) -> CampaignTemplate:
    return CampaignTemplate.objects.create(
        workspace_id=campaign.workspace_id,
        name=name,
        kind=campaign.kind,
        goals={kind: goal.target for kind, goal in goals_of(campaign).items()},
        created_by=by,
        **{field: getattr(campaign, field) for field in RULES},
    )


@transaction.atomic
def delete_template(*, template: CampaignTemplate, by: User | None) -> None:
    record_event(
        workspace=template.workspace,
        user=by,
        action=AuditAction.TEMPLATE_CHANGED,
        subject=template,
        summary="Deleted a template",
    )
    template.delete()


def values_of_template(template: CampaignTemplate) -> dict[str, object]:
    """The fields with which a new campaign begins."""
    return {field: getattr(template, field) for field in ("kind", *RULES)}


def goals_of_template(template: CampaignTemplate) -> dict[str, GoalValue]:
    return {kind: GoalValue(template.goals[kind], None) for kind in GoalKind if kind in template.goals}
