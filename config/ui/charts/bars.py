"""Bars side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.ui.charts.scale import FLOOR, Scale, Unit
from config.ui.charts.shapes import Chart, ChartTable, LegendEntry, Mark, Text

MOST_LABELS = 6
HEIGHT = 180
FEW_BARS = 10
"""Up to so many bars are labelled with their values."""


@dataclass(frozen=True)
class Bar:
    """Values with their looks, highest first: each is drawn from the base line, over the ones before it."""

    words: str
    values: Sequence[tuple[float, str]]
    label: str = ""
    is_running: bool = False
    """Whether its time is not over yet. Such a bar is hatched."""

    @property
    def height(self) -> float:
        return max((value for value, _ in self.values), default=0)


def bar_chart(
    title: str,
    bars: Sequence[Bar],
    numbers: ChartTable,
    *,
    keys: Sequence[LegendEntry] = (),
    unit: Unit = Unit.COUNT,
) -> Chart:
    scale = Scale.up_to(max((bar.height for bar in bars), default=0), unit)
    step = 100 / max(len(bars), 4)  # a single bar does not fill the plot
    width = round(0.6 * step, 2)
    every = -(-len(bars) // MOST_LABELS)
    marks, texts = [], []
    for index, bar in enumerate(bars):
        x = round(step * (index + 0.2), 2)
        middle = round(x + width / 2, 2)
        for layer, (value, look) in enumerate(bar.values):
            y = scale.y(value)
            marks.append(Mark(bar.words, look, x, y, width, round(FLOOR - y, 1), bar.is_running and layer == 0))
        if bar.label and (index % every == 0 or len(bars) <= FEW_BARS):
            texts.append(Text(bar.label, middle, FLOOR + 18))
        if len(bars) <= FEW_BARS and bar.height:
            texts.append(Text(unit.words(bar.height), middle, scale.y(bar.height) - 5, is_value=True))
    return Chart(title, HEIGHT, tuple(marks), numbers, tuple(texts), scale.ticks(), tuple(keys))
