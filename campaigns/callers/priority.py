"""Whose people a campaign calls first."""

from django.db import transaction

from campaigns.models import Audience, Campaign
from markets.models import AuditAction, User
from markets.workspaces.audit import mention, record_event


@transaction.atomic
def set_priority(*, campaign: Campaign, audience: Audience | None, by: User | None) -> None:
    """Copies the audience's rule: a later change of the audience changes no campaign."""
    campaign.priority_rule = audience.rule if audience else None
    campaign.save(update_fields=["priority_rule"])
    summary = f"Calls the people of {mention(audience)} first." if audience else "Calls nobody first."
    record_event(
        workspace=campaign.workspace, user=by, action=AuditAction.PRIORITY_CHANGED, subject=campaign, summary=summary
    )
