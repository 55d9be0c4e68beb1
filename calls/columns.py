"""Columns that show a metric, with its rows behind it and the roll-up under it."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from calls.figures import METRICS, figure
from config.ui.columns import Column


class MetricColumn(Column):
    """One metric of the record; its name in the table is the metric's. The table's `scope_of` says what it is about."""

    empty_values = ()

    def __init__(self, *args: Any, figure: bool = True, **kwargs: Any):
        super().__init__(*args, figure=figure, **kwargs)

    @property
    def header(self) -> str:
        return METRICS[str(self.accessor)].label

    def render(self, record: Any, table: Any, bound_column: Any) -> SafeString:
        shown = figure(bound_column.name, record, table.scope_of(record))
        return render_to_string("components/metric.html", {"figure": shown, "fraction": True})

    def value(self, value: Any) -> Any:
        return value

    def footer(self, bound_column: Any, table: Any) -> SafeString | str:
        if table.total is None:
            return ""
        shown = table.total.figure(bound_column.name)
        return render_to_string("components/metric.html", {"figure": shown, "fraction": True})


class CoverageColumn(MetricColumn):
    def render(self, record: Any, table: Any, bound_column: Any) -> SafeString:
        shown = figure(bound_column.name, record, table.scope_of(record))
        return render_to_string("components/coverage.html", {"figure": shown})

    def footer(self, bound_column: Any, table: Any) -> SafeString | str:
        if table.total is None:
            return ""
        return render_to_string("components/coverage.html", {"figure": table.total.figure(bound_column.name)})


def metric_columns() -> dict[str, Column]:
    """The five metrics and coverage, in the order of every table."""
    return {
        "contact_count": MetricColumn(),
        "coverage": CoverageColumn(figure=False),
        "calls_made": MetricColumn(),
        "connection_rate": MetricColumn(),
        "meetings_booked": MetricColumn(),
        "signals_captured": MetricColumn(),
    }
