from calls.models.calls import Call, CallbackDecision, Direction
from calls.models.corrections import Correction
from calls.models.daily_counts import CampaignDay, CampaignHour
from calls.models.meetings import Meeting, MeetingChange
from calls.models.reports import CallReport

__all__ = [
    "Call",
    "CallReport",
    "CallbackDecision",
    "CampaignDay",
    "CampaignHour",
    "Correction",
    "Direction",
    "Meeting",
    "MeetingChange",
]
