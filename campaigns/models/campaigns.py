from collections.abc import Collection
from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from campaigns.models.scripts import CallScript
from config.db.as_of import AsOfQuerySet
from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import Market, Workspace


class Kind(models.TextChoices):
    VALIDATION = "validation", _("Validation")
    FOLLOW_UP = "follow_up", _("Follow-up")
    COVERAGE = "coverage", _("Ongoing coverage")


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    COMPLETED = "completed", _("Completed")


class CampaignQuerySet(AsOfQuerySet["Campaign"]):
    recorded_field = "created_at"

    def as_of(self, workspace: Workspace, day: date | None) -> Self:
        """Campaigns created by then, with their status as of the day: the one that the next change replaced."""
        campaigns = super().as_of(workspace, day)
        if campaigns.at is None:
            return campaigns
        changes = StatusChange.objects.filter(workspace=workspace, campaign=OuterRef("pk"))
        later = changes.filter(changed_at__gte=campaigns.at)
        status_before = later.order_by("changed_at", "id").values("from_status")[:1]
        return campaigns.override_fields(status=Coalesce(Subquery(status_before), F("status")))

    def active(self) -> Self:
        return self.filter(status=Status.ACTIVE)

    def changed_since(self, moment: datetime) -> Self:
        """Campaigns whose status changed after `moment`."""
        return self.filter(Exists(StatusChange.objects.filter(campaign=OuterRef("pk"), changed_at__gt=moment)))

    def for_market(self, market: Market) -> Self:
        return self.filter(market=market)

    def following(self, campaigns: Collection["Campaign"]) -> Self:
        """Campaigns that follow one of these, or whose people were chosen from one."""
        return self.filter(Q(follows__in=campaigns) | Q(campaign_sources__source__in=campaigns)).distinct()

    def order_by_status(self) -> Self:
        """Active, Paused, Draft, Completed; within each the latest start first."""
        order = [Status.ACTIVE, Status.PAUSED, Status.DRAFT, Status.COMPLETED]
        rank = Case(*(When(status=status, then=place) for place, status in enumerate(order)))
        return self.order_by(rank, F("starts_on").desc(nulls_last=True), "name", "pk")


class Campaign(CallScript):
    """A focused calling effort on chosen contacts of one market, over a period."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="campaigns")
    market = WorkspaceForeignKey(Market, models.PROTECT, db_constraint=False, related_name="campaigns")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.VALIDATION)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text=_("Leave empty for ongoing coverage."))
    brief = models.TextField(blank=True, help_text=_("What a caller needs to know: the mission, the pitch, the words."))
    most_attempts = models.PositiveSmallIntegerField(
        _("maximum attempts"),
        default=6,
        help_text=_("Stop offering a person after this many attempts without a result."),
    )
    rest_days = models.PositiveSmallIntegerField(
        _("days between attempts"), default=2, help_text=_("Wait this many days before offering the person again.")
    )
    calls_from = models.PositiveSmallIntegerField(
        _("calls from, hour of the day"),
        default=8,
        db_default=8,
        help_text=_("Offer people from this hour on, in their local time."),
    )
    calls_until = models.PositiveSmallIntegerField(
        _("calls until, hour of the day"),
        default=21,
        db_default=21,
        help_text=_("Offer nobody from this hour on, in their local time."),
    )
    calls_on_weekends = models.BooleanField(
        _("call on Saturdays and Sundays"),
        default=False,
        db_default=False,
        help_text=_("Otherwise people are called from Monday to Friday, and at a weekend if they were promised that."),
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    follows = WorkspaceForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_constraint=False, related_name="followed_by"
    )
    rule = models.JSONField(null=True, blank=True, editable=False, help_text=_("The audience that it was made from."))
    is_living = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text=_("The rule proposes every night who joins and leaves."),
    )
    priority_rule = models.JSONField(
        null=True, blank=True, editable=False, help_text=_("The audience whose people the queue offers first.")
    )
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="campaign_key_in_workspace"),
            models.UniqueConstraint(
                "market",
                Lower("name"),
                "workspace",
                name="campaign_name_unique",
                violation_error_message=_("This market already has a campaign of that name."),
            ),
            same_workspace("market", "markets.Market", "campaign_market_in_workspace"),
            same_workspace("follows", "campaigns.Campaign", "campaign_follows_in_workspace"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")) | Q(ends_on=None) | Q(starts_on=None),
                name="campaign_ends_after_it_starts",
                violation_error_message=_("The campaign ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(starts_on__isnull=False), name="campaign_under_way_has_start"
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.COVERAGE) | Q(ends_on=None),
                name="campaign_coverage_is_open_ended",
                violation_error_message=_("Ongoing coverage has no end date; leave it empty or choose another kind."),
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="campaign_status_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="campaign_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="campaign_has_name"),
            models.CheckConstraint(
                condition=Q(most_attempts__range=(1, 100)),
                name="campaign_attempts_in_range",
                violation_error_message=_("Call somebody at least once and at most 100 times."),
            ),
            models.CheckConstraint(
                condition=Q(rest_days__lte=365),
                name="campaign_rest_in_range",
                violation_error_message=_("Let people rest for at most 365 days between attempts."),
            ),
            models.CheckConstraint(
                condition=Q(calls_from__lt=F("calls_until"), calls_until__lte=24),
                name="campaign_hours_in_range",
                violation_error_message=_("Calls end after they begin, at 24 at the latest."),
            ),
            models.CheckConstraint(
                condition=Q(is_living=False) | Q(rule__isnull=False), name="campaign_living_has_rule"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "status", "id"], name="campaign_by_status"),
            models.Index(  # lists of calls and others sort by it: their rows are read campaign by campaign
                fields=["workspace", "name", "id"], name="campaign_by_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def status_on(self, day: date | None) -> str:
        """The status at the end of a day on which the campaign existed (None: now)."""
        if day is None:
            return self.status
        campaigns = Campaign.objects.filter(pk=self.pk).as_of(self.workspace, day)
        return str(campaigns.values_list("status", flat=True).get())

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def is_active(self) -> bool:
        return self.status == Status.ACTIVE

    @property
    def is_paused(self) -> bool:
        return self.status == Status.PAUSED

    @property
    def is_completed(self) -> bool:
        return self.status == Status.COMPLETED

    @property
    def can_be_deleted(self) -> bool:
        """Only a Draft without calls."""
        return self.status == Status.DRAFT and not self.calls.exists()


class StatusChange(WorkspaceModel):
    """A change of a campaign's status. Rows are only added."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="status_changes")
    campaign = WorkspaceForeignKey(
        Campaign, models.PROTECT, db_constraint=False, db_index=False, related_name="status_changes"
    )
    from_status = models.CharField(max_length=10, choices=Status)
    to_status = models.CharField(max_length=10, choices=Status)
    changed_at = models.DateTimeField(default=now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["changed_at", "id"]
        constraints = [
            same_workspace("campaign", "campaigns.Campaign", "status_change_campaign_in_workspace"),
            models.CheckConstraint(
                condition=Q(from_status=Status.DRAFT, to_status=Status.ACTIVE)
                | Q(from_status=Status.ACTIVE, to_status=Status.PAUSED)
                | Q(from_status=Status.PAUSED, to_status=Status.ACTIVE)
                | Q(from_status__in=[Status.ACTIVE, Status.PAUSED], to_status=Status.COMPLETED),
                name="status_change_is_legal",
            ),
            models.CheckConstraint(
                condition=~Q(to_status=Status.PAUSED) | ~Q(reason=""), name="status_change_pause_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["campaign", "changed_at"], name="status_change_by_time")]

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} to {self.get_to_status_display()}"
