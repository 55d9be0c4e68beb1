"""How far the goals of a campaign are, whether they are on track, and what would bring them back (product.md, 11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from calls.metrics.goal_words import (
    RATE_LABELS,
    between,
    capitalized,
    takes_years,
    too_early,
    will_be_reached,
)
from calls.metrics.pace import DayRange, Goal, Pace, pace_of
from calls.metrics.presentation import Scope
from campaigns.models import Campaign, GoalKind, Status
from config.ui.charts import LinkedNumber
from config.ui.formats import day, number
from config.ui.periods import Period
from markets.models import Workspace

MAX_CONSIDERED, MAX_SHOWN = 30, 8


class Outlook(Enum):
    """A goal's state and the class of its colour; in the order of what needs attention first."""

    BEHIND = "behind", "bad"
    CLOSE = "close", "caution"
    MISSED = "missed", "bad"
    ON_TRACK = "on_track", "good"
    REACHED = "reached", "good"
    OPEN = "open", ""

    @property
    def label(self) -> str:
        labels = {
            Outlook.BEHIND: pgettext("goal", "Behind"),
            Outlook.CLOSE: pgettext("goal", "Close"),
            Outlook.MISSED: pgettext("goal", "Not reached"),
            Outlook.ON_TRACK: pgettext("goal", "On track"),
            Outlook.REACHED: pgettext("goal", "Reached"),
        }
        return labels.get(self, "")

    @property
    def css(self) -> str:
        return self.value[1]


COUNTED = {
    GoalKind.COVERAGE: "first_attempts",
    GoalKind.CONVERSATIONS: "conversations",
    GoalKind.MEETINGS: "meetings",
}
"""What of a day counts towards each kind of goal."""


@dataclass(frozen=True)
class GoalProgress:
    goal: Goal
    pace: Pace
    workspace: Workspace

    @property
    def label(self) -> str:
        return str(GoalKind(self.goal.kind).label)

    @property
    def due_on(self) -> date | None:
        return self.goal.due_on or self.pace.campaign.ends_on

    @property
    def is_coverage(self) -> bool:
        return self.goal.kind == GoalKind.COVERAGE

    @property
    def is_talk(self) -> bool:
        return self.goal.kind == GoalKind.CONVERSATIONS

    @property
    def is_everybody(self) -> bool:
        """Everybody who can be called: people with a wrong number or on the do-not-call list don't keep it open."""
        return self.is_coverage and self.goal.target == 100

    @property
    def reached(self) -> int:
        facts = self.pace.facts
        return {
            GoalKind.COVERAGE: facts.called,
            GoalKind.CONVERSATIONS: facts.conversations,
            GoalKind.MEETINGS: facts.meetings,
        }[GoalKind(self.goal.kind)]

    @property
    def target(self) -> int:
        """The number of people, conversations or meetings that reaches the goal."""
        return ceil(self.goal.target * self.pace.facts.members / 100) if self.is_coverage else self.goal.target

    @property
    def share(self) -> int:
        """How far it is, in per cent, at most 100."""
        return min(100, 100 * self.reached // self.target) if self.target else 0

    @property
    def missing(self) -> int:
        return self.pace.facts.uncalled if self.is_everybody else max(0, self.target - self.reached)

    @property
    def number(self) -> LinkedNumber:
        """What is reached, with the list of its rows."""
        metric = {GoalKind.COVERAGE: "called", GoalKind.CONVERSATIONS: "conversations"}.get(
            GoalKind(self.goal.kind), "meetings_booked"
        )
        return Scope(self.workspace, campaign=self.pace.campaign).number(metric, self.reached)

    @cached_property
    def range(self) -> DayRange | None:
        return self.pace.forecast(COUNTED[GoalKind(self.goal.kind)], self.missing) if self.missing else None

    @cached_property
    def outlook(self) -> Outlook:
        status = self.pace.campaign.status
        if self.pace.facts.members and not self.missing and self.reached:
            return Outlook.REACHED
        if status == Status.COMPLETED:
            return Outlook.MISSED
        if status != Status.ACTIVE or self.due_on is None:
            return Outlook.OPEN
        if self.pace.today > self.due_on or self._is_out_of_reach:
            return Outlook.BEHIND
        if self.range is None:
            return Outlook.BEHIND if self._is_too_slow else Outlook.OPEN
        if self.range.last < self.due_on:
            return Outlook.ON_TRACK
        return Outlook.BEHIND if self.range.first > self.due_on else Outlook.CLOSE

    @property
    def _is_out_of_reach(self) -> bool:
        return self.is_coverage and self.missing > self.pace.facts.uncalled

    @property
    def _is_too_slow(self) -> bool:
        """Goes on, but would take years."""
        return self.pace.is_known and getattr(self.pace.made, COUNTED[GoalKind(self.goal.kind)]) > 0

    @property
    def words(self) -> str:
        """The state in a sentence, without the label."""
        if self.outlook in (Outlook.REACHED, Outlook.MISSED):
            return ""
        if self._is_out_of_reach:
            text = _(
                "%(missing)s more people are needed, but only %(callable)s can be called. "
                "Choose more people or repair numbers."
            )
            return text % {"missing": number(self.missing), "callable": number(self.pace.facts.uncalled)}
        if self.due_on and self.pace.today > self.due_on:
            return _("the goal was %(day)s.") % {"day": day(self.due_on)}
        if self.range is None:
            return takes_years(self.goal) if self._is_too_slow else too_early(self.pace)
        ends = will_be_reached(self.goal, self.range)
        if not self.due_on:
            return f"{ends}."
        goal = _("%(forecast)s; the goal is %(day)s.") % {"forecast": ends, "day": day(self.due_on)}
        return f"{goal}{self._advice}"

    @property
    def _advice(self) -> str:
        extra = self.extra_calls
        if not extra:
            return ""
        text = ngettext(
            "%(n)s more call a day would bring it back.", "%(n)s more calls a day would bring it back.", extra
        )
        return " " + text % {"n": number(extra)}

    @property
    def extra_calls(self) -> int:
        """The calls to add on each working day, for a goal that is behind to be reached on its day. 0: no number
        of calls that can be said."""
        if self.outlook is not Outlook.BEHIND or self.due_on is None or self.range is None:
            return 0
        days_left = self.pace.calendar.count(self.pace.today, self.due_on)
        counted = COUNTED[GoalKind(self.goal.kind)]
        made = getattr(self.pace.made, counted)
        if not days_left or not made:
            return 0
        extra = self.missing / days_left - self.pace.per_day(counted)
        per_call = 1.0 if self.is_coverage else made / self.pace.made.calls
        return max(1, ceil(extra / per_call))


@dataclass(frozen=True)
class Plan:
    """The pace of a campaign with its goals, ready to be shown."""

    pace: Pace
    workspace: Workspace

    @property
    def campaign(self) -> Campaign:
        return self.pace.campaign

    @cached_property
    def goals(self) -> list[GoalProgress]:
        by_kind = {goal.kind: goal for goal in self.pace.facts.goals}
        return [GoalProgress(by_kind[kind], self.pace, self.workspace) for kind in GoalKind if kind in by_kind]

    @cached_property
    def worst(self) -> GoalProgress | None:
        """The goal that needs attention first."""
        order = list(Outlook)
        return min(self.goals, key=lambda goal: order.index(goal.outlook), default=None)

    @property
    def needs_attention(self) -> bool:
        return self.worst is not None and self.worst.outlook in (Outlook.BEHIND, Outlook.CLOSE)

    @property
    def end_words(self) -> str:
        """When everybody will have been called, in a sentence; empty where no people are left to be called."""
        if self.campaign.status != Status.ACTIVE or not self.pace.facts.uncalled:
            return ""
        if self.pace.end is None:
            return capitalized(too_early(self.pace))
        return _("Everybody will have been called %(days)s.") % {"days": between(self.pace.end)}

    @property
    def sentence(self) -> str:
        """One sentence for a list: that of the goal that needs attention first, or when everybody will be called."""
        if self.worst is None or self.worst.outlook is Outlook.OPEN:
            return self.end_words or _("Everybody who can be called has been called.")
        words = self.worst.words
        return f"{self.worst.label}: {words}" if self.worst.outlook is Outlook.REACHED else capitalized(words)

    @cached_property
    def rates(self) -> list[tuple[str, str, str, LinkedNumber]]:
        """Name, label, value per working day, and the number in the window with its rows."""
        made = self.pace.made
        scope = Scope(self.workspace, Period(self.pace.first, self.pace.last), campaign=self.campaign)
        numbers = {
            "calls": scope.number("calls_made", made.calls),
            "conversations": scope.number("conversations", made.conversations),
            "first_attempts": scope.number("calls_made", made.first_attempts, "&attempt=1"),
        }
        return [
            (name.replace("_", "-"), _(RATE_LABELS[name]), number(self.pace.per_day(name), 1), linked)
            for name, linked in numbers.items()
        ]

    @property
    def uncalled(self) -> LinkedNumber:
        """Callable people who were not called yet, with their list."""
        scope = Scope(self.workspace, campaign=self.campaign)
        return LinkedNumber(
            "rows", self.pace.facts.uncalled, number(self.pace.facts.uncalled), scope.people_url("first")
        )


def plans_of(workspace: Workspace, campaigns: Sequence[Campaign]) -> list[Plan]:
    """The plan of each campaign, in one statement: those that need attention first, then in the order given."""
    paces = pace_of(workspace, campaigns)
    plans = [Plan(paces[campaign.pk], workspace) for campaign in campaigns]
    order = list(Outlook)
    return sorted(plans, key=lambda plan: order.index(plan.worst.outlook) if plan.worst else len(order))


def plans_needing_attention(workspace: Workspace, campaigns: Sequence[Campaign]) -> list[Plan]:
    """Those of the first MAX_CONSIDERED campaigns with a goal that is behind or close, at most MAX_SHOWN."""
    considered = campaigns[:MAX_CONSIDERED]
    with_goals = set(workspace.campaign_goals.filter(campaign__in=considered).values_list("campaign", flat=True))
    plans = plans_of(workspace, [campaign for campaign in considered if campaign.pk in with_goals])
    return [plan for plan in plans if plan.needs_attention][:MAX_SHOWN]
