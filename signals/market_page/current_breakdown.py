"""What a market, or a whole workspace, says now: current signals by value, how fresh they are, and how people find
their firms.

A person's current signal of a type is their newest; it speaks for the market where it was heard.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.db.models import Count, F, Q
from django.utils.timezone import now

from calls.metrics.presentation import cached_reverse
from config.ui.charts import Segment, Stack, stacked_bar
from markets.contacts.largest_groups import largest_groups
from markets.models import Market, Workspace
from signals.capture.vocabulary import QUESTIONS, VALUES, SignalType
from signals.models import FRESHNESS

EXCEPTIONAL = {"Declined to Say", "Unstable", "Firm Instability"}
WATCHED = (SignalType.FIRM_STABILITY, SignalType.MOVEMENT_STATE)
MIN_CONTACTS = 3
"""So many people of a firm were heard before it shows: of fewer it would say who said what."""


@dataclass(frozen=True)
class TypeBreakdown:
    """What people say to one question now."""

    label: str
    question: str
    href: str
    bar: Stack


@dataclass(frozen=True)
class CurrentBreakdown:
    """Everything that is said, and of all of it how much is fresh, ageing and stale."""

    answers: Sequence[TypeBreakdown]
    freshness: Stack

    @property
    def fresh_share(self) -> float | None:
        fresh = sum(part.value for part in self.freshness.parts if part.look == "t4")
        return fresh / self.freshness.total if self.freshness.total else None


@dataclass(frozen=True)
class FirmBreakdown:
    name: str
    answers: Sequence[TypeBreakdown]


def current_signals_url(workspace: Workspace, market: Market | None, **query: str) -> str:
    """The address of the current signals of a market, or of all, that `query` narrows."""
    of_market = {"market": str(market.pk)} if market else {}
    asked = {**of_market, "counted": "yes", "current": "yes", **query}
    return f"{cached_reverse('signals:list', workspace.slug)}?{urlencode(asked)}"


def current_breakdown(workspace: Workspace, market: Market | None, signals: Any) -> CurrentBreakdown:
    """Each person's newest signal of each type (`signals`), counted by value and by age in one look."""
    ages = {name: Count("contact", filter=condition(signals.at or now())) for name, condition in FRESHNESS.items()}
    rows = signals.order_by().values("type", "value").annotate(people=Count("contact"), **ages)
    found = {(row["type"], row["value"]): row["people"] for row in rows}
    looks = zip(FRESHNESS, ("t4", "t2", "t1"), strict=True)
    parts = []
    for age, look in looks:
        href = current_signals_url(workspace, market, freshness=age, **signals.as_of_params)
        parts.append(Segment(age, sum(row[age] for row in rows), look, href))
    answers = [_type_breakdown(workspace, market, type_, found, **signals.as_of_params) for type_ in SignalType]
    return CurrentBreakdown(
        [each for each in answers if each.bar.total], stacked_bar("Age of the current signals", parts)
    )


def _type_breakdown(
    workspace: Workspace, market: Market | None, type_: str, found: dict[tuple[str, str], int], **query: str
) -> TypeBreakdown:
    parts, values = [], VALUES[type_]
    href = current_signals_url(workspace, market, type=type_, **query)
    for place, value in enumerate(values):
        look = "t0" if value in EXCEPTIONAL else f"t{1 + round(3 * place / (len(values) - 1))}"
        parts.append(Segment(value, found.get((type_, value), 0), look, f"{href}&value={quote_plus(value)}"))
    label = SignalType(type_).label
    return TypeBreakdown(label, QUESTIONS[type_], href, stacked_bar(label, parts))


def firm_breakdowns(workspace: Workspace, market: Market, signals: Any) -> list[FirmBreakdown]:
    """Stability and movement, of what `signals` say now, by the firm where people are now; most heard first."""
    rows = signals.filter(type__in=WATCHED).exclude(contact__firm="").order_by()
    judges = signals.filter(type=SignalType.FIRM_STABILITY).order_by().values("contact")
    once = Q(type=SignalType.FIRM_STABILITY) | ~Q(contact__in=judges)
    rows = rows.values("type", "value", firm=F("contact__firm"))
    found = rows.annotate(signals=Count("contact"), people=Count("contact", filter=once))
    people: Counter[str] = Counter()
    said: defaultdict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for row in found:
        people[row["firm"]] += row["people"]
        said[row["firm"]][row["type"], row["value"]] = row["signals"]

    def answers(firm: str) -> list[TypeBreakdown]:
        narrowed = {"firm": firm, **signals.as_of_params}
        return [_type_breakdown(workspace, market, type_, said[firm], **narrowed) for type_ in WATCHED]

    names = largest_groups({firm: heard for firm, heard in people.items() if heard >= MIN_CONTACTS})
    return [FirmBreakdown(name, answers(name)) for name in names]
