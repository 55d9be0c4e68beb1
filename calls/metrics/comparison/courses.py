"""How campaigns went from their start: coverage by day, and conversations by attempt."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Expression, IntegerField, Q, Subquery, Value, When
from django.utils.translation import gettext as _

from calls.metrics.attempts_and_hours import (
    ATTEMPTS,
    IS_CONVERSATION,
    MOST_ATTEMPTS,
    ConversationRate,
    attempt_label,
    numbered_calls,
)
from calls.metrics.definitions import counted_calls, current_members, of_member
from calls.metrics.presentation import Scope
from campaigns.models import Campaign
from config.ui.charts import CURVES, Chart, ChartTable, LinkedCell, Series, Unit, line_chart
from config.ui.formats import number, percent
from config.ui.periods import Period
from markets.models import Workspace

MOST_MARKS = 12
"""Days in the table of the coverage."""


@dataclass(frozen=True)
class Course:
    """The people called for the first time on each day since the campaign's start, and all its people."""

    name: str
    scope: Scope
    start: date
    last: int
    """The last day that it has, counted from its start."""
    people: int
    first_calls: dict[int, int]

    def called_by(self, day: int) -> int:
        return sum(count for each, count in self.first_calls.items() if each <= day)

    def share_by(self, day: int) -> float:
        return self.called_by(day) / self.people if self.people else 0.0


def courses(workspace: Workspace, scopes: Sequence[tuple[str, Scope]], period: Period) -> list[Course]:
    """The courses of named campaigns, as of the period's day and whatever its other days."""
    ids = [scope.campaign.pk for _key, scope in scopes if scope.campaign]
    first = _first_call_day(workspace, period.all_days)
    members = current_members(workspace, period.all_days).filter(campaign__in=ids).order_by()
    found: defaultdict[int, dict[date | None, int]] = defaultdict(dict)
    for campaign, day, count in members.annotate(day=first).values_list("campaign", "day").annotate(n=Count("pk")):
        found[campaign][day] = count
    today = period.as_of or workspace.today()
    return [_course(name, scope, found[scope.campaign.pk], today) for name, scope in scopes if scope.campaign]


def _first_call_day(workspace: Workspace, known: Period) -> "Expression | Subquery[Any]":
    """Of a member, as an expression. It is stored as of now, and read from the calls known on a past day."""
    if known.as_of is None:
        return workspace.day_in_sql("first_attempt_at")
    calls = of_member(counted_calls(workspace, known)).order_by("started_at", "pk")
    return Subquery(calls.annotate(day=workspace.day_in_sql("started_at")).values("day")[:1])


def _course(name: str, scope: Scope, found: dict[date | None, int], today: date) -> Course:
    campaign = scope.campaign
    assert campaign
    days = {day: count for day, count in found.items() if day}
    start = campaign.starts_on or min(days, default=today)
    end = max(days, default=start) if campaign.is_completed else today
    first_calls: defaultdict[int, int] = defaultdict(int)
    for day, count in days.items():
        first_calls[max((day - start).days, 0)] += count
    return Course(name, scope, start, max((end - start).days, 0), sum(found.values()), dict(first_calls))


def coverage_chart(found: Sequence[Course]) -> Chart | None:
    """Coverage over days since each campaign's start; None before anybody was called."""
    shown = [course for course in found if course.first_calls]
    if not shown:
        return None
    last = max(max(course.last for course in shown), 1)
    step = -(-last // MOST_MARKS)
    marks = [*range(0, last, step), last]
    series = [
        Series(course.name, look, _points(course, marks))
        for course, look in zip(found, CURVES, strict=False)
        if course.first_calls
    ]
    rows = tuple((_day_label(day), *(_cell(course, day) for course in found)) for day in marks)
    numbers = ChartTable((_("Days since start"), *(course.name for course in found)), rows)
    labels = [(0.0, _day_label(0)), (float(last), _day_label(last))]
    return line_chart(_("Coverage by days since the start"), series, numbers, labels=labels, unit=Unit.SHARE)


def _points(course: Course, marks: Sequence[int]) -> list[tuple[float, float, str]]:
    days = sorted({day for day in (*course.first_calls, *marks) if day <= course.last} | {course.last})
    text, people = _("day %(day)s, %(n)s of %(all)s called"), number(course.people)
    return [
        (float(day), course.share_by(day), text % {"day": day, "n": number(course.called_by(day)), "all": people})
        for day in days
    ]


def _day_label(day: int) -> str:
    return _("Day %(n)s") % {"n": day}


def _cell(course: Course, day: int) -> LinkedCell | str:
    """The people called by then, linked to them; empty after the campaign's end."""
    if day > course.last:
        return ""
    until = replace(course.scope.period.all_days, last=course.start + timedelta(days=day))
    scope = replace(course.scope, period=until)
    called = scope.number("called", course.called_by(day))
    words = f"{called.words} · {percent(course.share_by(day))}"
    return LinkedCell(f"{course.scope.key} day:{day}", (replace(called, words=words),))


def by_attempt(
    workspace: Workspace, campaigns: Collection[Campaign], period: Period
) -> dict[int, dict[int, ConversationRate]]:
    """By campaign id and attempt number; MOST_ATTEMPTS stands for itself and all higher numbers."""
    ids = [campaign.pk for campaign in campaigns]
    inside = workspace.in_days("started_at", period.first, period.last)
    calls = numbered_calls(workspace, workspace.campaigns.filter(pk__in=ids), period.as_of).values(
        "campaign", "attempt", talked=_flag(IS_CONVERSATION), inside=_flag(inside)
    )
    sql, parameters = calls.query.sql_with_params()
    rows = f"SELECT campaign, attempt, COUNT(*), SUM(talked) FROM ({sql}) calls WHERE inside = 1 GROUP BY 1, 2"  # noqa: S608
    counts: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    with connection.cursor() as cursor:
        cursor.execute(rows, parameters)
        for campaign, attempt, made, talked in cursor.fetchall():
            of_number = counts[campaign, min(attempt, MOST_ATTEMPTS)]
            of_number[0] += made
            of_number[1] += int(talked)
    found: defaultdict[int, dict[int, ConversationRate]] = defaultdict(dict)
    for (campaign, attempt), (made, talked) in sorted(counts.items()):
        found[campaign][attempt] = ConversationRate(
            attempt_label(attempt), made, talked, 1.0, {"attempt": ATTEMPTS[attempt]}
        )
    return found


def _flag(condition: Q) -> Case:
    if not condition:
        return Case(default=Value(1), output_field=IntegerField())
    return Case(When(condition, then=1), default=Value(0), output_field=IntegerField())
