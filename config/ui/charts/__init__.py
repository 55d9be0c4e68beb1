"""Charts as server-side SVG, one small system (docs/decisions/0021-charts.md).

`bar_chart`, `line_chart`, `heat_map`, `stacked_bar` and `sparkline` compute marks from numbers; the templates under
components/charts/ draw them. `looks.py` is the palette, `scale.py` makes round ticks.
"""

from config.ui.charts.bars import Bar, bar_chart
from config.ui.charts.funnels import FunnelStep, funnel
from config.ui.charts.heat_maps import Cell, heat_map
from config.ui.charts.lines import Series, line_chart
from config.ui.charts.looks import CURVES, SEQUENCE, looks_of, ordered_looks
from config.ui.charts.scale import Unit
from config.ui.charts.shapes import (
    Chart,
    ChartTable,
    Curve,
    LegendEntry,
    LinkedCell,
    LinkedNumber,
    Mark,
    Segment,
    Spark,
    Stack,
    sparkline,
    stacked_bar,
)

__all__ = [
    "CURVES",
    "SEQUENCE",
    "Bar",
    "Cell",
    "Chart",
    "ChartTable",
    "Curve",
    "FunnelStep",
    "LegendEntry",
    "LinkedCell",
    "LinkedNumber",
    "Mark",
    "Segment",
    "Series",
    "Spark",
    "Stack",
    "Unit",
    "bar_chart",
    "funnel",
    "heat_map",
    "line_chart",
    "looks_of",
    "ordered_looks",
    "sparkline",
    "stacked_bar",
]
