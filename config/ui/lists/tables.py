"""The helper of every list page: filters, sorting, pagination, exports, and the fragment for htmx."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, cast

import django_tables2 as tables
from django.core.paginator import Page, Paginator
from django.db import models
from django.forms import ModelChoiceField
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from config.db.paging import (
    MOST_COUNTED,
    CappedPaginator,
    CountedPaginator,
    count_up_to_most,
    keys_with_count,
    rows_by_key,
    rows_of_page,
)
from config.ui.formats import number
from config.ui.lists.addresses import address_of, chips_of, link_without, replace_while_typing
from config.ui.lists.chosen_columns import Offer, address_with_columns, choose_columns
from config.ui.lists.columns import Column
from config.ui.lists.exports import EXPORTS, ExportRefused, export
from config.ui.lists.filters import WorkspaceFilterSet
from config.ui.lists.spoken import SpokenTable, opening_tag
from config.ui.requests import HtmxRequest

PER_PAGE = 25
LAST = "last"
"""The page to ask for where the number of pages is not known."""


class NextStep(NamedTuple):
    """A button of an empty list. `needs` is the attribute of the request's access that a user must have for it."""

    label: str | Promise
    url: str
    needs: str = ""
    query: Mapping[str, object] = {}
    args: Sequence[object] = ()


class Table(SpokenTable, tables.Table):
    """A table of a workspace. `empty` is shown instead of rows: why there are none. `next_steps` follow as buttons,
    those that the user may press; `ask` says whom to ask if there are none of them."""

    empty: str | Promise = gettext_lazy("Nothing here yet.")
    no_match: str | Promise = gettext_lazy("Nothing matches these filters.")
    next_steps: Sequence[NextStep] = ()
    ask: str | Promise = ""
    unfiltered = ""
    """The URL of the list without filters."""
    request: HtmxRequest
    filterset: WorkspaceFilterSet | None = None
    is_filtered = False
    """Whether a filter may be why there are no rows."""
    total: object = None
    """The total below the rows, for tables that have one: see calls.metrics.presentation.Total."""
    total_column = ""
    """The column with the total's label; the first one if empty."""
    keeps_ticks = False
    """Sorts by buttons of the form around it, so that what is ticked is sent along."""
    default_columns: tuple[str, ...] = ()
    """The columns that a page shows if none are chosen. Empty: the columns of this table cannot be chosen."""
    past_columns: tuple[str, ...] = ()
    """The same as of a past day, for which columns that are fetched for the page are not known."""
    first_columns: tuple[str, ...] = ()
    last_columns: tuple[str, ...] = ()
    """Columns before and after the chosen ones, which are always shown."""
    has_chosen_columns = False
    shown_columns: list[str] = []
    column_offers: list[Offer] = []
    keys: list[Any] | None = None
    """The keys of the rows of the page, if they were found when the rows were counted."""

    class Meta:
        order_by_field = "sort"
        template_name = "components/table.html"
        attrs = {"class": "responsive cards"}

    def __init__(self, *args: object, workspace: Any, **kwargs: Any):
        self.workspace = workspace
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def empty_actions(self) -> list[tuple[str, str]]:
        """The buttons of an empty list: label and URL. None where nobody's role is known, as in a table of a mail."""
        access = getattr(getattr(self, "request", None), "access", None)
        return [
            (str(step.label), reverse(step.url, args=[self.workspace.slug, *step.args], query=step.query))
            for step in self.next_steps
            if access and (not step.needs or getattr(access, step.needs))
        ]

    @property
    def address(self) -> str:
        """The page's path and query string."""
        return self.request.get_full_path()

    @property
    def exported_columns(self) -> list[Any]:
        """The chosen columns, or else all that imports read."""
        if self.has_chosen_columns:
            return [column for column in self.columns if column.column.is_choosable and not self._acts(column)]
        return [column for column in self.columns.iterall() if not column.column.exclude_from_export]

    def _acts(self, column: Any) -> bool:
        return column.column.exclude_from_export and column.column.fetch is None

    def fetch_cells(self, columns: Iterable[Any], rows: list[Any]) -> None:
        """Fetches what some of the columns show of these rows. Columns that show the same share a function."""
        for fetch in dict.fromkeys(column.column.fetch for column in columns if column.column.fetch):
            fetch(rows, self.workspace)

    def lines(self) -> Iterator[tuple[object, object, Callable[[], list[tuple[str, str, str, object]]]]]:
        """The rows of the page, each with the key of its cached cells, or None, and a function that draws the cells:
        their opening and closing tags, the column's header, and the content."""
        columns = [(column, opening_tag(column), column.header) for column in self.columns]
        language = get_language()
        drawn_columns = [(opening, header) for _, opening, header in columns]
        for row in getattr(self, "paginated_rows", self.rows):
            shown = self.shown_in(row.record)
            yield row, shown and (language, drawn_columns, shown), partial(self._cells, row, columns)

    def shown_in(self, record: Any) -> object:
        """Everything that the cells of a row show, if they are to be cached; else None."""
        return None

    def _cells(self, row: Any, columns: Iterable[tuple[Any, str, str]]) -> list[tuple[str, str, str, object]]:
        return [(opening, opening[:2], header, self._cell(row, column)) for column, opening, header in columns]

    def _cell(self, row: Any, column: Any) -> Any:
        if hasattr(self, f"render_{column.name}") or not isinstance(column.column, Column):
            return row.get_cell(column.name)
        return column.column.draw(row.record, self, column.name)


def table_page(
    request: HtmxRequest,
    template: str,
    *,
    table_class: type[Table],
    filterset: WorkspaceFilterSet,
    context: dict[str, object] | None = None,
    total: Callable[[], object] | None = None,
    per_page: int = PER_PAGE,
    rows_of: Callable[[Any], Any] = lambda rows: rows.fetch_mode(models.FETCH_PEERS),
    complete_page: Callable[[list[Any]], None] | None = None,
    next_steps: Sequence[NextStep] = (),
    **options: object,
) -> HttpResponseBase:
    """A page with one table: `table`, `filter`, `notices`, `chips` and `unfiltered`, the link that takes all filters
    off, for the template, besides `context`.

    htmx gets only the template's partial named `table`. A notice reports each invalid sort order, page or filter; with
    an invalid filter the table shows no rows rather than all. `rows_of` derives the rows from the filtered queryset.
    `complete_page` adds to the rows of the page what the queryset does not fetch. `total` returns the total below the
    rows; exports leave it out.
    """
    notices = list(_filter_problems(filterset))
    assert filterset.queryset is not None
    rows = filterset.queryset.none() if notices else filterset.qs
    table = table_class(rows_of(rows), **options)
    table.filterset = filterset
    table.next_steps = next_steps or table.next_steps
    table.request = request  # as an argument it would make the table sort by any query parameter
    notices += choose_columns(table, request.GET, is_past=filterset.past_day is not None)
    if moved := address_with_columns(request.GET, table.shown_columns):
        return redirect(address_of(request.path, moved))
    notices += _sort(table, request.GET.get("sort", ""))
    kind = request.GET.get("_export", "")
    if kind and kind not in EXPORTS:
        notices.append(_("There is no export as “%(kind)s”; use _export=csv or _export=xlsx.") % {"kind": kind[:40]})
    elif kind and not notices:
        try:
            return export(request, table, kind)
        except ExportRefused as problem:
            notices.append(str(problem))
    notices += _paginate(table, request.GET.get("page", ""), per_page)
    _fetch_page(table, rows_of, complete_page)
    _fetch_choices(filterset)
    fragment = "#table" if request.htmx and request.htmx.target == "table" else ""
    chips = list(chips_of(filterset.form, filterset.data, request.path, filterset.describe))
    table.is_filtered = bool(chips)
    table.unfiltered = link_without(filterset.data, filterset.form.fields, request.path)
    page = {
        "table": table,
        "filter": filterset,
        "notices": notices,
        "chips": chips,
        "unfiltered": table.unfiltered,
        **(context or {}),
    }
    table.total = total() if total and table.paginator.count else None
    response = render(request, template + fragment, page, status=400 if kind else 200)
    replace_while_typing(request, response, filterset.typed)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _fetch_page(table: Table, rows_of: Callable[[Any], Any], complete: Callable[[list[Any]], None] | None) -> None:
    """Fetches the rows of the page, unless the table has a list."""
    shown, rows, filterset = table.page.object_list, table.data.data, table.filterset
    if isinstance(rows, models.QuerySet) and filterset is not None:
        unfiltered = None if filterset.unfiltered_rows is None else rows_of(filterset.unfiltered_rows)
        if table.keys is None:
            shown.data = rows_of_page(rows, table.page, unfiltered)
        else:
            shown.data = rows_by_key(rows if unfiltered is None else unfiltered, table.keys)
    if complete or table.default_columns:
        shown.data = list(shown.data)
    if complete:
        complete(shown.data)
    table.fetch_cells(table.columns, shown.data)


def _fetch_choices(filterset: WorkspaceFilterSet) -> None:
    """Fetches the choices of the filters' selects, and only once what several offer."""
    fetched: dict[object, list[object]] = {}
    for name, field in filterset.form.fields.items():
        if isinstance(field, ModelChoiceField) and not field.widget.is_hidden:
            choices = cast(Iterable[object], field.choices)
            source = filterset.choices_from.get(name, name)
            if source not in fetched:
                fetched[source] = [*iter(choices)]  # list(choices) would also run COUNT(*)
            field.widget.choices = fetched[source]


def _filter_problems(filterset: WorkspaceFilterSet) -> Iterator[str]:
    for name, errors in (filterset.errors or {}).items():
        value = str(filterset.form.data.get(name, ""))[:40].replace("\0", "")
        label = filterset.form.fields[name].label if name in filterset.form.fields else name
        sentence = _("%(label)s “%(value)s” cannot be filtered by: %(errors)s")
        yield sentence % {"label": label, "value": value, "errors": " ".join(errors)}


def _sort(table: Table, requested: str) -> list[str]:
    """Sorts the table if `requested` names one of its sortable columns; else returns a notice."""
    if not requested:
        return []
    name = requested.removeprefix("-")
    hidden = {offer.name for offer in table.column_offers}
    sortable = [c.name for c in table.columns.iterall() if c.orderable and (c.visible or c.name in hidden)]
    if name not in sortable:
        sentence = _("There is no column “%(name)s” to sort by; use one of %(names)s.")
        return [sentence % {"name": name[:40], "names": ", ".join(sortable)}]
    table.order_by = requested
    return []


def _paginate(table: Table, requested: str, per_page: int) -> list[str]:
    rows, filterset, place = table.data.data, table.filterset, _page_number(requested)
    if filterset is not None and filterset.caps_count and isinstance(rows, models.QuerySet):
        is_exact = table.request.GET.get("count") == "exact" or not 1 <= place <= MOST_COUNTED // per_page
        count = rows.count() if is_exact else count_up_to_most(rows)
        if not is_exact and count > MOST_COUNTED:
            table.paginate(CappedPaginator, per_page)  # type: ignore[no-untyped-call]
        else:
            table.paginate(CountedPaginator, per_page, count=count)  # type: ignore[no-untyped-call]
        table.page, notices = page_of(table.paginator, requested)
        return notices
    if place and filterset is not None and filterset.counts_with_rows:
        keys, count = keys_with_count(rows, per_page * (place - 1), per_page)
        if keys:
            table.keys = keys
            table.paginate(CountedPaginator, per_page, count=count)  # type: ignore[no-untyped-call]
            table.page = table.paginator.page(place)
            return []
    table.paginate(per_page=per_page)  # type: ignore[no-untyped-call]
    table.page, notices = page_of(table.paginator, requested)
    return notices


def page_of(paginator: "Paginator[object]", requested: str) -> "tuple[Page[object], list[str]]":
    """The page of that number, or the last; the first page and a notice if there is no such page."""
    place = paginator.num_pages if requested == LAST else _page_number(requested)
    if 1 <= place <= paginator.num_pages:
        return paginator.page(place), []
    sentence = ngettext(
        "There is no page “%(page)s”; this list has %(count)s page. This is the first.",
        "There is no page “%(page)s”; this list has %(count)s pages. This is the first.",
        paginator.num_pages,
    )
    return paginator.page(1), [sentence % {"page": requested[:40], "count": number(paginator.num_pages)}]


def _page_number(requested: str) -> int:
    """1 without a number, 0 for one that no page has."""
    if not requested:
        return 1
    return int(requested) if requested.isascii() and requested.isdigit() and len(requested) < 10 else 0
