"""Makes the Draft of a follow-up from those who fit."""

from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from campaigns.follow_up.plan import FollowUpPlan
from campaigns.membership import enroll
from campaigns.models import Campaign, CampaignSource, Status
from campaigns.planning import SCRIPT
from markets.models import AuditAction, User
from markets.workspaces.audit import mention, record_event

SUBMITTED_AGAIN = timedelta(minutes=15)
COPIED = (*SCRIPT, "calls_per_day", "most_attempts", "rest_days", "calls_from", "calls_until")


class NobodyFits(Exception):
    """Nobody fits any more, so there is nothing to create. The message says so."""


@transaction.atomic
def create_follow_up(*, plan: FollowUpPlan, campaign: Campaign, by: User | None) -> int:
    """Saves `campaign` as a Draft of those who fit now, with its sources, its rule and why each person is in it.

    Returns how many people that are. Script, attempts and hours are taken over from the first source. Raises
    NobodyFits, or IntegrityError if another campaign of the market took the name meanwhile; then nothing is saved.
    """
    people = list(plan.people().order_by("pk").values_list("pk", flat=True))
    if not people:
        raise NobodyFits(
            _("No one fits, so there is nobody to follow up. Include a group that is left out, or add a source.")
        )
    first = plan.sources[0]
    campaign.workspace, campaign.market, campaign.follows = plan.workspace, first.market, first
    campaign.rule, campaign.created_by = plan.rule.as_json(), by
    for name in COPIED:
        setattr(campaign, name, getattr(first, name))
    campaign.save()
    CampaignSource.objects.bulk_create(
        CampaignSource(workspace=plan.workspace, campaign=campaign, source=source) for source in plan.sources
    )
    count = len(enroll(campaign=campaign, contacts=people, by=by, reasons=plan.why(people)))
    sources = ", ".join(map(mention, plan.sources))
    record_event(
        workspace=plan.workspace,
        user=by,
        action=AuditAction.FOLLOW_UP_CREATED,
        subject=campaign,
        summary=f"Created with {count:,} people from {sources}.",
        details={"sources": [source.pk for source in plan.sources], "people": count},
    )
    return count


def same_draft(plan: FollowUpPlan, name: str, by: User) -> Campaign | None:
    """The Draft that the same form made a moment ago, for a form that was submitted twice."""
    drafts = plan.workspace.campaigns.for_market(plan.sources[0].market).filter(status=Status.DRAFT, created_by=by)
    recent = drafts.filter(name__iexact=name, created_at__gte=now() - SUBMITTED_AGAIN)
    return next((each for each in recent if each.rule == plan.rule.as_json()), None)
