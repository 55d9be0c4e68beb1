from django.db import models
from django.db.models import F, Q

from campaigns.models import Campaign
from markets.constraints import same_workspace
from markets.models import Workspace


class CampaignDay(models.Model):
    """The daily tally: what the counted calls (K) that started on one day of the workspace add up to."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="campaign_days")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="days")
    day = models.DateField()
    call_count = models.PositiveIntegerField(default=0)
    conversation_count = models.PositiveIntegerField(default=0)
    meeting_count = models.PositiveIntegerField(default=0)
    signal_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["day", "campaign"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "day"], name="campaign_day_once"),
            same_workspace("campaign", "campaigns.Campaign", "campaign_day_campaign_in_workspace"),
            models.CheckConstraint(
                condition=Q(conversation_count__lte=F("call_count")) & Q(meeting_count__lte=F("conversation_count")),
                name="campaign_day_counts_agree",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "day"], name="campaign_day_by_workspace")]

    def __str__(self) -> str:
        return f"{self.campaign} on {self.day}"
