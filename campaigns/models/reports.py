import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import Market, Workspace


class CampaignReport(WorkspaceModel):
    """A completion report: a document frozen when the campaign was completed (product.md, section 11).

    `document` is what a reader sees; signals.report describes it. Only an erasure changes it.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="campaign_reports")
    campaign = WorkspaceForeignKey(
        Campaign, models.PROTECT, db_constraint=False, db_index=False, related_name="reports"
    )
    version = models.PositiveSmallIntegerField(default=1)
    document = models.JSONField()
    made_at = models.DateTimeField(default=now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["campaign", "version"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="campaign_report_key_in_workspace"),
            models.UniqueConstraint(fields=["campaign", "version", "workspace"], name="campaign_report_unique"),
            same_workspace("campaign", "campaigns.Campaign", "campaign_report_campaign_in_workspace"),
        ]

    def __str__(self) -> str:
        return gettext("Report %(version)s of %(campaign)s") % {"version": self.version, "campaign": self.campaign}


class LinkState(models.TextChoices):
    WORKING = "working", _("Working")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


class SharedLinkQuerySet(models.QuerySet["SharedLink"]):
    def usable(self, at: datetime | None = None) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=at or now())

    def in_state(self, state: str) -> Self:
        if state == LinkState.WORKING:
            return self.usable()
        if state == LinkState.EXPIRED:
            return self.filter(revoked_at=None, expires_at__lte=now())
        return self.exclude(revoked_at=None)

    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=SharedLink.hash_of(token))


class SharedLink(WorkspaceModel):
    """A link by which anybody may read a report or a market's page, without signing in. Only a hash of its token and of
    its password is stored. With a `document` it shows that; without one it is live.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="shared_links")
    report = WorkspaceForeignKey(
        CampaignReport, models.PROTECT, null=True, db_constraint=False, related_name="shared_links"
    )
    market = WorkspaceForeignKey(Market, models.PROTECT, null=True, db_constraint=False, related_name="shared_links")
    sections = models.JSONField(default=list, help_text=_("The sections that it shows."))
    period = models.CharField(max_length=10, default="all", help_text=_("The period of a market's page."))
    shows_people = models.BooleanField(default=False, help_text=_("Shows names and what people said."))
    document = models.JSONField(null=True, help_text=_("What a frozen link shows."))
    token_hash = models.CharField(max_length=64, editable=False)
    password_hash = models.CharField(max_length=200, blank=True, editable=False)
    label = models.CharField(max_length=120, blank=True, help_text=_("For whom it is."))
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = SharedLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="shared_link_key_in_workspace"),
            models.UniqueConstraint(fields=["token_hash", "workspace"], name="shared_link_token_unique"),
            same_workspace("report", "campaigns.CampaignReport", "shared_link_report_in_workspace"),
            same_workspace("market", "markets.Market", "shared_link_market_in_workspace"),
            models.CheckConstraint(
                condition=Q(report__isnull=False, market=None) | Q(report=None, market__isnull=False),
                name="shared_link_shares_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.label or str(self.report or self.market)

    @staticmethod
    def hash_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @staticmethod
    def new_token() -> str:
        return secrets.token_urlsafe(32)

    @property
    def state(self) -> LinkState:
        if self.revoked_at:
            return LinkState.REVOKED
        return LinkState.EXPIRED if self.expires_at <= now() else LinkState.WORKING

    @property
    def last_day(self) -> date:
        """The last day on which it works, in the workspace's time zone."""
        return self.workspace.day_of(self.expires_at - timedelta(seconds=1))

    @property
    def is_frozen(self) -> bool:
        return self.report_id is not None or self.document is not None
