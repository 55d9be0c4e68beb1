"""Columns of tables: they sort in a total order with nulls last, draw cells by templates, and export raw values."""

from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from config.db.paging import ordering_by


class Column(tables.Column):
    """A column that sorts by `sort` (default: its accessor), then by the primary key. A column of `words` has sentences
    and stays wide enough to read them."""

    is_choosable = True
    """Whether lists whose columns can be chosen offer it."""
    fetch: Callable[[list[Any], Any], None] | None = None
    """Fetches what the cells show for the rows of a page, if the rows do not have it: see FetchedColumn."""

    def __init__(
        self,
        *args: object,
        sort: str = "",
        figure: bool = False,
        lead: bool = False,
        words: bool = False,
        **kwargs: Any,
    ):
        self.sort = sort
        kind = "figure" if figure else "lead" if lead else "words" if words else ""
        if kind:
            kwargs.setdefault("attrs", {"td": {"class": kind}, "th": {"class": kind}, "tf": {"class": kind}})
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def order(self, queryset: QuerySet[Model], is_descending: bool) -> tuple[QuerySet[Model], bool]:
        path = str(self.sort or self.accessor).replace(".", "__")
        ordering = ordering_by(queryset, path, is_descending=is_descending)
        return queryset.order_by(ordering, "pk"), True

    def draw(self, record: Any, table: Any, name: str) -> object:
        """The cell: the value, or the label of a choice. `name` is the name of the column in the table, which calls
        this directly, because django-tables2 inspects the arguments of `render` anew for each cell."""
        accessor = tables.A(self.accessor or name)
        owner, attribute = accessor.penultimate(record)
        label = getattr(owner, f"get_{attribute}_display", None)
        value = label() if label else accessor.resolve(record, quiet=True)
        return self.default if value in self.empty_values else value


class KeyColumn(Column):
    """The key of a row in exports. It is part of the row's URL here and identifies the row after a rename."""

    is_choosable = False

    def __init__(self, accessor: str, header: str | Promise):
        super().__init__(accessor=accessor, verbose_name=header, visible=False, orderable=False)


class ExportColumn(Column):
    """A value that only exports have, so that an import of the export gives the same. `read` gets the record;
    `prefetch` names a relation that it needs."""

    is_choosable = False

    def __init__(self, header: str, read: Callable[[Any], object], *, prefetch: str = ""):
        self.read, self.prefetch = read, prefetch
        super().__init__(verbose_name=header, visible=False, orderable=False)


class DrawnColumn(Column):
    """A column whose cells are markup."""

    empty_values: tuple[()] = ()  # type: ignore[assignment] # every value is drawn

    def draw(self, record: Any, table: Any, name: str) -> SafeString:
        raise NotImplementedError


class CellColumn(DrawnColumn):
    """A cell drawn by a template, which gets `record`, `value` and `table`. Exports have the raw value."""

    def __init__(self, template_name: str, *args: object, **kwargs: Any):
        self.template_name = template_name
        super().__init__(*args, **kwargs)

    def draw(self, record: Any, table: Any, name: str) -> SafeString:
        value = self.accessor.resolve(record) if self.accessor else getattr(record, name)
        cell = render_to_string(self.template_name, {"record": record, "value": value, "table": table})
        return SafeString(cell.strip())


class FetchedColumn(CellColumn):
    """A cell that shows what `fetch` sets on the rows of a page, or of a batch of an export, in a fixed number of
    statements. It does not sort, and is exported where it is chosen. `text` is the path to its value in exports."""

    def __init__(
        self, template_name: str, *args: object, fetch: Callable[[list[Any], Any], None], text: str = "", **kwargs: Any
    ):
        options = {"orderable": False, "exclude_from_export": True}
        super().__init__(template_name, *args, **(options | kwargs))
        self.fetch = fetch
        self.text = text or str(self.accessor)


class CheckColumn(CellColumn):
    """Boxes to choose rows by. The header has one for all rows of the page, which needs scripts."""

    is_check = True
    is_choosable = False

    def __init__(self, template_name: str, **kwargs: Any):
        options = {"verbose_name": gettext_lazy("Choose"), "orderable": False, "exclude_from_export": True}
        kwargs.setdefault("attrs", {"td": {"class": "check"}, "th": {"class": "check"}})
        super().__init__(template_name, **(options | kwargs))
