"""What a campaign is set up with besides its people: goals, callers, and the templates of a workspace."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign, Kind
from campaigns.models.scripts import CallScript
from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import Workspace


class GoalKind(models.TextChoices):
    COVERAGE = "coverage", _("Coverage")
    CONVERSATIONS = "conversations", _("Conversations")
    MEETINGS = "meetings", _("Meetings booked")


class CampaignGoal(WorkspaceModel):
    """What a campaign is to reach by a day: a coverage in per cent, or a number of conversations or meetings."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="campaign_goals")
    campaign = WorkspaceForeignKey(Campaign, models.PROTECT, db_constraint=False, db_index=False, related_name="goals")
    kind = models.CharField(max_length=13, choices=GoalKind)
    target = models.PositiveIntegerField()
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["campaign", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind", "workspace"], name="campaign_goal_unique"),
            same_workspace("campaign", "campaigns.Campaign", "campaign_goal_campaign_in_workspace"),
            models.CheckConstraint(condition=Q(kind__in=GoalKind.values), name="campaign_goal_kind_known"),
            models.CheckConstraint(
                condition=Q(target__gte=1) & (~Q(kind=GoalKind.COVERAGE) | Q(target__lte=100)),
                name="campaign_goal_in_range",
                violation_error_message=_("Enter a goal of at least 1; a coverage is at most 100 per cent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.target}"


class CampaignCaller(WorkspaceModel):
    """A user who makes a campaign's calls."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="campaign_callers")
    campaign = WorkspaceForeignKey(
        Campaign, models.PROTECT, db_constraint=False, db_index=False, related_name="callers"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=now, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ["campaign", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "user", "workspace"],
                name="campaign_caller_unique",
                violation_error_message=_("This caller is in the campaign already."),
            ),
            same_workspace("campaign", "campaigns.Campaign", "campaign_caller_campaign_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.campaign}"


class CampaignTemplate(CallScript):
    """Values that a workspace's new campaigns of one sort begin with. `goals` maps a kind of goal to its target."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="campaign_templates")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.VALIDATION)
    brief = models.TextField(blank=True)
    most_attempts = models.PositiveSmallIntegerField(default=6)
    rest_days = models.PositiveSmallIntegerField(default=2)
    calls_from = models.PositiveSmallIntegerField(default=8, help_text=_("Hour of the day, at the person's place."))
    calls_until = models.PositiveSmallIntegerField(default=21)
    calls_on_weekends = models.BooleanField(default=False)
    goals = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                name="campaign_template_name_unique",
                violation_error_message=_("This workspace has a template of that name already."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="campaign_template_has_name"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="campaign_template_kind_known"),
            models.CheckConstraint(
                condition=Q(most_attempts__range=(1, 100)),
                name="campaign_template_attempts_in_range",
                violation_error_message=_("Call somebody at least once and at most 100 times."),
            ),
            models.CheckConstraint(
                condition=Q(rest_days__lte=365),
                name="campaign_template_rest_in_range",
                violation_error_message=_("Let people rest for at most 365 days between attempts."),
            ),
            models.CheckConstraint(
                condition=Q(calls_from__lt=F("calls_until"), calls_until__lte=24),
                name="campaign_template_hours_in_range",
                violation_error_message=_("Calls end after they begin, at 24 at the latest."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
