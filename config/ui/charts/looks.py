"""The palette: which look a value gets. static/portal.css has the colours, for light and dark.

Neighbours can be told apart by the colour-blind as well: tests/config/ui/charts/test_palette.py simulates it.
"""

from collections.abc import Collection, Sequence

SEQUENCE = ("s1", "s2", "s3", "s4", "s5")
"""Tints of the accent for ordered values, least first."""
CATEGORIES = ("k1", "k2", "k3", "k4", "k5", "k6")
"""For values without an order."""
EXCEPTION = "ochre"
NEUTRAL = "neutral"
"""An outline, for what nobody knows or nobody said."""
CURVES = ("c1", "c2", "c3", "c4", "c5")
"""Lines, which also differ in their dashes."""


def ordered_looks(count: int) -> list[str]:
    """The looks of so many ordered values, spread over the sequence."""
    last = len(SEQUENCE) - 1
    return [SEQUENCE[round(last * place / (count - 1))] if count > 1 else SEQUENCE[last] for place in range(count)]


def looks_of(
    values: Sequence[str], *, is_ordered: bool, neutral: Collection[str] = (), exceptions: Collection[str] = ()
) -> dict[str, str]:
    """The look of each value. Of values without an order more than CATEGORIES has share a look."""
    usual = [value for value in values if value not in neutral and value not in exceptions]
    looks = ordered_looks(len(usual)) if is_ordered else [CATEGORIES[n % len(CATEGORIES)] for n in range(len(usual))]
    found = dict(zip(usual, looks, strict=True))
    return {value: found.get(value, NEUTRAL if value in neutral else EXCEPTION) for value in values}
