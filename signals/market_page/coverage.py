"""How far a market's landscape is covered: by firm, seniority or city, who is in it, in a campaign, called, reached."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Case, F, Max, Q, QuerySet, When

from calls.metrics.definitions import CONTACT_METRICS, contact_sources
from calls.metrics.presentation import cached_reverse
from config.ui.periods import Period
from markets.contacts.largest_groups import largest_groups
from markets.models import Market, MarketContact, Workspace

NOWHERE: Any = None
"""The name of no group."""
DIMENSIONS = {"firm": "Firm", "seniority": "Seniority", "city": "City"}
STATES = {"landscape": "", "contact_count": "member", "called": "called", "reached": "reached"}
"""What is counted, and the state that lists those people."""


@dataclass(frozen=True)
class CoverageGroup:
    """The people of one firm, say; each count with the address of its rows."""

    key: str
    label: str
    counts: Sequence[tuple[str, int, str]]


@dataclass(frozen=True)
class Coverage:
    by: str
    groups: Sequence[CoverageGroup]
    people: dict[str, int]
    """Contacts in the market's campaigns by name of CONTACT_METRICS, inside its landscape or not."""
    problem: str = ""
    choices: Sequence[tuple[str, str]] = field(default_factory=lambda: list(DIMENSIONS.items()))

    @property
    def label(self) -> str:
        return DIMENSIONS[self.by]

    @property
    def landscape(self) -> int:
        """How many people all groups have."""
        return sum(count for group in self.groups for state, count, _ in group.counts if state == "landscape")


def coverage(workspace: Workspace, market: Market, campaigns: Collection[int], period: Period, asked: str) -> Coverage:
    """By what was asked for, or by firm: the groups with most people, then all others and those without one.

    `campaigns` are those of the market, by id: told which they are the database plans better.
    """
    by = asked if asked in DIMENSIONS else "firm"
    problem = f"The landscape cannot be shown by “{asked[:40]}”; choose firm, seniority or city."
    states, statement = _counts(workspace, market, campaigns, period, by)
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        rows = cursor.fetchall()
    found = {state: Counter({row[0]: row[place] for row in rows}) for place, state in enumerate(states, 1)}
    counted = {state: found.get(state, Counter()) for state in STATES}
    everybody = {state: counted[state].total() for state in CONTACT_METRICS}
    for counts in counted.values():
        counts.pop(NOWHERE, None)
    top = largest_groups(counted["landscape"])
    rest = [name for name in counted["landscape"] if name not in top]

    def covered(key: str, label: str, names: list[str], query: dict[str, str]) -> CoverageGroup:
        sums = [(state, sum(counted[state][name] for name in names)) for state in STATES]
        parts = [(state, count, _rows(workspace, market, period, state, query)) for state, count in sums]
        return CoverageGroup(key, label, parts)

    groups = [covered(f"{by}:{place}", name, [name], {by: name}) for place, name in enumerate(top)]
    others = covered(f"{by}:others", "Others, and not given", rest, {"others": by})
    shown = [*groups, *([others] if others.counts[0][1] else [])]
    return Coverage(by, shown, everybody, "" if asked in ("", by) else problem)


def _counts(
    workspace: Workspace, market: Market, campaigns: Collection[int], period: Period, by: str
) -> tuple[Sequence[str], tuple[str, list[Any]]]:
    """Which states there are, and a query of the groups: its name, and how many people are in each state; each person
    once. Who is in the campaigns and not in the landscape is NOWHERE.

    The landscape and what is counted over (calls.metrics.definitions.people) are each read once and joined by
    person, which the
    ORM has no words for.
    """
    # The workspace is asked of the people, whose index by firm then tells it all.
    landscape = MarketContact.objects.as_of(workspace, period.as_of).filter(contact__workspace=workspace, market=market)
    joined, parameters = _compiled(landscape.order_by().values("contact", name=F(f"contact__{by}")), "landscape")
    columns, states = ["count(name)"], ["landscape"]
    for place, (heads, who) in enumerate(contact_sources(workspace, period) if campaigns else []):
        theirs = heads.filter(campaign__in=campaigns).order_by().values("contact")
        sql, more = _compiled(theirs.annotate(level=_level(who.values())), f"p{place}")
        joined += f" FULL JOIN {sql} USING (contact)"
        parameters += more
        columns += [f"count(*) FILTER (WHERE p{place}.level > {level})" for level in range(len(who))]
        states += who
    return states, (f"SELECT name, {', '.join(columns)} FROM {joined} GROUP BY name", parameters)  # noqa: S608


def _level(conditions: Iterable[Q]) -> Max:
    """How many of the conditions hold for somebody, of which each implies those before it."""
    return Max(reduce(add, (Case(When(each, then=1), default=0) for each in conditions)))


def _compiled(rows: QuerySet[Any, Any], name: str) -> tuple[str, list[Any]]:
    """A query as a table of that name in SQL, and its parameters."""
    sql, parameters = rows.query.sql_with_params()
    return f"({sql}) {name}", list(parameters)


def _rows(workspace: Workspace, market: Market, period: Period, state: str, group: dict[str, str]) -> str:
    query = {"market": str(market.pk), **group, **period.as_of_params}
    if STATES[state]:
        query |= {"campaign_market": str(market.pk), "state": STATES[state]}
    if state in ("called", "reached"):
        query |= period.parameters()
    return f"{cached_reverse('contacts:list', workspace.slug)}?{urlencode(query)}"
