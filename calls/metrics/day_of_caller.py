"""How far a caller is today in one campaign."""

from dataclasses import dataclass

from django.db.models import Count, Q

from campaigns.dispositions import CONVERSATIONS, MEETINGS
from campaigns.models import Campaign
from markets.models import User


@dataclass(frozen=True)
class DayOfCaller:
    """Counted like Calls Made: outbound, with an outcome, not voided."""

    calls: int
    conversations: int
    meetings: int
    goal: int | None


def day_of_caller(campaign: Campaign, by: User) -> DayOfCaller:
    workspace, today = campaign.workspace, campaign.workspace.today()
    calls = workspace.calls.counted().filter(
        workspace.in_days("started_at", today, today), campaign=campaign, caller=by
    )
    counts = calls.aggregate(
        calls=Count("pk"),
        conversations=Count("pk", filter=Q(disposition__in=CONVERSATIONS)),
        meetings=Count("pk", filter=Q(disposition__in=MEETINGS)),
    )
    return DayOfCaller(**counts, goal=campaign.calls_per_day)
