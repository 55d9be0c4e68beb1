"""What charts are made of: marks, texts, legends, and the numbers as a table.

`x` and `width` are per cent of the plot and `y` and `height` pixels, so that a chart is as wide as its place
on the page and its text has the same size everywhere. A `look` is a CSS class with colours for light, dark and print:
see looks.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from config.ui.formats import number


@dataclass(frozen=True)
class Mark:
    """A rectangle. Its `words` are the tooltip."""

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
    is_middle: bool = True
    """Whether `x` is the middle of the text instead of its end."""
    is_value: bool = False
    """A number beside its mark, which stands out more than the labels of the axes."""


@dataclass(frozen=True)
class Tick:
    """A horizontal line of the grid, and its label left of the plot."""

    words: str
    y: float
    has_line: bool = True


@dataclass(frozen=True)
class LegendEntry:
    """The meaning of a look."""

    look: str
    words: str
    is_line: bool = False


@dataclass(frozen=True)
class Point:
    """A point of a curve. Its `words` are the tooltip."""

    words: str
    x: float
    y: float


@dataclass(frozen=True)
class Curve:
    """A line through points. Its `words` are the tooltip."""

    words: str
    look: str
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The points as SVG wants them, in a view box that is 100 wide and stretched to the plot."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


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
    height: int
    marks: tuple[Mark, ...]
    numbers: ChartTable
    texts: tuple[Text, ...] = ()
    ticks: tuple[Tick, ...] = ()
    keys: tuple[LegendEntry, ...] = ()
    curves: tuple[Curve, ...] = ()
    plot_height: int = 0
    """Down to the base line, for the view box of the curves."""
    widest: int = 0
    """The width in pixels that it does not exceed; 0 for a chart as wide as its place."""

    @property
    def is_hatched(self) -> bool:
        return any(mark.is_hatched for mark in self.marks)


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


@dataclass(frozen=True)
class Spark:
    """A small line of values over time with a dot for each. One table on the page has the numbers of all sparklines."""

    title: str
    points: str
    marks: tuple[Mark, ...] = field(default=())


def stacked_bar(title: str, parts: Sequence[Segment]) -> Stack:
    """Empty segments are left out."""
    shown = tuple(part for part in parts if part.value)
    total, start, marks = sum(part.value for part in shown), 0.0, []
    for part in shown:
        width = 100 * part.value / total
        marks.append(Mark(f"{part.label}: {number(part.value)}", part.look, round(start, 3), 0, round(width, 3), 14))
        start += width
    return Stack(title, shown, tuple(marks))


def sparkline(title: str, values: Sequence[tuple[str, int]]) -> Spark:
    """`values` are labels with values, oldest first."""
    highest = max((value for _, value in values), default=0) or 1
    step = 96 / max(len(values) - 1, 1)
    dots = tuple(
        Mark(f"{label}: {number(value)}", "s5", round(2 + step * index, 1), round(22 - 20 * value / highest, 1), 2, 2)
        for index, (label, value) in enumerate(values)
    )
    points = " ".join(f"{dot.x},{dot.y}" for dot in dots)
    return Spark(title, points, dots)
