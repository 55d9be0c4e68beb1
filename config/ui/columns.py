"""Columns of tables: a total order whatever is sorted by, nulls last, markup from templates, raw values in exports."""

from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class Column(tables.Column):
    """A column that sorts by `sort` (its accessor unless named), then by the key."""

    def __init__(self, *args: Any, sort: str = "", figure: bool = False, lead: bool = False, **kwargs: Any):
        self.sort = sort
        kind = "figure" if figure else "lead" if lead else ""
        if kind:
            kwargs.setdefault("attrs", {"td": {"class": kind}, "th": {"class": kind}, "tf": {"class": kind}})
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def order(self, queryset: QuerySet[Any], is_descending: bool) -> tuple[QuerySet[Any], bool]:
        path = self.sort or str(self.accessor)
        field = F(path)
        ordering = field.desc(nulls_last=True) if is_descending else field.asc(nulls_last=True)
        return queryset.order_by(ordering, "pk"), True


class KeyColumn(Column):
    """What an export knows a row again by, whatever it is called: the key that is a part of its address here."""

    def __init__(self, accessor: str, header: str):
        super().__init__(accessor=accessor, verbose_name=header, visible=False, orderable=False)


class DrawnColumn(Column):
    """A column whose cells are markup, which its table asks for directly: django-tables2 would look up for each cell
    anew what `render` takes."""

    empty_values: tuple[()] = ()  # type: ignore[assignment] # every value is drawn

    def draw(self, record: Any, table: Any, name: str) -> SafeString:
        """The cell; `name` is the column's in the table."""
        raise NotImplementedError


class CellColumn(DrawnColumn):
    """A cell from a template, which gets `record`, `value` and `table`; exports have the value itself."""

    def __init__(self, template_name: str, *args: Any, **kwargs: Any):
        self.template_name = template_name
        super().__init__(*args, **kwargs)

    def draw(self, record: Any, table: Any, name: str) -> SafeString:
        value = self.accessor.resolve(record) if self.accessor else getattr(record, name)
        cell = render_to_string(self.template_name, {"record": record, "value": value, "table": table})
        return SafeString(cell.strip())
