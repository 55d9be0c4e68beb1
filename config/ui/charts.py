"""Charts as SVG from the server: numbers become marks, which the templates under components/charts/ draw.

Lengths are units of a chart's view box; a `look` is a class of the style sheet, which colours it for light, dark and
print. pygal was looked at, but its SVG carries style and script elements, which the content policy forbids.
"""

from collections.abc import Sequence
from dataclasses import dataclass

TOP, FLOOR = 18.0, 168.0
"""The highest and the lowest line of a chart with bars."""


@dataclass(frozen=True)
class Mark:
    """A rectangle, and what it says when it is pointed at."""

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
    """Whether `x` is where the words have their middle, not their start."""


@dataclass(frozen=True)
class LegendEntry:
    """What a look means."""

    look: str
    words: str


@dataclass(frozen=True)
class LinkedNumber:
    """What a metric comes to, in words, too, and the address of its rows. None is undefined, and has none."""

    metric: str
    value: int | float | None
    words: str
    href: str


@dataclass(frozen=True)
class LinkedCell:
    """Numbers about one thing, which `data-row` or `data-total` names. In a cell each is of the next: 3 / 12."""

    about: str
    numbers: tuple[LinkedNumber, ...]


@dataclass(frozen=True)
class ChartTable:
    """The same as a table: the names of the columns, and rows of cells that begin with the name of the row."""

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
    """How far down each goes across."""
    keys: tuple[LegendEntry, ...] = ()

    @property
    def is_hatched(self) -> bool:
        return any(mark.is_hatched for mark in self.marks)


@dataclass(frozen=True)
class Bar:
    """Values from the floor up, the highest first, each with its look; the others are drawn over it."""

    words: str
    values: Sequence[tuple[float, str]]
    label: str = ""
    is_running: bool = False
    """Hatched: its time is not over."""


def bar_chart(
    title: str, shown: Sequence[Bar], numbers: ChartTable, *, top: str, keys: Sequence[LegendEntry] = ()
) -> Chart:
    """Bars side by side, up to the highest of them, which `top` says in words."""
    tallest = max((value for bar in shown for value, _ in bar.values), default=0) or 1
    step = min(50.0, 520 / max(len(shown), 1))
    width = round(0.55 * step, 1)
    marks, texts = [], [Text(top, 0, TOP + 4), Text("0", 0, FLOOR + 4)]
    for place, bar in enumerate(shown):
        x = round(38 + step * place, 1)
        for layer, (value, look) in enumerate(bar.values):
            height = round((FLOOR - TOP) * value / tallest, 1)
            is_hatched = bar.is_running and layer == 0
            marks.append(Mark(bar.words, look, x, round(FLOOR - height, 1), width, height, is_hatched))
        if bar.label:
            texts.append(Text(bar.label, round(x + width / 2, 1), FLOOR + 18, is_middle=True))
    return Chart(title, 560, 192, tuple(marks), numbers, tuple(texts), (TOP, FLOOR), tuple(keys))


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
    """Cells by row and column, stronger looks for more."""
    texts = [Text(column, 48 + 32 * place, 12, is_middle=True) for place, column in enumerate(columns)]
    marks = []
    for line, (label, cells) in enumerate(rows):
        y = 18 + 24 * line
        texts.append(Text(label, 0, y + 14))
        marks += [Mark(cell.words, cell.look, 34 + 32 * place, y, 28, 20) for place, cell in enumerate(cells)]
    width, height = 40 + 32 * len(columns), 18 + 24 * len(rows)
    return Chart(title, width, height, tuple(marks), numbers, tuple(texts), keys=tuple(keys))


@dataclass(frozen=True)
class Segment:
    label: str
    value: int
    look: str
    href: str = ""
    """The rows that it counts."""


@dataclass(frozen=True)
class Stack:
    """One bar of parts, each as wide as its share; its legend is its table."""

    title: str
    parts: tuple[Segment, ...]
    marks: tuple[Mark, ...]

    @property
    def total(self) -> int:
        return sum(part.value for part in self.parts)


def stacked_bar(title: str, parts: Sequence[Segment]) -> Stack:
    """Widths are per cent; parts of nothing are left out."""
    shown = tuple(part for part in parts if part.value)
    total, start, marks = sum(part.value for part in shown), 0.0, []
    for part in shown:
        width = 100 * part.value / total
        marks.append(Mark(f"{part.label}: {part.value:,}", part.look, round(start, 3), 0, round(width, 3), 14))
        start += width
    return Stack(title, shown, tuple(marks))


@dataclass(frozen=True)
class Spark:
    """A small line of values over time, with a dot on each. Its numbers stand in a table beside those of others."""

    title: str
    points: str
    marks: tuple[Mark, ...]


def sparkline(title: str, values: Sequence[tuple[str, int]]) -> Spark:
    """Labels with their values, oldest first."""
    tallest = max((value for _, value in values), default=0) or 1
    step = 96 / max(len(values) - 1, 1)
    dots = tuple(
        Mark(f"{label}: {value:,}", "t4", round(2 + step * place, 1), round(22 - 20 * value / tallest, 1), 2, 2)
        for place, (label, value) in enumerate(values)
    )
    points = " ".join(f"{dot.x},{dot.y}" for dot in dots)
    return Spark(title, points, dots)
