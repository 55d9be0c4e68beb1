"""Lines over a common x axis."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.ui.charts.bars import HEIGHT
from config.ui.charts.scale import FLOOR, Scale, Unit
from config.ui.charts.shapes import Chart, ChartTable, Curve, LegendEntry, Point, Text

LINE_HEIGHT = 13
END = 88.0
"""Where the lines end, in per cent: right of it are the values that they end with."""


@dataclass(frozen=True)
class Series:
    """A line's points: x, y and what the tooltip of the point says."""

    label: str
    look: str
    points: Sequence[tuple[float, float, str]]


def line_chart(
    title: str,
    series: Sequence[Series],
    numbers: ChartTable,
    *,
    labels: Sequence[tuple[float, str]],
    unit: Unit = Unit.COUNT,
) -> Chart:
    """The axis starts at the first label and ends at the last; y begins at nothing. Each line says its last value."""
    first, last = labels[0][0], labels[-1][0]
    scale = Scale.up_to(max((y for each in series for _, y, _ in each.points), default=0), unit)

    def place(x: float) -> float:
        return round(END * (x - first) / ((last - first) or 1), 2)

    curves = [
        Curve(
            each.label,
            each.look,
            tuple(Point(f"{each.label}: {text}", place(x), scale.y(y)) for x, y, text in each.points),
        )
        for each in series
    ]
    texts = [Text(text, place(x), FLOOR + 18) for x, text in labels]
    pairs = zip(series, curves, strict=True)
    texts += _last_values([(unit.words(each.points[-1][1]), curve.points[-1]) for each, curve in pairs if curve.points])
    keys = tuple(LegendEntry(each.look, each.label, is_line=True) for each in series)
    return Chart(title, HEIGHT, (), numbers, tuple(texts), scale.ticks(), keys, tuple(curves), plot_height=HEIGHT)


def _last_values(ends: Sequence[tuple[str, Point]]) -> list[Text]:
    """The last value of each line, right of it; those that would cover each other are moved apart."""
    texts: list[Text] = []
    lowest = 0.0
    for words, point in sorted(ends, key=lambda end: end[1].y):
        y = max(point.y + 4, lowest + LINE_HEIGHT) if lowest else point.y + 4
        texts.append(Text(words, 100, y, is_middle=False, is_value=True))
        lowest = y
    return texts
