"""The pace of campaigns over their last ten working days, and when everybody will have been called (product.md, 11).

`pace_of` reads everything about any number of campaigns in one statement. There is no pace as of a past day: it says
how things go on from now.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast

from calls.metrics.forecast import days_needed
from calls.models import CampaignDay
from campaigns.models import Campaign, CampaignContact, CampaignGoal, Status, StatusChange
from markets.models import Workspace
from markets.workspaces.calendar import WorkingDays, working_days

WINDOW = 10
FEWEST_DAYS = 5
"""There is no forecast below so many working days with calls."""


class Made(NamedTuple):
    """What was done on a day, or on several."""

    calls: int = 0
    conversations: int = 0
    meetings: int = 0
    first_attempts: int = 0

    def plus(self, other: "Made") -> "Made":
        return Made(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Goal(NamedTuple):
    kind: str
    target: int
    due_on: date | None


class DayRange(NamedTuple):
    """The first and the last day of an 80 % range."""

    first: date
    last: date


@dataclass
class CampaignFacts:
    """What is stored about one campaign. `days` and `changes` are since the first day of the window."""

    days: dict[date, Made] = field(default_factory=dict)
    changes: list[tuple[date, bool]] = field(default_factory=list)
    """The days on which its status changed, and whether to Active."""
    goals: list[Goal] = field(default_factory=list)
    members: int = 0
    called: int = 0
    callable: int = 0
    uncalled: int = 0
    """Callable people who were never called."""
    conversations: int = 0
    meetings: int = 0

    def add(self, what: str, day: date | None, first: int, second: int, third: int) -> None:
        """A row of the statement."""
        match what:
            case "day" if day:
                self._add_day(day, Made(first, second, third))
            case "first_attempts" if day:
                self._add_day(day, Made(first_attempts=first))
            case "status" if day:
                self.changes.append((day, bool(first)))
            case "members":
                self.members, self.called = first, second
            case "callable":
                self.callable, self.uncalled = first, second
            case "total":
                self.conversations, self.meetings = first, second
            case _:
                self.goals.append(Goal(what, first, day))

    def _add_day(self, day: date, made: Made) -> None:
        self.days[day] = self.days.get(day, Made()).plus(made)


def window_of(facts: CampaignFacts, days: Sequence[date], *, is_active: bool) -> dict[date, Made]:
    """What was done on each of the last working days `days`, without those on which the campaign was not Active and had
    no calls. What was done on other days counts for the working day before them."""
    kept = [day for day in days if day in facts.days or _was_active(facts.changes, day, is_active)]
    window = {day: Made() for day in kept}
    for day, made in facts.days.items():
        if kept and days[0] <= day:
            place = next((each for each in reversed(kept) if each <= day), kept[0])
            window[place] = window[place].plus(made)
    return window


def _was_active(changes: Collection[tuple[date, bool]], day: date, is_active: bool) -> bool:
    """Whether the campaign was Active at any time of the day. `is_active` is its state now."""
    if any(changed_on == day for changed_on, _ in changes):
        return True
    later = [to_active for changed_on, to_active in sorted(changes) if changed_on > day]
    return not later[0] if later else is_active


@dataclass
class Pace:
    """The pace of a campaign, and what it means for its end."""

    campaign: Campaign
    facts: CampaignFacts
    window: dict[date, Made]
    """By working day, oldest first. Today is not among them, as it is not over."""
    today: date
    first: date
    """The first day of the window."""
    last: date
    """The day before today."""
    calendar: WorkingDays

    @cached_property
    def made(self) -> Made:
        total = Made()
        for made in self.window.values():
            total = total.plus(made)
        return total

    @property
    def day_count(self) -> int:
        return len(self.window)

    def per_day(self, name: str) -> float:
        return getattr(self.made, name) / self.day_count if self.day_count else 0.0

    @cached_property
    def is_known(self) -> bool:
        """Enough working days with calls to say how it goes on, and it goes on."""
        days_with_calls = sum(made.calls > 0 for made in self.window.values())
        return self.campaign.status == Status.ACTIVE and days_with_calls >= FEWEST_DAYS

    def forecast(self, name: str, remaining: int) -> DayRange | None:
        """The working days between which so many more will have been made, or None if there is too little to say."""
        if not self.is_known:
            return None
        counts = tuple(getattr(made, name) for made in self.window.values())
        needed = days_needed(counts, remaining, seed=f"{self.campaign.created_at.timestamp()} {name} {self.today}")
        if not needed:
            return None
        days = list(islice(self._coming_days(), needed[1]))
        return DayRange(days[needed[0] - 1], days[-1])

    def _coming_days(self) -> Iterator[date]:
        """The working days from today on."""
        if self.calendar.includes(self.today):
            yield self.today
        yield from self.calendar.following(self.today)

    @cached_property
    def end(self) -> DayRange | None:
        """When every callable person will have been called."""
        return self.forecast("first_attempts", self.facts.uncalled) if self.facts.uncalled else None


def pace_of(workspace: Workspace, campaigns: Collection[Campaign]) -> dict[int, Pace]:
    """The pace of each campaign by its id, in one statement; in none for no campaigns."""
    if not campaigns:
        return {}
    today, calendar = workspace.today(), working_days(workspace)
    days = calendar.last(WINDOW, before=today)
    known = {campaign.pk: CampaignFacts() for campaign in campaigns}
    for campaign, *row in _rows(workspace, list(known), days[0]):
        known[campaign].add(*row)
    paces = {}
    for campaign in campaigns:
        facts = known[campaign.pk]
        facts.days.pop(today, None)
        window = window_of(facts, days, is_active=campaign.status == Status.ACTIVE)
        first, last = min(window, default=days[0]), today - timedelta(days=1)
        paces[campaign.pk] = Pace(campaign, facts, window, today, first, last, calendar)
    return paces


def _rows(workspace: Workspace, campaigns: Sequence[int], since: date) -> QuerySet[Any, Any]:
    """Rows for CampaignFacts.add: campaign, what it is, a day or none, and three numbers."""
    start, _ = workspace.bounds(since, None)
    of_these = {"workspace": workspace, "campaign__in": campaigns}
    goals = CampaignGoal.objects.filter(**of_these).order_by()
    members = CampaignContact.objects.filter(**of_these).order_by()
    days = CampaignDay.objects.filter(**of_these).order_by()
    changes = StatusChange.objects.filter(**of_these, changed_at__gte=start).order_by()
    zero, no_day = Value(0, IntegerField()), Cast(Value(None), DateField())

    def rows(source: QuerySet[Any, Any], what: Any, day: Any, *numbers: Any) -> QuerySet[Any, Any]:
        return source.values_list("campaign", what, day, *[*numbers, zero, zero][:3])

    first = members.filter(first_attempt_at__gte=start).values("campaign", on=workspace.day_in_sql("first_attempt_at"))
    called, uncalled = (Count("pk", filter=Q(is_called=is_called)) for is_called in (True, False))
    present = members.current().values("campaign").annotate(n=Count("pk"), called=called)
    callable_now = members.callable().values("campaign").annotate(n=Count("pk"), uncalled=uncalled)
    totals = days.filter(Exists(goals.filter(campaign=OuterRef("campaign")))).values("campaign")
    totals = totals.annotate(conversations=Sum("conversation_count"), meetings=Sum("meeting_count"))
    is_active = Case(When(to_status=Status.ACTIVE, then=1), default=0)
    return rows(
        days.filter(day__gte=since), _text("day"), "day", "call_count", "conversation_count", "meeting_count"
    ).union(
        rows(first.annotate(n=Count("pk")), _text("first_attempts"), "on", "n"),
        rows(changes, _text("status"), workspace.day_in_sql("changed_at"), is_active),
        rows(present, _text("members"), no_day, "n", "called"),
        rows(callable_now, _text("callable"), no_day, "n", "uncalled"),
        rows(totals, _text("total"), no_day, "conversations", "meetings"),
        rows(goals, "kind", "due_on", "target"),
        all=True,
    )


def _text(text: str) -> Value:
    return Value(text, CharField())
