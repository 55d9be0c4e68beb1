"""How a metric is shown: its words, its fraction, its interval, and the link to the rows that it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from calls.metrics.by_caller import Caller
from calls.metrics.definitions import FEW_CALLS, FLOWS, RATES, wilson_interval
from campaigns.models import Campaign
from config.ui.charts import Number
from config.ui.formats import percent
from config.ui.periods import ALL_TIME, Period
from markets.models import Market, Workspace


@dataclass(frozen=True)
class Meaning:
    label: str
    definition: str
    over: tuple[str, str] | None = None
    """Numerator and denominator of a rate."""


METRICS: dict[str, Meaning] = {
    "contact_count": Meaning(
        "Contacts", "People in the campaign and not removed, each counted once, whatever the days of the period."
    ),
    "calls_made": Meaning("Calls made", "Outbound calls with a disposition that are not voided."),
    "conversations": Meaning("Conversations", "Calls made that came to a conversation with the person."),
    "connection_rate": Meaning("Connection rate", "Conversations / calls made.", ("conversations", "calls_made")),
    "meetings_booked": Meaning("Meetings booked", "Calls made that ended with a meeting; later cancellations stay in."),
    "signals_captured": Meaning("Signals captured", "Signals heard on the calls made."),
    "coverage": Meaning("Coverage", "People called in the period / contacts.", ("called", "contact_count")),
    "reach": Meaning("Reach", "People spoken with in the period / people called in it.", ("reached", "called")),
    "called": Meaning("People called", "Contacts who were called in the period, each counted once."),
    "callable": Meaning(
        "Callable",
        "People not removed, closed or suppressed, with a usable number: what the queue still holds now.",
    ),
}
FURTHER = ("coverage", "reach", "callable")
FIVE = ("contact_count", "calls_made", "connection_rate", "meetings_booked", "signals_captured")
MEMBER_STATES = {
    "contact_count": "member",
    "coverage": "called",
    "called": "called",
    "reach": "reached",
    "callable": "callable",
}


@lru_cache(maxsize=1000)
def address(page: str, *args: str | int) -> str:
    """Every number on a page asks for one of a few."""
    return reverse(page, args=args)


@dataclass(frozen=True)
class Scope:
    """What a number is about: a campaign, a market, or the whole workspace, over a period; all calls or a caller's."""

    workspace: Workspace
    period: Period = ALL_TIME
    market: Market | None = None
    campaign: Campaign | None = None
    caller: Caller | None = None

    @property
    def key(self) -> str:
        """As `data-row` and `data-total` name it."""
        if self.caller:
            return self.caller.key
        if self.campaign:
            return f"campaign:{self.campaign.pk}"
        return f"market:{self.market.pk}" if self.market else f"workspace:{self.workspace.slug}"

    def rows_of(self, metric: str) -> str:
        """The address of the list whose length is the metric (of a rate: its numerator)."""
        if metric in MEMBER_STATES:
            return self._people(MEMBER_STATES[metric])
        query = {"counted": "yes", **self._of_calls()}
        if self.campaign:
            query["campaign"] = str(self.campaign.pk)
        elif self.market:
            query["market"] = str(self.market.pk)
        if metric in ("conversations", "connection_rate"):
            query["conversation"] = "yes"
        if metric == "meetings_booked":
            query["meeting"] = "yes"
        page = "signals:list" if metric == "signals_captured" else "calls:list"
        return f"{address(page, self.workspace.slug)}?{urlencode(query)}"

    def number(self, metric: str, value: int | float | None, further: str = "") -> Number:
        """For the table of a chart. `further` is what else its rows are narrowed by, as the end of a query."""
        words = percent(value) if metric in RATES else f"{value:,}"
        return Number(metric, value, words, f"{self.rows_of(metric)}{further}")

    def _of_calls(self) -> dict[str, str]:
        return self.period.parameters() | (self.caller.parameters if self.caller else {})

    def _people(self, state: str) -> str:
        """Whoever was called or spoken with was so in the period; the others are so whatever its days."""
        of_calls = state in ("called", "reached")
        query = {"state": state} | (self._of_calls() if of_calls else self.period.as_of_params)
        if self.campaign:
            page = address("campaigns:members", self.workspace.slug, self.campaign.pk)
            return f"{page}?{urlencode(query)}"
        if self.market:
            query["campaign_market"] = str(self.market.pk)
        return f"{address('contacts:list', self.workspace.slug)}?{urlencode(query)}"


@dataclass(frozen=True)
class Figure:
    """One number, ready for components/metric.html."""

    name: str
    label: str
    value: int | float | None
    is_rate: bool
    title: str
    href: str
    numerator: int = 0
    denominator: int = 0
    interval: str = ""
    is_few: bool = False
    change: int | float | None = None
    """By how much it is more than in the period before."""

    @property
    def change_in_words(self) -> str:
        """`+42`, and of a rate `+1.2 points`; nothing where there is nothing to compare."""
        if self.change is None:
            return ""
        return f"{100 * self.change:+.1f} points" if self.is_rate else f"{self.change:+,}" if self.change else "0"


def figure(name: str, counts: Mapping[str, Any], scope: Scope, before: Mapping[str, Any] | None = None) -> Figure:
    """`counts` has the metrics by name, and `before` those of the period before."""
    meaning = METRICS[name]
    value, href = counts[name], scope.rows_of(name)
    if meaning.over is None:
        change = value - before[name] if before and name in FLOWS else None  # who is a member is no flow
        return Figure(name, meaning.label, value, False, meaning.definition, href, change=change)
    numerator, denominator = (counts[part] for part in meaning.over)
    interval = _interval(numerator, denominator)
    title = f"{meaning.definition} {numerator:,} of {denominator:,}."
    is_few = name == "connection_rate" and 0 < denominator < FEW_CALLS
    if name == "connection_rate" and interval:
        title += f" 95 % interval: {interval}."
    talked, called = (before[part] for part in meaning.over) if before and name == "connection_rate" else (0, 0)
    change = value - talked / called if value is not None and called else None
    return Figure(name, meaning.label, value, True, title, href, numerator, denominator, interval, is_few, change)


def figures(
    counts: Mapping[str, Any], scope: Scope, names: tuple[str, ...] = FIVE, before: Any = None
) -> dict[str, Figure]:
    """Those of the names that there are counts for."""
    return {name: figure(name, counts, scope, before) for name in names if name in counts}


def _interval(numerator: int, denominator: int) -> str:
    bounds = wilson_interval(numerator, denominator)
    return f"{100 * bounds[0]:.1f}–{100 * bounds[1]:.1f} %" if bounds else ""


@dataclass(frozen=True)
class Total:
    """The roll-up row of a table."""

    label: str
    scope: Scope
    counts: Mapping[str, Any]

    def figure(self, name: str) -> Figure:
        return figure(name, self.counts, self.scope)


def overlap_note(rows: Sequence[Any], sorted_by: str) -> str:
    """What to say under rows with `metrics`, in their order, where it is no ranking: "" where it is one, or none."""
    if sorted_by.removeprefix("-") != "connection_rate":
        return ""
    found = (wilson_interval(row.metrics["conversations"], row.metrics["calls_made"]) for row in rows)
    known = [bounds for bounds in found if bounds]
    if not any(one[0] <= two[1] and two[0] <= one[1] for one, two in pairwise(known)):
        return ""
    return "The 95 % intervals of neighbouring connection rates overlap: not a ranking."
