"""Columns that show a metric: each cell links to the rows that it counts, and the footer shows the total."""

from typing import Any

from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from calls.metrics.presentation import METRICS, Figure, build_figure
from calls.metrics.row_metrics import by_metric
from config.ui.formats import duration
from config.ui.lists.columns import Column, DrawnColumn


class MetricColumn(DrawnColumn):
    """The metric of the column's name. The table's `scope_of` gives the scope that a record's value covers."""

    part = "metric"
    """The template of a cell, in components/."""

    def __init__(self, *args: object, figure: bool = True, **kwargs: Any):
        super().__init__(*args, figure=figure, **kwargs)

    @property
    def header(self) -> str:
        return METRICS[str(self.accessor)].label

    def order(self, queryset: QuerySet[Model], is_descending: bool) -> tuple[QuerySet[Model], bool]:
        value = by_metric(queryset, str(self.accessor))
        ordering = value.desc(nulls_last=True) if is_descending else value.asc(nulls_last=True)
        return queryset.order_by(ordering, "pk"), True

    def draw(self, record: Any, table: Any, name: str) -> SafeString:
        return self._cell(build_figure(name, record.metrics, table.scope_of(record)))

    def read(self, record: Any) -> Any:
        """The value for an export."""
        return record.metrics[str(self.accessor)]

    def footer(self, bound_column: Any, table: Any) -> SafeString | str:
        return self._cell(table.total.figure(bound_column.name)) if table.total else ""

    def _cell(self, shown: Figure) -> SafeString:
        return render_to_string(f"components/{self.part}.html", {"figure": shown, "fraction": True})


class TalkColumn(MetricColumn):
    """Talk time in seconds. It counts no rows, so the cell has no link."""

    @property
    def header(self) -> str:
        return _("Talk time")

    def draw(self, record: Any, table: Any, name: str) -> SafeString:
        return SafeString(duration(record.metrics["talk_seconds"]))

    def footer(self, bound_column: Any, table: Any) -> SafeString | str:
        return duration(table.total.counts["talk_seconds"]) if table.total else ""


class CoverageColumn(MetricColumn):
    part = "coverage"


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
