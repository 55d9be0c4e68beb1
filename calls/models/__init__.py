from calls.models.calls import Call, Direction, Meeting
from calls.models.days import CampaignDay

__all__ = ["Call", "CampaignDay", "Direction", "Meeting"]
