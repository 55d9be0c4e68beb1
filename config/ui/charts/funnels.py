"""Steps of which each counts a part of the one before."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.ui.charts.shapes import LinkedNumber
from config.ui.formats import percent


@dataclass(frozen=True)
class FunnelStep:
    label: str
    number: LinkedNumber
    width: float
    """Per cent of the first step."""
    share: str
    """Of the step before, in words; empty for the first, and after a step with nobody."""


def funnel(steps: Sequence[tuple[str, LinkedNumber]]) -> tuple[FunnelStep, ...]:
    """The steps with their bars; nothing if the first counts nobody. All values are counts."""
    values = [number.value or 0 for _, number in steps]
    if not values or not values[0]:
        return ()
    before = [None, *values]
    return tuple(
        FunnelStep(label, number, round(min(100 * value / values[0], 100), 2), percent(value / last) if last else "")
        for (label, number), value, last in zip(steps, values, before, strict=False)
    )
