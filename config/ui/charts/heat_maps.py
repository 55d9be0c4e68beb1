"""Grids of cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.ui.charts.shapes import Chart, ChartTable, LegendEntry, Mark, Text, Tick

CELL, ROW, GUTTER = 34, 24, 40
"""Width of a cell, height of a row and width of the labels left of them, in pixels."""
MOST_COLUMN_LABELS = 14


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
    """A row for each label, a cell for each column. Cells have their usual width, and less where there is no room."""
    step = 100 / max(len(columns), 1)
    every = -(-len(columns) // MOST_COLUMN_LABELS)
    texts = [Text(text, round(step * (n + 0.46), 2), 12) for n, text in enumerate(columns) if n % every == 0]
    marks, ticks = [], []
    for row, (label, cells) in enumerate(rows):
        y = 18 + ROW * row
        ticks.append(Tick(label, y + 10, has_line=False))
        marks += [
            Mark(cell.words, cell.look, round(step * n, 2), y, round(0.92 * step, 2), ROW - 4)
            for n, cell in enumerate(cells)
        ]
    height, widest = 18 + ROW * len(rows), GUTTER + CELL * len(columns)
    return Chart(title, height, tuple(marks), numbers, tuple(texts), tuple(ticks), tuple(keys), widest=widest)
