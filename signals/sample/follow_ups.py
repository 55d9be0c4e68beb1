"""Follow-ups with their sources and reasons, and ongoing coverage with a living audience."""

from campaigns.dispositions import INTERESTED, Disposition
from campaigns.follow_up import FollowUpPlan
from campaigns.living import propose, set_living
from campaigns.models import Campaign, CampaignContact, CampaignSource, Kind
from markets.models import User, Workspace


def explain_follow_ups(workspace: Workspace) -> None:
    """Names the source of each follow-up, and why those who showed interest there are in it."""
    for campaign in workspace.campaigns.exclude(follows=None).select_related("follows__workspace").order_by("pk"):
        source = campaign.follows
        assert source
        CampaignSource.objects.create(workspace=workspace, campaign=campaign, source=source)
        wanted = {"kind": "outcome", "when": "ever", "outcomes": list(INTERESTED), "campaigns": [source.pk]}
        plan = FollowUpPlan(workspace=workspace, sources=(source,), wanted=wanted)
        members = list(campaign.members.all())
        why = plan.why([member.contact_id for member in members])
        for member in members:
            member.added_reason = why[member.contact_id]
        CampaignContact.objects.bulk_update(members, ["added_reason"], batch_size=500)


def turn_on_living_audience(workspace: Workspace, by: User) -> None:
    """The first Active coverage asks for those who showed interest, and lets go who said no last."""
    active = workspace.campaigns.active().select_related("market", "workspace")
    coverage = active.filter(kind=Kind.COVERAGE).order_by("pk").first()
    if coverage is None:
        return
    in_it = {"kind": "member", "of": "campaigns", "campaigns": [coverage.pk]}
    said_no = {"kind": "outcome", "when": "last", "outcomes": [Disposition.NOT_INTERESTED.value], "negated": True}
    wanted = {"match": "any", "conditions": [{"kind": "interest", "campaigns": _campaigns_of(coverage)}, in_it]}
    rule = {"version": 1, "match": "all", "conditions": [wanted, said_no]}
    set_living(campaign=coverage, rule=rule, by=by)
    propose(coverage)


def _campaigns_of(campaign: Campaign) -> list[int]:
    return list(campaign.market.campaigns.order_by("pk").values_list("pk", flat=True))
