from calls.models.calls import Call, Direction
from calls.models.corrections import Correction
from calls.models.daily_counts import CampaignDay, CampaignHour
from calls.models.meetings import Meeting, MeetingChange
from calls.models.reports import CallReport

__all__ = ["Call", "CallReport", "CampaignDay", "CampaignHour", "Correction", "Direction", "Meeting", "MeetingChange"]
