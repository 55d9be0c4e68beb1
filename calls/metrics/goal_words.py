"""The sentences of goals and forecasts."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from calls.metrics.pace import DayRange, Goal, Pace
from campaigns.models import GoalKind, Status
from config.ui.formats import day, number

RATE_LABELS = {
    "calls": gettext_noop("Calls"),
    "conversations": gettext_noop("Conversations"),
    "first_attempts": gettext_noop("First attempts"),
}


def will_be_reached(goal: Goal, days: DayRange) -> str:
    """When the goal will be reached."""
    match goal.kind, goal.target:
        case GoalKind.COVERAGE, 100:
            text = _("everybody will have been called %(days)s")
        case GoalKind.COVERAGE, _target:
            text = _("%(target)s %% will have been called %(days)s")
        case GoalKind.CONVERSATIONS, _target:
            text = _("%(target)s conversations will have been held %(days)s")
        case _other:
            text = _("%(target)s meetings will have been booked %(days)s")
    return text % {"target": number(goal.target), "days": between(days)}


def takes_years(goal: Goal) -> str:
    match goal.kind, goal.target:
        case GoalKind.COVERAGE, 100:
            return _("everybody will have been called would take more than two years.")
        case GoalKind.COVERAGE, _target:
            text = _("%(target)s %% will have been called would take more than two years.")
        case GoalKind.CONVERSATIONS, _target:
            text = _("%(target)s conversations will have been held would take more than two years.")
        case _other:
            text = _("%(target)s meetings will have been booked would take more than two years.")
    return text % {"target": number(goal.target)}


def capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def between(days: DayRange) -> str:
    """`on 3 Dec`, `between 3 and 9 Dec`, `between 28 Nov and 3 Dec`."""
    first, last = days
    if first == last:
        return _("on %(day)s") % {"day": day(first)}
    is_same_month = (first.year, first.month) == (last.year, last.month)
    if is_same_month:
        return pgettext("days of one month", "between %(first)s and %(last)s") % {"first": first.day, "last": day(last)}
    return _("between %(first)s and %(last)s") % {"first": day(first), "last": day(last)}


def too_early(pace: Pace) -> str:
    if pace.campaign.status == Status.PAUSED:
        return _("the campaign is paused, so there is no forecast.")
    if not pace.is_known:
        return _("it is too early for a forecast: it needs five working days with calls.")
    text = _("there is no forecast: nothing to count in the last %(n)s working days.")
    return text % {"n": pace.day_count}
