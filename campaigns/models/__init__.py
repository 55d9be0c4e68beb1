from campaigns.models.campaigns import Campaign, Kind, Status, StatusChange
from campaigns.models.members import Absence, CampaignContact

__all__ = ["Absence", "Campaign", "CampaignContact", "Kind", "Status", "StatusChange"]
