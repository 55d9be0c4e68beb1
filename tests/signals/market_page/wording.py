"""How a market's page writes its numbers, a second time: shares, their 95 % intervals, and metrics with both."""

from math import sqrt

Cells = dict[tuple[str, ...], str]
FEW = 20
"""A rate of fewer calls says so."""


def percent(part: int, whole: int) -> str:
    return f"{100 * (part / whole):.1f} %" if whole else "–"


def in_words(talked: int, made: int) -> str:
    if not made:
        return "no calls"
    few = ", few calls" if made < FEW else ""
    return f"{talked:,} of {made:,} calls, {percent(talked, made)}; 95 % interval {wilson(talked, made)}{few}"


def wilson(part: int, whole: int) -> str:
    """The 95 % interval of a rate."""
    z = 1.959963984540054
    middle = (part + z * z / 2) / (whole + z * z)
    half = z / (whole + z * z) * sqrt(part * (whole - part) / whole + z * z / 4)
    return f"{100 * max(0.0, middle - half):.1f}–{100 * min(1.0, middle + half):.1f} %"


def metric_cells(part: str, about: str, name: str, counts: dict[str, int], *, with_fraction: bool = True) -> Cells:
    """A metric: its value, what is written, and what its title says of it."""
    place = (part, about, name)
    over = {"connection_rate": ("conversations", "calls_made"), "coverage": ("called", "contact_count")}.get(name)
    if over is None:
        return {place: str(counts[name]), (*place, "text"): f"{counts[name]:,}"}
    top, bottom = (counts[each] for each in over)
    if not bottom:
        return {place: "", (*place, "text"): "–"}
    fraction = f"{top:,} of {bottom:,}"
    few = " · few calls" if name == "connection_rate" and bottom < FEW else ""
    text = f"{percent(top, bottom)} {fraction}{few}" if with_fraction else percent(top, bottom)
    title = f"{fraction}. 95 % interval: {wilson(top, bottom)}." if name == "connection_rate" else f"{fraction}."
    cells = {place: repr(top / bottom), (*place, "text"): fraction if name == "coverage" else text}
    return cells | {(*place, "title"): title}
