from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from campaigns.dispositions import Disposition
from campaigns.models import Campaign
from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import Workspace


class CampaignDay(WorkspaceModel):
    """Counts of a campaign's counted calls (K) that started on one day of the workspace.

    One more field per disposition counts the calls with that outcome.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="campaign_days")
    campaign = WorkspaceForeignKey(Campaign, models.CASCADE, db_constraint=False, db_index=False, related_name="days")
    day = models.DateField()
    call_count = models.PositiveIntegerField(default=0)
    conversation_count = models.PositiveIntegerField(default=0)
    meeting_count = models.PositiveIntegerField(default=0)
    signal_count = models.PositiveIntegerField(default=0)
    counts_changed_at = models.DateTimeField(
        default=now, db_default=Now(), help_text=_("When the counts last changed: what was known before is not here.")
    )

    class Meta:
        ordering = ["day", "campaign"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "day", "workspace"], name="campaign_day_unique"),
            same_workspace("campaign", "campaigns.Campaign", "campaign_day_campaign_in_workspace"),
            models.CheckConstraint(
                condition=Q(conversation_count__lte=F("call_count")) & Q(meeting_count__lte=F("conversation_count")),
                name="campaign_day_counts_agree",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "day"], name="campaign_day_by_workspace")]

    def __str__(self) -> str:
        return f"{self.campaign} on {self.day}"


OUTCOME_COUNTS = {disposition: f"{disposition}_count" for disposition in Disposition}
"""By disposition, the field of CampaignDay that counts the calls with that outcome."""
for _name in OUTCOME_COUNTS.values():
    CampaignDay.add_to_class(_name, models.PositiveIntegerField(default=0))


class CampaignHour(WorkspaceModel):
    """Counts of one hour of a day in the workspace's time zone. An hour repeated at the end of DST is one row."""

    workspace = models.ForeignKey(
        Workspace, models.PROTECT, db_constraint=False, db_index=False, related_name="campaign_hours"
    )
    campaign = WorkspaceForeignKey(Campaign, models.CASCADE, db_constraint=False, db_index=False, related_name="hours")
    day = models.DateField()
    hour = models.PositiveSmallIntegerField(help_text=_("It begins at this hour, 0 to 23."))
    call_count = models.PositiveIntegerField(default=0)
    conversation_count = models.PositiveIntegerField(default=0)
    counts_changed_at = models.DateTimeField(
        default=now, db_default=Now(), help_text=_("When the counts last changed.")
    )

    class Meta:
        ordering = ["day", "hour", "campaign"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "campaign", "day", "hour"], name="campaign_hour_unique"),
            same_workspace("campaign", "campaigns.Campaign", "campaign_hour_campaign_in_workspace"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="campaign_hour_on_the_clock"),
            models.CheckConstraint(
                condition=Q(conversation_count__lte=F("call_count")), name="campaign_hour_counts_agree"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} on {self.day} at {self.hour:02}:00"
