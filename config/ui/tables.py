"""The one helper of every list: filter, order, pages, export, and the fragment that htmx asks for."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any, cast

import django_tables2 as tables
from django.core.paginator import Page, Paginator
from django.db import models
from django.forms import ModelChoiceField
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from config.ui.columns import DrawnColumn
from config.ui.exports import EXPORTS, NotExported
from config.ui.filters import WorkspaceFilterSet
from config.ui.formats import day, moment
from config.ui.requests import HtmxRequest

PER_PAGE = 25


class Table(tables.Table):
    """A table of a workspace. `empty` says why there may be no rows and what to do then."""

    empty = "Nothing here yet."
    request: HtmxRequest
    total: Any = None
    """The roll-up under the rows, for tables that have one: see calls.metrics.presentation.Total."""

    class Meta:
        order_by_field = "sort"
        template_name = "components/table.html"
        attrs = {"class": "responsive"}

    def __init__(self, *args: Any, workspace: Any, **kwargs: Any):
        self.workspace = workspace
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def lines(self) -> Iterator[tuple[Any, list[tuple[str, str, Any]]]]:
        """The rows of the page, each with its cells: the attributes of the cell, the name of its column, and itself."""
        columns = [(column, column.attrs["td"].as_html(), column.header) for column in self.columns]
        for row in getattr(self, "paginated_rows", self.rows):
            yield row, [(attrs, header, self._cell(row, column)) for column, attrs, header in columns]

    def _cell(self, row: Any, column: Any) -> Any:
        if isinstance(column.column, DrawnColumn):
            return column.column.draw(row.record, self, column.name)
        return row.get_cell(column.name)


def table_page(
    request: HtmxRequest,
    template: str,
    *,
    table_class: type[Table],
    filterset: WorkspaceFilterSet,
    context: dict[str, Any] | None = None,
    total: Callable[[], Any] | None = None,
    per_page: int = PER_PAGE,
    rows_of: Callable[[Any], Any] = lambda rows: rows.fetch_mode(models.FETCH_PEERS),
    **options: Any,
) -> HttpResponseBase:
    """A page with one table: `table`, `filter`, `notices` and `chips` for the template, besides `context`.

    The template has a partial named `table`, which is all that htmx gets. What cannot be sorted, paged or filtered by
    is said in a notice; a filter that cannot be read shows no rows rather than all. `rows_of` makes a list of rows from
    what the filter leaves, where they are not those themselves. `total` returns the roll-up; an export does without.
    """
    notices = list(_problems(filterset))
    assert filterset.queryset is not None
    rows = filterset.queryset.none() if notices else filterset.qs
    table = table_class(rows_of(rows), **options)
    table.request = request  # given to the table itself it would page and sort by whatever the query says
    notices += _sort(table, request.GET.get("sort", ""))
    export = request.GET.get("_export", "")
    if export and export not in EXPORTS:
        notices.append(f"There is no export as “{export[:40]}”; use _export=csv or _export=xlsx.")
    elif export and not notices:
        try:
            return EXPORTS[export](table)
        except NotExported as problem:
            notices.append(str(problem))
    notices += _paginate(table, request.GET.get("page", ""), per_page)
    _find_choices(filterset)
    fragment = "#table" if request.htmx and request.htmx.target == "table" else ""
    page = {
        "table": table,
        "filter": filterset,
        "notices": notices,
        "chips": list(_chips(filterset)),
        **(context or {}),
    }
    table.total = total() if total else None
    response = render(request, template + fragment, page, status=400 if export else 200)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _find_choices(filterset: WorkspaceFilterSet) -> None:
    """Those that are drawn above the rows are found before them."""
    for field in filterset.form.fields.values():
        if isinstance(field, ModelChoiceField) and not field.widget.is_hidden:
            field.widget.choices = [
                *iter(cast(Iterable[Any], field.choices))
            ]  # list(field.choices) would run COUNT(*) as well


def _problems(filterset: WorkspaceFilterSet) -> Iterator[str]:
    for name, errors in (filterset.errors or {}).items():
        value = str(filterset.form.data.get(name, ""))[:40].replace("\0", "")
        label = filterset.form.fields[name].label if name in filterset.form.fields else name
        yield f"{label} “{value}” cannot be filtered by: {' '.join(errors)}"


def _sort(table: Table, asked: str) -> list[str]:
    """Only columns of the table can be sorted by."""
    if not asked:
        return []
    name = asked.removeprefix("-")
    sortable = [column.name for column in table.columns if column.orderable]
    if name not in sortable:
        return [f"There is no column “{name[:40]}” to sort by; use one of {', '.join(sortable)}."]
    table.order_by = asked
    return []


def _paginate(table: Table, asked: str, per_page: int) -> list[str]:
    table.paginate(per_page=per_page)  # type: ignore[no-untyped-call]
    table.page, notices = page_of(table.paginator, asked)
    return notices


def page_of(paginator: "Paginator[Any]", asked: str) -> "tuple[Page[Any], list[str]]":
    """The page that `?page=` asks for; the first, with a notice, where there is none of that number."""
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    if not asked or 1 <= number <= paginator.num_pages:
        return paginator.page(number or 1), []
    pages = "1 page" if paginator.num_pages == 1 else f"{paginator.num_pages:,} pages"
    return paginator.page(1), [f"There is no page “{asked[:40]}”; this list has {pages}. This is the first."]


def _chips(filterset: WorkspaceFilterSet) -> Iterator[tuple[str, str, str]]:
    """The chosen filters: label, value in words, and the query string without it."""
    for name, field in filterset.form.fields.items():
        value = filterset.form.cleaned_data.get(name) if filterset.form.is_valid() else None
        if value in (None, "", []):
            continue
        rest = cast(QueryDict, filterset.data).copy()
        for key in (name, "page", "_export"):
            rest.pop(key, None)
        is_row = isinstance(value, models.Model)
        choices = {} if is_row else {str(key): label for key, label in getattr(field, "choices", [])}
        yield (str(field.label or name), _in_words(value) or choices.get(str(value), str(value)), rest.urlencode())


def _in_words(value: Any) -> str:
    if isinstance(value, datetime):
        return moment(value)
    return day(value) if isinstance(value, date) else ""
