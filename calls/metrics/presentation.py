"""How a metric is shown: label, fraction, interval, and the link to the rows that it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from calls.metrics.by_caller import Caller
from calls.metrics.definitions import CALL_METRICS, FEW_CALLS, RATES, Counts, wilson_interval
from campaigns.models import Campaign
from config.ui.charts import LinkedNumber
from config.ui.formats import in_language, number, percent, signed
from config.ui.periods import ALL_TIME, Period
from markets.models import Market, Workspace


@dataclass(frozen=True)
class MetricDefinition:
    name: str
    """In English, like `meaning`."""
    meaning: str
    over: tuple[str, str] | None = None
    """Numerator and denominator of a rate."""

    @property
    def label(self) -> str:
        return _(self.name)

    @property
    def definition(self) -> str:
        return _(self.meaning)


METRICS: dict[str, MetricDefinition] = {
    "contact_count": MetricDefinition(
        gettext_noop("Contacts"),
        gettext_noop("People in the campaign and not removed, each counted once, whatever the days of the period."),
    ),
    "calls_made": MetricDefinition(
        gettext_noop("Calls made"), gettext_noop("Outbound calls with a disposition that are not voided.")
    ),
    "conversations": MetricDefinition(gettext_noop("Conversations"), gettext_noop("Calls that reached the person.")),
    "connection_rate": MetricDefinition(
        gettext_noop("Connection rate"), gettext_noop("Conversations / calls made."), ("conversations", "calls_made")
    ),
    "meetings_booked": MetricDefinition(
        gettext_noop("Meetings booked"),
        gettext_noop("Calls made that ended with a meeting; later cancellations stay in."),
    ),
    "signals_captured": MetricDefinition(
        gettext_noop("Signals captured"), gettext_noop("Signals heard on the calls made.")
    ),
    "coverage": MetricDefinition(
        gettext_noop("Coverage"), gettext_noop("People called in the period / contacts."), ("called", "contact_count")
    ),
    "reach": MetricDefinition(
        gettext_noop("Reach"),
        gettext_noop("People spoken with in the period / people called in it."),
        ("reached", "called"),
    ),
    "called": MetricDefinition(
        gettext_noop("People called"), gettext_noop("Contacts who were called in the period, each counted once.")
    ),
    "callable": MetricDefinition(
        gettext_noop("Callable"),
        gettext_noop(
            "People to call now: not removed, closed, on the do-not-call list or off-limits, with a usable number."
        ),
    ),
}
SECONDARY_METRICS = ("coverage", "reach", "callable")
PRIMARY_METRICS = ("contact_count", "calls_made", "connection_rate", "meetings_booked", "signals_captured")
MEMBER_STATES = {
    "contact_count": "member",
    "coverage": "called",
    "called": "called",
    "reach": "reached",
    "callable": "callable",
}


CALL_FILTERS = {
    "conversations": "&conversation=yes",
    "connection_rate": "&conversation=yes",
    "meetings_booked": "&meeting=yes",
}
"""Filters of the list of calls, by metric."""


@lru_cache(maxsize=1000)
def cached_reverse(page: str, *args: str | int) -> str:
    """`reverse`, cached: hundreds of numbers on a page share a few URLs."""
    return reverse(page, args=args)


@dataclass(frozen=True)
class Scope:
    """What a number covers: a campaign, a market or the whole workspace, over a period, of all callers or one."""

    workspace: Workspace
    period: Period = ALL_TIME
    market: Market | None = None
    campaign: Campaign | None = None
    caller: Caller | None = None

    @property
    def key(self) -> str:
        """The value of `data-row` and `data-total`."""
        if self.caller:
            return self.caller.key
        if self.campaign:
            return f"campaign:{self.campaign.pk}"
        return f"market:{self.market.pk}" if self.market else f"workspace:{self.workspace.slug}"

    def list_url(self, metric: str) -> str:
        """The URL of the list whose length is the metric, or the numerator of a rate."""
        if metric in MEMBER_STATES:
            return self._people(MEMBER_STATES[metric])
        page = "signals:list" if metric == "signals_captured" else "calls:list"
        return f"{cached_reverse(page, self.workspace.slug)}?{self._calls_query}{CALL_FILTERS.get(metric, '')}"

    def people_url(self, state: str) -> str:
        """The URL of the list of people in a state."""
        return self._people(state)

    def number(self, metric: str, value: int | float | None, further: str = "") -> LinkedNumber:
        """For the table of a chart. `further` is appended to the query of the link."""
        words = percent(value) if metric in RATES else number(value)
        return LinkedNumber(metric, value, words, f"{self.list_url(metric)}{further}")

    @cached_property
    def _calls_query(self) -> str:
        query = {"counted": "yes", **self._of_calls()}
        if self.campaign:
            query["campaign"] = str(self.campaign.pk)
        elif self.market:
            query["market"] = str(self.market.pk)
        return urlencode(query)

    def _of_calls(self) -> dict[str, str]:
        return self.period.parameters() | (self.caller.parameters if self.caller else {})

    def _people(self, state: str) -> str:
        """States about calls apply to the period, other states regardless of its days."""
        of_calls = state in ("called", "reached")
        query = {"state": state} | (self._of_calls() if of_calls else self.period.as_of_params)
        if self.campaign:
            page = cached_reverse("campaigns:members", self.workspace.slug, self.campaign.pk)
            return f"{page}?{urlencode(query)}"
        if self.market:
            query["campaign_market"] = str(self.market.pk)
        return f"{cached_reverse('contacts:list', self.workspace.slug)}?{urlencode(query)}"


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
    """The difference to the period before."""

    @property
    def formatted(self) -> str:
        return percent(self.value) if self.is_rate else number(self.value)

    @property
    def change_in_words(self) -> str:
        """`+42`, or `+1.2 points` for a rate; empty without a comparison."""
        if self.change is None:
            return ""
        if self.is_rate:
            return _("%(change)s points") % {"change": in_language(f"{100 * self.change:+.1f}")}
        return signed(self.change) if self.change else "0"


def build_figure(name: str, counts: Counts, scope: Scope, before: Counts | None = None) -> Figure:
    """`counts` maps names of metrics to values; `before` has those of the period before."""
    meaning = METRICS[name]
    value, href = counts[name], scope.list_url(name)
    if meaning.over is None:
        change = (
            value - before[name] if before and name in CALL_METRICS else None
        )  # membership does not depend on the period
        return Figure(name, meaning.label, value, False, meaning.definition, href, change=change)
    numerator, denominator = (counts[part] for part in meaning.over)
    interval = _interval(numerator, denominator)
    fraction = _("%(n)s of %(all)s.") % {"n": number(numerator), "all": number(denominator)}
    title = f"{meaning.definition} {fraction}"
    is_few = name == "connection_rate" and 0 < denominator < FEW_CALLS
    if name == "connection_rate" and interval:
        title += " " + _("95 %% interval: %(interval)s.") % {"interval": interval}
    talked, called = (before[part] for part in meaning.over) if before and name == "connection_rate" else (0, 0)
    change = value - talked / called if value is not None and called else None
    return Figure(name, meaning.label, value, True, title, href, numerator, denominator, interval, is_few, change)


def build_figures(
    counts: Counts, scope: Scope, names: tuple[str, ...] = PRIMARY_METRICS, before: Counts | None = None
) -> dict[str, Figure]:
    """The figures of the names that have counts."""
    return {name: build_figure(name, counts, scope, before) for name in names if name in counts}


def _interval(numerator: int, denominator: int) -> str:
    bounds = wilson_interval(numerator, denominator)
    return in_language(f"{100 * bounds[0]:.1f}–{100 * bounds[1]:.1f} %") if bounds else ""


@dataclass(frozen=True)
class TotalRow:
    """The roll-up row of a table."""

    label: str
    scope: Scope
    counts: Counts

    def figure(self, name: str) -> Figure:
        return build_figure(name, self.counts, self.scope)


def overlap_note(rows: Sequence[Any], sorted_by: str) -> str:
    """The note under rows sorted by connection rate if their intervals overlap, else an empty string."""
    if sorted_by.removeprefix("-") != "connection_rate":
        return ""
    found = (wilson_interval(row.metrics["conversations"], row.metrics["calls_made"]) for row in rows)
    known = [bounds for bounds in found if bounds]
    if not any(one[0] <= two[1] and two[0] <= one[1] for one, two in pairwise(known)):
        return ""
    # xgettext:no-python-format
    return _("The 95 % intervals of neighbouring connection rates overlap: not a ranking.")
