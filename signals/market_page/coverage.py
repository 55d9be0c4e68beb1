"""Coverage of a market's landscape: contacts in it, in a campaign, called and reached, by firm, seniority or city."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Case, F, Max, Q, QuerySet, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from calls.metrics.definitions import CONTACT_METRICS, contact_sources
from calls.metrics.presentation import cached_reverse
from campaigns.models import CampaignContact
from config.ui.periods import Period
from markets.contacts.largest_groups import largest_groups
from markets.models import Market, MarketContact, Workspace

OUTSIDE_LANDSCAPE: Any = None
"""The group of contacts who are in the market's campaigns but not in its landscape."""
DIMENSIONS = {"firm": gettext_noop("Firm"), "seniority": gettext_noop("Seniority"), "city": gettext_noop("City")}
STATES = {"landscape": "", "contact_count": "member", "called": "called", "reached": "reached"}
"""The counts, and for each the value of the filter `state` that lists its contacts."""


@dataclass(frozen=True)
class CoverageGroup:
    """The contacts of one firm, for example. `counts` has the name, the count and the URL of the rows of each count."""

    key: str
    label: str
    counts: Sequence[tuple[str, int, str]]


@dataclass(frozen=True)
class Coverage:
    by: str
    groups: Sequence[CoverageGroup]
    people: dict[str, int]
    """The counts of CONTACT_METRICS of the market's campaigns, for contacts inside and outside its landscape."""
    by_campaign: dict[int, dict[str, int]]
    """The same counts of each campaign that has members, by its id."""
    whole: CoverageGroup
    """The landscape as one group."""
    problem: str = ""
    choices: Sequence[tuple[str, str]] = field(
        default_factory=lambda: [(by, _(label)) for by, label in DIMENSIONS.items()]
    )

    @property
    def label(self) -> str:
        return _(DIMENSIONS[self.by])

    @property
    def landscape(self) -> int:
        """The contacts of all groups."""
        return next(count for state, count, _ in self.whole.counts if state == "landscape")


def coverage(
    workspace: Workspace, market: Market, campaigns: Collection[int], period: Period, dimension: str
) -> Coverage:
    """Coverage by `dimension` (default: firm): the largest groups, then one group for the rest.

    `campaigns` are the ids of the market's campaigns. With literal ids the database plans better than with a join.
    """
    by = dimension if dimension in DIMENSIONS else "firm"
    problem = _("The landscape cannot be shown by “%(by)s”; choose firm, seniority or city.") % {"by": dimension[:40]}
    states, statement = _count_query(workspace, market, campaigns, period, by)
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        rows = cursor.fetchall()
    by_campaign = {campaign: dict(zip(states, counts, strict=True)) for campaign, _, *counts in rows if campaign}
    grouped = [(name, counts) for campaign, name, *counts in rows if not campaign]
    selected = {state: Counter({name: counts[index] for name, counts in grouped}) for index, state in enumerate(states)}
    counts = {state: selected.get(state, Counter()) for state in STATES}
    contact_counts = {state: counts[state].total() for state in CONTACT_METRICS}
    for by_name in counts.values():
        by_name.pop(OUTSIDE_LANDSCAPE, None)
    largest = largest_groups(counts["landscape"])
    rest = [name for name in counts["landscape"] if name not in largest]
    rows_url = f"{cached_reverse('contacts:list', workspace.slug)}?{urlencode({'market': market.pk})}"
    filters = {state: _state_filter(market, period, state) for state in STATES}

    def group(key: str, label: str, names: list[str], query: dict[str, str]) -> CoverageGroup:
        sums = [(state, sum(counts[state][name] for name in names)) for state in STATES]
        url = f"{rows_url}&{urlencode(query)}" if query else rows_url
        return CoverageGroup(key, label, [(state, count, f"{url}{filters[state]}") for state, count in sums])

    groups = [group(f"{by}:{index}", name, [name], {by: name}) for index, name in enumerate(largest)]
    others = group(f"{by}:others", _("Other or unknown"), rest, {"others": by})
    if others.counts[0][1]:
        groups.append(others)
    whole = group("landscape", _("Landscape"), list(counts["landscape"]), {})
    return Coverage(by, groups, contact_counts, by_campaign, whole, "" if dimension in ("", by) else problem)


def _count_query(
    workspace: Workspace, market: Market, campaigns: Collection[int], period: Period, by: str
) -> tuple[Sequence[str], tuple[str, list[Any]]]:
    """The counted states, and a query with its parameters that returns a campaign, a name and these counts: one row for
    each group (without a campaign) and one for each campaign (without a name).

    A group counts each contact once. The query reads the landscape and each source of the contact metrics
    (calls.metrics.definitions.contact_sources) once, and joins them by contact; the ORM has neither FULL JOIN nor WITH.
    """
    # Filtering by the contact's workspace allows an index-only scan of the contacts by firm.
    landscape = MarketContact.objects.as_of(workspace, period.as_of).filter(contact__workspace=workspace, market=market)
    named, parameters = _compile(landscape.order_by().values("contact", name=F(f"contact__{by}")), "landscape")
    if not campaigns:
        return ["landscape"], (f"SELECT NULL, name, count(name) FROM {named} GROUP BY name", parameters)  # noqa: S608
    sources = contact_sources(workspace, period)
    members, of_members = _members(sources, campaigns)
    levels = [f"level_{index}" for index in range(len(sources))]
    counts = [
        f"count(*) FILTER (WHERE {level} > {passed})"
        for level, (_, conditions) in zip(levels, sources, strict=True)
        for passed in range(len(conditions))
    ]
    highest = ", ".join(f"max({level}) AS {level}" for level in levels)
    contacts = f"(SELECT contact, {highest} FROM members GROUP BY contact) contacts"  # noqa: S608
    sql = (
        f"WITH members AS ({members}) "  # noqa: S608
        f"SELECT NULL, name, count(name), {', '.join(counts)} FROM {named} FULL JOIN {contacts} USING (contact) "
        f"GROUP BY name UNION ALL SELECT campaign, NULL, 0, {', '.join(counts)} FROM members GROUP BY campaign"
    )
    return ["landscape", *(name for _, conditions in sources for name in conditions)], (sql, of_members + parameters)


def _members(sources: Any, campaigns: Collection[int]) -> tuple[str, list[Any]]:
    """The SQL of one row for each contact and campaign with the level in each source, and its parameters."""
    tables, parameters = [], []
    for index, (rows, conditions) in enumerate(sources):
        level = _level(conditions.values())
        is_one_row_each = rows.model is CampaignContact
        of_source = rows.filter(campaign__in=campaigns).order_by().values("contact", "campaign")
        of_source = of_source.annotate(**{f"level_{index}": level if is_one_row_each else Max(level)})
        table, of_table = _compile(of_source, f"source_{index}")
        tables.append(table)
        parameters += of_table
    return f"SELECT * FROM {' FULL JOIN '.join(tables)}{' USING (contact, campaign)' * (len(tables) - 1)}", parameters  # noqa: S608


def _level(conditions: Iterable[Q]) -> Any:
    """How many of the conditions a row meets. Each condition implies the ones before it."""
    return reduce(add, (Case(When(condition, then=1), default=0) for condition in conditions))


def _compile(rows: QuerySet[Any, Any], alias: str) -> tuple[str, list[Any]]:
    """The SQL of a query as a table expression with this alias, and its parameters."""
    sql, parameters = rows.query.sql_with_params()
    return f"({sql}) {alias}", list(parameters)


def _state_filter(market: Market, period: Period, state: str) -> str:
    """The end of the URL of the rows that a group counts in a state."""
    query = dict(period.as_of_params)
    if STATES[state]:
        query |= {"campaign_market": str(market.pk), "state": STATES[state]}
    if state in ("called", "reached"):
        query |= period.parameters()
    return f"&{urlencode(query)}" if query else ""
