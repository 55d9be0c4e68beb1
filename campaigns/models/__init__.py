from campaigns.models.campaigns import Campaign, Kind, Status, StatusChange
from campaigns.models.members import CampaignContact

__all__ = ["Campaign", "CampaignContact", "Kind", "Status", "StatusChange"]
