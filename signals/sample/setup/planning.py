"""The goals of the sample's active campaigns, some on track and some not, and the templates of its workspace."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from math import ceil

from django.db.models import Sum

from calls.metrics.goals import plans_of
from calls.metrics.pace import Pace
from calls.models import CampaignDay
from campaigns.models import Campaign, GoalKind, Kind
from campaigns.planning import GoalValue, set_goals
from markets.models import User, Workspace

type Goals = Mapping[str, GoalValue]
IN_THREE_WEEKS, IN_SIX_WEEKS = timedelta(weeks=3), timedelta(weeks=6)
TEMPLATES = (
    {
        "name": "Market validation",
        "kind": Kind.VALIDATION,
        "brief": "Find out who would listen, and what would move them. No names of clients on the first call.",
        "goals": {GoalKind.COVERAGE: 100, GoalKind.CONVERSATIONS: 40},
    },
    {
        "name": "Follow-up",
        "kind": Kind.FOLLOW_UP,
        "brief": "Refer to the last call. Offer two dates for a meeting.",
        "most_attempts": 4,
        "rest_days": 3,
        "calls_from": 9,
        "calls_until": 18,
        "goals": {GoalKind.MEETINGS: 8},
    },
    {
        "name": "Ongoing coverage",
        "kind": Kind.COVERAGE,
        "brief": "Stay in touch. Ask what has changed since the last call.",
        "rest_days": 14,
        "goals": {GoalKind.COVERAGE: 90},
    },
)


def _so_far(pace: Pace, count: str) -> int:
    total: int | None = CampaignDay.objects.filter(campaign=pace.campaign).aggregate(total=Sum(count))["total"]
    return total or 0


def _early_enough(pace: Pace) -> Goals:
    due_on = pace.end.last + timedelta(weeks=1) if pace.end else pace.today + IN_SIX_WEEKS
    return {GoalKind.COVERAGE: GoalValue(100, due_on)}


def _too_early(pace: Pace) -> Goals:
    due_on = pace.today + (pace.end.first - pace.today) * 2 // 3 if pace.end else pace.today + IN_THREE_WEEKS
    target = _so_far(pace, "meeting_count") + 4
    return {GoalKind.COVERAGE: GoalValue(100, due_on), GoalKind.MEETINGS: GoalValue(target, None)}


def _many_conversations(pace: Pace) -> Goals:
    expected = pace.per_day("conversations") * pace.calendar.count(pace.today, pace.today + IN_THREE_WEEKS)
    target = _so_far(pace, "conversation_count") + ceil(1.9 * expected) + 1
    return {GoalKind.CONVERSATIONS: GoalValue(target, pace.today + IN_THREE_WEEKS)}


def _some_conversations(pace: Pace) -> Goals:
    expected = pace.per_day("conversations") * pace.calendar.count(pace.today, pace.today + IN_THREE_WEEKS)
    target = _so_far(pace, "conversation_count") + ceil(0.7 * expected)
    return {GoalKind.CONVERSATIONS: GoalValue(target, pace.today + IN_THREE_WEEKS)}


STYLES: tuple[Callable[[Pace], Goals], ...] = (_early_enough, _too_early, _some_conversations, _many_conversations)


def write_plans(workspace: Workspace, *, by: User) -> None:
    """Goals for the active campaigns by their pace, and the templates."""
    active = list(Campaign.objects.filter(workspace=workspace).active().order_by("pk"))
    for number, plan in enumerate(sorted(plans_of(workspace, active), key=lambda plan: plan.campaign.pk)):
        set_goals(campaign=plan.campaign, goals=STYLES[number % len(STYLES)](plan.pace))
    for template in TEMPLATES:
        workspace.campaign_templates.create(**template, created_by=by)
