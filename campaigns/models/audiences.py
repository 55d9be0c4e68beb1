from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import Contact, Workspace


class Audience(WorkspaceModel):
    """A saved rule over people (product.md, section 10). campaigns.audience describes the rule."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="audiences")
    name = models.CharField(max_length=120)
    rule = models.JSONField()
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="audience_key_in_workspace"),
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                name="audience_name_unique",
                violation_error_message=_("This workspace has an audience of that name already."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="audience_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignSource(WorkspaceModel):
    """A campaign whose people a follow-up campaign was chosen from."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="+")
    campaign = WorkspaceForeignKey(
        Campaign, models.PROTECT, db_constraint=False, db_index=False, related_name="campaign_sources"
    )
    source = WorkspaceForeignKey(Campaign, models.PROTECT, db_constraint=False, related_name="source_of")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "source", "workspace"], name="campaign_source_unique"),
            same_workspace("campaign", "campaigns.Campaign", "campaign_source_campaign_in_workspace"),
            same_workspace("source", "campaigns.Campaign", "campaign_source_source_in_workspace"),
            models.CheckConstraint(condition=~Q(campaign=models.F("source")), name="campaign_source_is_another"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} from {self.source}"


class AudienceProposal(WorkspaceModel):
    """Who would join and leave a campaign by its living audience, as found on one night."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="audience_proposals")
    campaign = WorkspaceForeignKey(Campaign, models.PROTECT, db_constraint=False, related_name="audience_proposals")
    rule = models.JSONField(help_text=_("The rule that was applied."))
    made_at = models.DateTimeField(default=now, editable=False)
    superseded_at = models.DateTimeField(null=True, help_text=_("When a newer proposal replaced what was left of it."))

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="audience_proposal_key_in_workspace"),
            models.UniqueConstraint(
                fields=["campaign", "workspace"],
                condition=Q(superseded_at=None),
                name="audience_proposal_newest_unique",
            ),
            same_workspace("campaign", "campaigns.Campaign", "audience_proposal_campaign_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}, {self.made_at:%Y-%m-%d}"


class ProposedChange(WorkspaceModel):
    """One person of a proposal: to join or to leave the campaign, and what a manager decided."""

    class Change(models.TextChoices):
        JOIN = "join", _("Join")
        LEAVE = "leave", _("Leave")

    class Decision(models.TextChoices):
        OPEN = "", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="+")
    proposal = WorkspaceForeignKey(
        AudienceProposal, models.PROTECT, db_constraint=False, db_index=False, related_name="changes"
    )
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, related_name="proposed_changes")
    change = models.CharField(max_length=5, choices=Change)
    reason = models.CharField(max_length=500, blank=True)
    decision = models.CharField(max_length=8, choices=Decision, blank=True, default=Decision.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["proposal", "change", "contact"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "contact", "workspace"], name="proposed_change_unique"),
            same_workspace("proposal", "campaigns.AudienceProposal", "proposed_change_proposal_in_workspace"),
            same_workspace("contact", "markets.Contact", "proposed_change_contact_in_workspace"),
            models.CheckConstraint(condition=Q(change__in=["join", "leave"]), name="proposed_change_known"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None)
                | Q(decision__in=["accepted", "refused"], decided_at__isnull=False),
                name="proposed_change_decided_with_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact}: {self.get_change_display()}"
