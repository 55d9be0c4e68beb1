"""Turns the living audience of a campaign on and off."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.audience import Rule
from campaigns.living.proposals import close_proposal
from campaigns.models import Audience, Campaign, Kind, Status
from markets.models import AuditAction, User
from markets.workspaces.audit import mention, record_event


class CannotLive(Exception):
    """The campaign cannot have a living audience, or somebody else changed it. The message says so."""


def explain_unable(campaign: Campaign) -> str:
    """Why the campaign cannot have a living audience. Empty if it can."""
    if campaign.kind != Kind.COVERAGE:
        return _("Only ongoing coverage has a living audience. Choose the people of this campaign once.")
    if campaign.status == Status.COMPLETED:
        return _("%(campaign)s is Completed and keeps its people. To go on, create a follow-up campaign.") % {
            "campaign": campaign
        }
    return ""


@transaction.atomic
def set_living(
    *,
    campaign: Campaign,
    rule: Mapping[str, Any] | None,
    by: User,
    seen: str | None = None,
    audience: Audience | None = None,
) -> None:
    """Turns the living audience on with `rule`, or off (None, which keeps the rule for later). `audience`
    is the saved one whose rule it is. `seen` is the version that the page showed.

    What an earlier rule proposed is dropped. Raises CannotLive, or RuleInvalid for a rule that does not work here.
    """
    locked = Campaign.objects.select_for_update(no_key=True).get(workspace=campaign.workspace_id, pk=campaign.pk)
    if problem := explain_unable(locked):
        raise CannotLive(problem)
    if seen is not None and seen != version_of(locked):
        raise CannotLive(
            _("Someone else changed the living audience meanwhile. Nothing is saved; check it and try again.")
        )
    if rule is not None:
        locked.rule = Rule.parse(rule, campaign.workspace).as_json()
    locked.is_living = rule is not None
    locked.save(update_fields=["rule", "is_living"])
    campaign.rule, campaign.is_living = locked.rule, locked.is_living
    close_proposal(campaign)
    source = f" with {mention(audience)}" if audience else ""
    how = f"turned on{source}" if rule is not None else "turned off"
    record_event(
        workspace=campaign.workspace,
        user=by,
        action=AuditAction.LIVING_AUDIENCE_CHANGED,
        subject=campaign,
        summary=f"The living audience was {how}.",
    )


def version_of(campaign: Campaign) -> str:
    """Changes whenever the living audience does."""
    return blake2b(json.dumps([campaign.is_living, campaign.rule], sort_keys=True).encode(), digest_size=6).hexdigest()
