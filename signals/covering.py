"""How far a market's landscape is covered: by firm, seniority or city, who is in it, in a campaign, called, reached."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.urls import reverse

from calls.metrics import called_in, members_of, reached_in
from config.ui.periods import Period
from markets.grouping import largest
from markets.models import Market, MarketContact, Workspace

DIMENSIONS = {"firm": "Firm", "seniority": "Seniority", "city": "City"}
STATES = {"landscape": "", "contact_count": "member", "called": "called", "reached": "reached"}
"""What is counted, and the state that lists those people."""


@dataclass(frozen=True)
class Covered:
    """The people of one firm, say; each count with the address of its rows."""

    key: str
    label: str
    counts: Sequence[tuple[str, int, str]]


@dataclass(frozen=True)
class Coverage:
    by: str
    groups: Sequence[Covered]
    problem: str = ""
    choices: Sequence[tuple[str, str]] = field(default_factory=lambda: list(DIMENSIONS.items()))

    @property
    def label(self) -> str:
        return DIMENSIONS[self.by]

    @property
    def landscape(self) -> int:
        """How many people all groups have."""
        return sum(people for group in self.groups for state, people, _ in group.counts if state == "landscape")


def coverage(workspace: Workspace, market: Market, period: Period, asked: str) -> Coverage:
    """By what was asked for, or by firm: the groups with most people, then all others and those without one."""
    by = asked if asked in DIMENSIONS else "firm"
    problem = f"The landscape cannot be shown by “{asked[:40]}”; choose firm, seniority or city."
    counted = _counts(workspace, market, period, by)
    top = largest(counted["landscape"])
    rest = [name for name in counted["landscape"] if name not in top]

    def covered(key: str, label: str, names: list[str], query: dict[str, str]) -> Covered:
        sums = [(state, sum(counted[state][name] for name in names)) for state in STATES]
        parts = [(state, people, _rows(workspace, market, period, state, query)) for state, people in sums]
        return Covered(key, label, parts)

    groups = [covered(f"{by}:{place}", name, [name], {by: name}) for place, name in enumerate(top)]
    others = covered(f"{by}:others", "Others, and not given", rest, {"others": by})
    return Coverage(by, [*groups, *([others] if others.counts[0][1] else [])], "" if asked in ("", by) else problem)


def _counts(workspace: Workspace, market: Market, period: Period, by: str) -> dict[str, Counter[str]]:
    """Of each group by its name, how many people are in each state. One look at the landscape, each person once."""
    members = members_of(workspace, period).filter(campaign__market=market)
    called, reached = members.filter(called_in(workspace, period)), members.filter(reached_in(workspace, period))
    who = {"contact_count": members, "called": called, "reached": reached}
    counts = {state: Count("contact", filter=Q(contact__in=people.values("contact"))) for state, people in who.items()}
    # The workspace is asked of the people, whose index by firm then tells it all.
    landscape = MarketContact.objects.known(workspace, period.as_of).filter(contact__workspace=workspace, market=market)
    groups: Any = landscape.order_by().values(name=F(f"contact__{by}"))
    rows = list(groups.annotate(landscape=Count("contact"), **counts))
    return {state: Counter({row["name"]: row[state] for row in rows}) for state in STATES}


def _rows(workspace: Workspace, market: Market, period: Period, state: str, group: dict[str, str]) -> str:
    query = {"market": str(market.pk), **group, **period.knowledge}
    if STATES[state]:
        query |= {"campaign_market": str(market.pk), "state": STATES[state]}
    if state in ("called", "reached"):
        query |= period.parameters()
    return f"{reverse('contacts:list', args=[workspace.slug])}?{urlencode(query)}"
