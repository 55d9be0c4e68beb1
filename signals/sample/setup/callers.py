"""Whose people some of the sample's members are: by firm in one campaign, evenly in another, nobody's elsewhere."""

from collections.abc import Sequence

from campaigns.callers.assignment import spread
from campaigns.callers.services import add_callers
from campaigns.models import Campaign, Kind, Status
from markets.models import User

SCRIPT = {
    "script_opening": "Good morning, this is Acme Legal Search. Is this a good moment for two minutes?",
    "script_questions": "How long do you plan to stay?\nWhat would have to change for you to consider a move?",
    "script_objections": "“No time”: offer a callback, and name a day.\n“I am happy here”: ask what would change that.",
    "script_close": "Thank them, and agree the next step: a meeting, a callback, or none.",
    "calls_per_day": 60,
}


def assign_some(campaigns: Sequence[Campaign], callers: Sequence[User], by: User) -> None:
    """Ongoing coverage also calls at weekends, so that the demo has somebody to call on every day."""
    Campaign.objects.filter(pk__in=[campaign.pk for campaign in campaigns]).update(**SCRIPT)
    active = [campaign for campaign in campaigns if campaign.status == Status.ACTIVE]
    coverage = [campaign for campaign in active if campaign.kind == Kind.COVERAGE]
    Campaign.objects.filter(pk__in=[campaign.pk for campaign in coverage]).update(calls_on_weekends=True)
    followed_up = [campaign for campaign in active if campaign.kind == Kind.FOLLOW_UP]
    for campaign, by_firm in [(each, True) for each in coverage[:1]] + [(each, False) for each in followed_up[:1]]:
        add_callers(campaign=campaign, users=callers, by=by)
        spread(campaign=campaign, among=callers, by_firm=by_firm, only_unassigned=True, by=by)
