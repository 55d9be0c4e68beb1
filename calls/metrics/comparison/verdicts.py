"""Says of each metric whether campaigns differ by more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _

from calls.metrics.comparison.statistics import count_interval, count_ratio, rate_difference, z_score
from calls.metrics.definitions import FEW_CALLS, Counts
from calls.metrics.presentation import METRICS, Figure, Scope, build_figure
from config.ui.formats import number

COMPARED = ("contact_count", "calls_made", "connection_rate", "meetings_booked", "signals_captured", "coverage")
PER_PERSON = {"calls_made", "meetings_booked", "signals_captured"}
"""Counts compared as Poisson rates per person."""
MOST_NAMED = 2
"""Differences named beside a metric; the table of all pairs has the others."""


class Verdict(Enum):
    DIFFERENT = "different"
    CHANCE = "chance"
    FEW = "few"


@dataclass(frozen=True)
class Side:
    """A campaign with its name in sentences and its counts."""

    name: str
    counts: Counts
    scope: Scope


@dataclass(frozen=True)
class Pair:
    """What can be said of two campaigns in one metric."""

    names: str
    verdict: Verdict
    words: str


@dataclass(frozen=True)
class ComparedMetric:
    name: str
    label: str
    title: str
    figures: Sequence[Figure]
    notes: Sequence[str]
    """Per campaign, below its figure."""
    pairs: Sequence[Pair]
    words: str


def compare_metrics(sides: Sequence[Side]) -> list[ComparedMetric]:
    return [_compared(name, sides) for name in COMPARED]


def _compared(name: str, sides: Sequence[Side]) -> ComparedMetric:
    figures = [build_figure(name, side.counts, side.scope) for side in sides]
    pairs = [] if name == "contact_count" else list(_pairs(name, sides))
    words = _("Chosen, not measured") if name == "contact_count" else _summary(pairs)
    meaning = METRICS[name]
    notes = [_note(figure, side.counts) for figure, side in zip(figures, sides, strict=True)]
    return ComparedMetric(name, meaning.label, meaning.definition, figures, notes, pairs, words)


def _note(figure: Figure, counts: Counts) -> str:
    people = counts["contact_count"]
    if figure.is_rate:
        if not figure.denominator:
            return ""
        fraction = _("%(n)s of %(all)s") % {"n": number(figure.numerator), "all": number(figure.denominator)}
        return " · ".join([fraction, figure.interval, *([_("few calls")] if figure.is_few else [])])
    if figure.name in PER_PERSON and people:
        low, high = (bound / people for bound in count_interval(int(figure.value or 0)))
        rate = _("%(rate)s per person") % {"rate": number((figure.value or 0) / people, 2)}
        return f"{rate} · {number(low, 2)}–{number(high, 2)}"
    return ""


def _pairs(name: str, sides: Sequence[Side]) -> Any:
    z = z_score(len(sides) * (len(sides) - 1) // 2)
    compare = _compare_counts if name in PER_PERSON else _compare_rates
    for one, other in combinations(sides, 2):
        yield compare(name, one, other, z)


def _compare_rates(name: str, one: Side, other: Side, z: float) -> Pair:
    numerator, denominator = METRICS[name].over or ("", "")
    first, second = ((side.counts[numerator], side.counts[denominator]) for side in (one, other))
    if min(first[1], second[1]) < FEW_CALLS:
        return _few(one, other, _("few calls") if name == "connection_rate" else _("few people"))
    low, high = rate_difference(first, second, z)
    if low <= 0 <= high:
        return _chance(one, other)
    difference = first[0] / first[1] - second[0] / second[1]
    ends = sorted(abs(100 * end) for end in (low, high))
    by = _("by %(points)s points (%(low)s to %(high)s)") % {
        "points": number(abs(100 * difference), 1),
        "low": number(ends[0], 1),
        "high": number(ends[1], 1),
    }
    return _different(one, other, difference > 0, by)


def _compare_counts(name: str, one: Side, other: Side, z: float) -> Pair:
    first, second = ((side.counts[name], side.counts["contact_count"]) for side in (one, other))
    if min(first[1], second[1]) < FEW_CALLS:
        return _few(one, other, _("few people"))
    low, high = count_ratio(first, second, z)
    if low <= 1 <= high:
        return _chance(one, other)
    is_more = low > 1
    rates = sorted((count / people for count, people in (first, second)), reverse=True)
    if rates[1]:
        times = _("%(times)s times as many per person") % {"times": number(rates[0] / rates[1], 1)}
    else:
        times = _("with none per person in the other")
    return _different(one, other, is_more, f"({times})")


def _different(one: Side, other: Side, is_more: bool, by: str) -> Pair:
    higher, lower = (one, other) if is_more else (other, one)
    words = _("%(higher)s is higher than %(lower)s %(by)s") % {"higher": higher.name, "lower": lower.name, "by": by}
    return Pair(_names(one, other), Verdict.DIFFERENT, words)


def _chance(one: Side, other: Side) -> Pair:
    return Pair(_names(one, other), Verdict.CHANCE, _("No difference beyond chance"))


def _few(one: Side, other: Side, what: str) -> Pair:
    return Pair(_names(one, other), Verdict.FEW, _("Can't tell: %(why)s") % {"why": what})


def _names(one: Side, other: Side) -> str:
    return _("%(one)s and %(other)s") % {"one": one.name, "other": other.name}


def _summary(pairs: Sequence[Pair]) -> str:
    found = [pair.words for pair in pairs if pair.verdict is Verdict.DIFFERENT]
    if found:
        more = len(found) - MOST_NAMED
        return "; ".join([*found[:MOST_NAMED], *([_("%(n)s more below") % {"n": more}] if more > 0 else [])])
    if all(pair.verdict is Verdict.FEW for pair in pairs):
        return pairs[0].words if pairs else ""
    few = any(pair.verdict is Verdict.FEW for pair in pairs)
    return _("No difference beyond chance, where there is enough to tell") if few else _("No difference beyond chance")
