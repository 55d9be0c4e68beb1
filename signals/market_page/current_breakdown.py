"""The current signals of a market or a workspace: counts by value, by freshness and by firm.

The current signal of a contact and a type is the newest one. It counts for the market where it was captured.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.db.models import Count, F, Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from calls.metrics.presentation import cached_reverse
from config.ui.charts import Segment, Stack, looks_of, stacked_bar
from markets.contacts.largest_groups import largest_groups
from markets.models import Market, Workspace
from signals.capture.vocabulary import QUESTIONS, VALUES, SignalType
from signals.models import FRESHNESS

FRESHNESS_LOOKS = ("s5", "s3", "s1")
"""The looks of fresh, ageing and stale signals."""
EXCEPTIONAL = {"Unstable", "Firm Instability"}
NOT_SAID = {"Unknown", "Declined to Say", "Other"}
"""Values that say nothing: they are drawn as outlines, and not as the least or the worst of the others."""
UNORDERED = {SignalType.MOTIVATION_DRIVER}
_quote = cache(quote_plus)
FIRM_TYPES = (SignalType.FIRM_STABILITY, SignalType.MOVEMENT_STATE)
MIN_CONTACTS = 3
"""A firm is shown only with signals of at least this many contacts; with fewer, it would reveal who said what."""


@dataclass(frozen=True)
class TypeBreakdown:
    """The current signals of one type, by value."""

    type: str
    label: str
    question: str
    href: str
    bar: Stack


@dataclass(frozen=True)
class CurrentBreakdown:
    """The current signals of each type by value, and of all types by freshness."""

    answers: Sequence[TypeBreakdown]
    freshness: Stack

    @property
    def fresh_share(self) -> float | None:
        fresh = sum(part.value for part in self.freshness.parts if part.look == FRESHNESS_LOOKS[0])
        return fresh / self.freshness.total if self.freshness.total else None


@dataclass(frozen=True)
class FirmBreakdown:
    name: str
    answers: Sequence[TypeBreakdown]


def current_signals_url(workspace: Workspace, market: Market | None, **query: str) -> str:
    """The URL of the list of current signals of a market, or of all markets; `query` adds filters."""
    in_market = {"market": str(market.pk)} if market else {}
    parameters = {**in_market, "counted": "yes", "current": "yes", **query}
    return f"{cached_reverse('signals:list', workspace.slug)}?{urlencode(parameters)}"


def current_breakdown(workspace: Workspace, market: Market | None, signals: Any) -> CurrentBreakdown:
    """Counts the current signals by value and by freshness in one query."""
    ages = {name: Count("contact", filter=condition(signals.at or now())) for name, condition in FRESHNESS.items()}
    rows = signals.order_by().values("type", "value").annotate(people=Count("contact"), **ages)
    counts = {(row["type"], row["value"]): row["people"] for row in rows}
    parts = []
    for age, look in zip(FRESHNESS, FRESHNESS_LOOKS, strict=True):
        href = current_signals_url(workspace, market, freshness=age, **signals.as_of_params)
        parts.append(Segment(_(age), sum(row[age] for row in rows), look, href))
    answers = [_type_breakdown(workspace, market, type_, counts, **signals.as_of_params) for type_ in SignalType]
    return CurrentBreakdown(
        [each for each in answers if each.bar.total], stacked_bar(_("Age of the current signals"), parts)
    )


def _type_breakdown(
    workspace: Workspace, market: Market | None, type_: str, counts: dict[tuple[str, str], int], **query: str
) -> TypeBreakdown:
    href = current_signals_url(workspace, market, type=type_, **query)
    looks = value_looks(VALUES[type_], is_ordered=type_ not in UNORDERED)
    parts = [
        Segment(_(value), counts.get((type_, value), 0), look, f"{href}&value={_quote(value)}")
        for value, look in looks.items()
    ]
    label = str(SignalType(type_).label)
    return TypeBreakdown(type_, label, _(QUESTIONS[type_]), href, stacked_bar(label, parts))


def value_looks(values: Sequence[str], *, is_ordered: bool) -> dict[str, str]:
    """The look of each value of a type, in their order."""
    return looks_of(values, is_ordered=is_ordered, neutral=NOT_SAID, exceptions=EXCEPTIONAL)


def firm_breakdowns(workspace: Workspace, market: Market, signals: Any) -> list[FirmBreakdown]:
    """Current signals of FIRM_TYPES by the contacts' current firm; the firms with the most contacts come first."""
    rows = signals.filter(type__in=FIRM_TYPES).exclude(contact__firm="").order_by()
    # A contact with signals of both types counts once, by the signal on firm stability.
    with_stability = signals.filter(type=SignalType.FIRM_STABILITY).order_by().values("contact")
    first_of_contact = Q(type=SignalType.FIRM_STABILITY) | ~Q(contact__in=with_stability)
    rows = rows.values("type", "value", firm=F("contact__firm"))
    rows = rows.annotate(signals=Count("contact"), people=Count("contact", filter=first_of_contact))
    contacts: Counter[str] = Counter()
    counts: defaultdict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for row in rows:
        contacts[row["firm"]] += row["people"]
        counts[row["firm"]][row["type"], row["value"]] = row["signals"]

    def answers(firm: str) -> list[TypeBreakdown]:
        query = {"firm": firm, **signals.as_of_params}
        return [_type_breakdown(workspace, market, type_, counts[firm], **query) for type_ in FIRM_TYPES]

    names = largest_groups({firm: count for firm, count in contacts.items() if count >= MIN_CONTACTS})
    return [FirmBreakdown(name, answers(name)) for name in names]
