"""Makes the nightly proposals of living audiences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils.timezone import now

from campaigns.audience import ids_of_people
from campaigns.living.matching import joining, leaving, rule_of, why_joining, why_leaving
from campaigns.models import AudienceProposal, Campaign, ProposedChange, Status, StatusChange
from markets.models import Workspace

LIVING_STATUSES = (Status.ACTIVE, Status.PAUSED)
"""A Draft is still being chosen, and a Completed campaign keeps its people."""
Change, Decision = ProposedChange.Change, ProposedChange.Decision


@dataclass(frozen=True)
class Waiting:
    """How many people of a campaign's proposal wait for a decision."""

    campaign_id: int
    name: str
    market: str
    join: int = 0
    leave: int = 0


def open_changes(workspace: Workspace) -> QuerySet[ProposedChange, ProposedChange]:
    """What nobody has decided yet, in the newest proposals."""
    return ProposedChange.objects.filter(workspace=workspace, decision=Decision.OPEN, proposal__superseded_at=None)


def waiting_in(workspace: Workspace, campaign: Campaign | None = None) -> list[Waiting]:
    """How many people wait for a decision, by campaign, or of one campaign. One statement."""
    changes = open_changes(workspace)
    if campaign:
        changes = changes.filter(proposal__campaign=campaign)
    of_campaign = ("proposal__campaign", "proposal__campaign__name", "proposal__campaign__market__name")
    counted = changes.order_by().values_list(*of_campaign, "change").annotate(n=Count("pk"))
    waiting: dict[int, Waiting] = {}
    for pk, name, market, change, count in counted.order_by("proposal__campaign__name", "proposal__campaign"):
        each = waiting.setdefault(pk, Waiting(pk, name, market))
        waiting[pk] = replace(each, **{change: count})
    return list(waiting.values())


def due_campaigns(workspace: Workspace | None = None) -> list[Campaign]:
    """Living campaigns without a proposal of today, by the calendar of their workspace."""
    living = Campaign.objects.filter(is_living=True, status__in=LIVING_STATUSES, workspace__archived_at=None)
    if workspace:
        living = living.filter(workspace=workspace)
    newest = living.annotate(proposed_at=Max("audience_proposals__made_at"))
    rows: Any = newest.select_related("workspace", "market").order_by("workspace", "pk")
    return [each for each in rows if _is_due(each)]


def _is_due(campaign: Any) -> bool:
    made_at, workspace = campaign.proposed_at, campaign.workspace
    return made_at is None or workspace.day_of(made_at) < workspace.today()


def propose_if_due(campaign: Campaign) -> AudienceProposal | None:
    """Proposes once on a day of the workspace. Returns None if that was done before. Raises RuleInvalid."""
    return propose(campaign, unless_made_on=campaign.workspace.today())


def propose(campaign: Campaign, *, unless_made_on: date | None = None) -> AudienceProposal | None:
    """Replaces what is left of the last proposal by who should join and leave now. No member changes.

    People whom a manager refused are left out while the reason is the same. Raises RuleInvalid, and proposes nothing.
    """
    rule = rule_of(campaign)
    reasons: dict[str, Mapping[int, str]] = {
        Change.JOIN: why_joining(campaign, rule, ids_of_people(joining(campaign, rule))),
        Change.LEAVE: why_leaving(campaign, rule, ids_of_people(leaving(campaign, rule))),
    }
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(no_key=True).get(workspace=campaign.workspace_id, pk=campaign.pk)
        last = campaign.audience_proposals.first()
        is_made = last and unless_made_on and campaign.workspace.day_of(last.made_at) >= unless_made_on
        if is_made or not locked.is_living or locked.status not in LIVING_STATUSES:
            return None
        close_proposal(campaign)
        proposal = AudienceProposal.objects.create(workspace=campaign.workspace, campaign=campaign, rule=rule.as_json())
        ProposedChange.objects.bulk_create(_changes(proposal, reasons), batch_size=1000)
    return proposal


def _changes(proposal: AudienceProposal, reasons: Mapping[str, Mapping[int, str]]) -> Iterable[ProposedChange]:
    refused = ProposedChange.objects.filter(
        workspace=proposal.workspace_id, proposal__campaign=proposal.campaign_id, decision=Decision.REFUSED
    )
    known = set(refused.values_list("contact", "change", "reason"))
    for change, people in reasons.items():
        for contact, reason in sorted(people.items()):
            if (contact, change, reason[:500]) not in known:
                yield ProposedChange(
                    workspace_id=proposal.workspace_id,
                    proposal=proposal,
                    contact_id=contact,
                    change=change,
                    reason=reason[:500],
                )


def close_proposal(campaign: Campaign, change: StatusChange | None = None) -> None:
    """Ends the open proposal. What was decided stays; the rest goes, as the next proposal says it again."""
    for proposal in campaign.audience_proposals.filter(superseded_at=None):
        proposal.changes.filter(decision=Decision.OPEN).delete()
        if proposal.changes.exists():
            proposal.superseded_at = now()
            proposal.save(update_fields=["superseded_at"])
        else:
            proposal.delete()
