"""Charts as server-side SVG. The templates under components/charts/ draw the marks computed here.

Lengths are in units of the chart's view box. A `look` is a CSS class with colours for light, dark and print. pygal is
no alternative: its SVG contains style and script elements, which the content security policy forbids.
"""

from collections.abc import Sequence
from dataclasses import dataclass

TOP, FLOOR = 18.0, 168.0
"""The y coordinates of the top line and of the base line of a bar chart."""


@dataclass(frozen=True)
class Mark:
    """A rectangle or dot. Its `words` are the tooltip."""

    words: str
    look: str
    x: float
    y: float
    width: float
    height: float
    is_hatched: bool = False


@dataclass(frozen=True)
class Text:
    words: str
    x: float
    y: float
    is_middle: bool = False
    """Whether `x` is the middle of the text instead of its start."""


@dataclass(frozen=True)
class LegendEntry:
    """The meaning of a look."""

    look: str
    words: str
    is_line: bool = False


@dataclass(frozen=True)
class Curve:
    """A line through points. Its `words` are the tooltip."""

    words: str
    look: str
    points: str


@dataclass(frozen=True)
class LinkedNumber:
    """The value of a metric, its text, and the URL of its rows. An undefined value is None and has no URL."""

    metric: str
    value: int | float | None
    words: str
    href: str


@dataclass(frozen=True)
class LinkedCell:
    """A cell with numbers about one thing, which `data-row` or `data-total` names; several are a fraction: 3 / 12."""

    about: str
    numbers: tuple[LinkedNumber, ...]


@dataclass(frozen=True)
class ChartTable:
    """The numbers of a chart as a table: column headers, and rows that begin with their own header."""

    head: tuple[str, ...]
    rows: tuple[tuple[str | LinkedCell, ...], ...]


@dataclass(frozen=True)
class Chart:
    title: str
    width: float
    height: float
    marks: tuple[Mark, ...]
    numbers: ChartTable
    texts: tuple[Text, ...] = ()
    lines: tuple[float, ...] = ()
    """The y coordinates of the horizontal grid lines."""
    keys: tuple[LegendEntry, ...] = ()
    curves: tuple[Curve, ...] = ()

    @property
    def is_hatched(self) -> bool:
        return any(mark.is_hatched for mark in self.marks)


@dataclass(frozen=True)
class Bar:
    """Values with their looks, highest first: each is drawn from the base line, over the ones before it."""

    words: str
    values: Sequence[tuple[float, str]]
    label: str = ""
    is_running: bool = False
    """Whether its time is not over yet. Such a bar is hatched."""


def bar_chart(
    title: str, bars: Sequence[Bar], numbers: ChartTable, *, top: str, keys: Sequence[LegendEntry] = ()
) -> Chart:
    """Bars side by side, scaled to the highest of them. `top` is the label of that height."""
    highest = max((value for bar in bars for value, _ in bar.values), default=0) or 1
    step = min(50.0, 520 / max(len(bars), 1))
    width = round(0.55 * step, 1)
    marks, texts = [], [Text(top, 0, TOP + 4), Text("0", 0, FLOOR + 4)]
    for index, bar in enumerate(bars):
        x = round(38 + step * index, 1)
        for layer, (value, look) in enumerate(bar.values):
            height = round((FLOOR - TOP) * value / highest, 1)
            is_hatched = bar.is_running and layer == 0
            marks.append(Mark(bar.words, look, x, round(FLOOR - height, 1), width, height, is_hatched))
        if bar.label:
            texts.append(Text(bar.label, round(x + width / 2, 1), FLOOR + 18, is_middle=True))
    return Chart(title, 560, 192, tuple(marks), numbers, tuple(texts), (TOP, FLOOR), tuple(keys))


CURVE_LOOKS = ("c1", "c2", "c3", "c4", "c5")
"""Looks that also differ in their dashes."""


@dataclass(frozen=True)
class Series:
    """A line's points: x, y and what the tooltip of the point says."""

    label: str
    look: str
    points: Sequence[tuple[float, float, str]]


def line_chart(
    title: str, series: Sequence[Series], numbers: ChartTable, *, labels: Sequence[tuple[float, str]], top: str
) -> Chart:
    """Lines over a common x axis that starts at the first label and ends at the last; y runs from 0 to the highest
    value, whose label is `top`."""
    first, last = labels[0][0], labels[-1][0]
    highest = max((y for each in series for _, y, _ in each.points), default=0) or 1

    def place(x: float, y: float) -> tuple[float, float]:
        return round(38 + 490 * (x - first) / ((last - first) or 1), 1), round(FLOOR - (FLOOR - TOP) * y / highest, 1)

    marks, curves = [], []
    for each in series:
        places = [place(x, y) for x, y, _ in each.points]
        curves.append(Curve(each.label, each.look, " ".join(f"{x},{y}" for x, y in places)))
        for (x, y), (_, _, words) in zip(places, each.points, strict=True):
            marks.append(Mark(f"{each.label}: {words}", f"point {each.look}", round(x - 3, 1), round(y - 3, 1), 6, 6))
    texts = [Text(top, 0, TOP + 4), Text("0", 0, FLOOR + 4)]
    texts += [Text(words, place(x, 0)[0], FLOOR + 18, is_middle=True) for x, words in labels]
    keys = tuple(LegendEntry(each.look, each.label, is_line=True) for each in series)
    return Chart(title, 560, 192, tuple(marks), numbers, tuple(texts), (TOP, FLOOR), keys, tuple(curves))


@dataclass(frozen=True)
class Cell:
    words: str
    look: str


def heat_map(
    title: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Cell]]],
    numbers: ChartTable,
    keys: Sequence[LegendEntry] = (),
) -> Chart:
    """A grid of cells."""
    texts = [Text(column, 48 + 32 * index, 12, is_middle=True) for index, column in enumerate(columns)]
    marks = []
    for row, (label, cells) in enumerate(rows):
        y = 18 + 24 * row
        texts.append(Text(label, 0, y + 14))
        marks += [Mark(cell.words, cell.look, 34 + 32 * index, y, 28, 20) for index, cell in enumerate(cells)]
    width, height = 40 + 32 * len(columns), 18 + 24 * len(rows)
    return Chart(title, width, height, tuple(marks), numbers, tuple(texts), keys=tuple(keys))


@dataclass(frozen=True)
class Segment:
    label: str
    value: int
    look: str
    href: str = ""
    """The URL of the rows that it counts."""


@dataclass(frozen=True)
class Stack:
    """One bar with segments as wide as their shares. Its legend also serves as its table."""

    title: str
    parts: tuple[Segment, ...]
    marks: tuple[Mark, ...]

    @property
    def total(self) -> int:
        return sum(part.value for part in self.parts)


def stacked_bar(title: str, parts: Sequence[Segment]) -> Stack:
    """Widths are in per cent. Empty segments are left out."""
    shown = tuple(part for part in parts if part.value)
    total, start, marks = sum(part.value for part in shown), 0.0, []
    for part in shown:
        width = 100 * part.value / total
        marks.append(Mark(f"{part.label}: {part.value:,}", part.look, round(start, 3), 0, round(width, 3), 14))
        start += width
    return Stack(title, shown, tuple(marks))


@dataclass(frozen=True)
class Spark:
    """A small line of values over time with a dot for each. One table on the page has the numbers of all sparklines."""

    title: str
    points: str
    marks: tuple[Mark, ...]


def sparkline(title: str, values: Sequence[tuple[str, int]]) -> Spark:
    """`values` are labels with values, oldest first."""
    highest = max((value for _, value in values), default=0) or 1
    step = 96 / max(len(values) - 1, 1)
    dots = tuple(
        Mark(f"{label}: {value:,}", "t4", round(2 + step * index, 1), round(22 - 20 * value / highest, 1), 2, 2)
        for index, (label, value) in enumerate(values)
    )
    points = " ".join(f"{dot.x},{dot.y}" for dot in dots)
    return Spark(title, points, dots)
