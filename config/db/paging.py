"""Fetches the rows of one page of a list without reading the rows of the others."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Count, F, JSONField, QuerySet, Window
from django.db.models.expressions import OrderBy

from config.db import bulk


class CountedPaginator(Paginator):  # type: ignore[type-arg] # not generic when it runs
    """A paginator of rows that were counted already."""

    def __init__(self, rows: Any, per_page: int, *, count: int):
        super().__init__(rows, per_page)
        self.count = count  # Django's own is computed on first use


MOST_COUNTED = 10_000
"""So many rows are counted where counting more would read all of them and tell little."""


class CappedPaginator(CountedPaginator):
    """A paginator of the first MOST_COUNTED rows of a list that has more."""

    is_capped = True

    def __init__(self, rows: Any, per_page: int):
        super().__init__(rows, per_page, count=MOST_COUNTED)


def count_up_to_most(rows: QuerySet[Any]) -> int:
    """The number of rows, or MOST_COUNTED + 1 if there are more."""
    return rows.order_by().values("pk")[: MOST_COUNTED + 1].count()


def keys_with_count(rows: QuerySet[Any], first: int, length: int) -> tuple[list[Any], int]:
    """The keys of a page and the number of all rows, in one statement; without keys the number is unknown.

    Not for rows that are filtered by a window function: the number would include those that the filter leaves out.
    PostgreSQL does not know that the number needs all rows: it would look each of them up in the order of the list.
    Sorted by the number first, which is the same for all, they are found as without an order.
    """
    within, order = _within_workspace(rows), rows.query.order_by or rows.model._meta.ordering
    counted = within.annotate(row_count=Window(Count("*"))).order_by("row_count", *order)
    with transaction.atomic(using=counted.db), bulk.without_nested_loops(counted.db):
        found = list(counted.values_list("pk", "row_count")[first : first + length])
    return [key for key, _ in found], found[0][1] if found else 0


def rows_of_page(rows: QuerySet[Any], page: "Page[object]", unfiltered: QuerySet[Any] | None = None) -> list[Any]:
    """The rows of a page of a list in a total order. `unfiltered` has these rows and more.

    A subquery finds their keys, so that the database joins related rows and computes annotations for one page, and not
    for every row that it sorts. A page in the second half is counted from the end: the last costs what the first costs.
    The only page needs no keys, which would compute twice what the rows are sorted by.
    """
    if page.paginator.num_pages == 1 and unfiltered is None:
        return list(rows)
    count, first, last = page.paginator.count, max(page.start_index() - 1, 0), page.end_index()
    keys = _within_workspace(rows).values("pk")
    is_near_the_end = first > count // 2 and not isinstance(page.paginator, CappedPaginator)
    shown = rows if unfiltered is None else unfiltered
    if rows.query.order_by:  # else both have the order of the model
        shown = shown.order_by(*rows.query.order_by)
    found = keys.reverse()[count - last : count - first] if is_near_the_end else keys[first:last]
    return list(shown.filter(pk__in=found))


def rows_by_key(rows: QuerySet[Any], keys: list[Any]) -> list[Any]:
    """The rows with these keys, in their order."""
    found = {row.pk: row for row in rows.order_by().filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def ordering_by(rows: QuerySet[Any], path: str, *, is_descending: bool) -> OrderBy:
    """Orders by a column, nulls last. Only where it can be null: an index can't be read backwards with nulls last."""
    nulls_last = True if can_be_null(rows, path) else None
    return F(path).desc(nulls_last=nulls_last) if is_descending else F(path).asc(nulls_last=nulls_last)


def can_be_null(rows: QuerySet[Any], path: str) -> bool:
    """Whether a column may be null, as far as the models say: annotations may."""
    if path.partition("__")[0] in rows.query.annotations:
        return True
    model: Any = rows.model
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True
        if isinstance(field, JSONField):  # what follows is a key in it
            return True
        if field.null or not field.concrete:
            return True
        model = field.related_model
    return False


def _within_workspace[Rows: QuerySet[Any]](rows: Rows) -> Rows:
    """Says of the related rows whose columns order the list that they are of the row's workspace, as their keys ensure.

    So the database reads them by an index that begins with the workspace, and not those of all workspaces.
    """
    if _has_workspace(rows.model):
        for relation in {relation for path in _ordering_paths(rows) for relation in _related(rows.model, path)}:
            rows = rows.filter(**{f"{relation}__workspace": F("workspace")})
    return rows


def _ordering_paths(rows: QuerySet[Any]) -> Iterator[str]:
    for each in rows.query.order_by:
        expression = each.expression if isinstance(each, OrderBy) else each
        path = getattr(expression, "name", "") if isinstance(expression, F) else expression
        if isinstance(path, str):
            yield path.removeprefix("-")


def _related(model: Any, path: str) -> Iterator[str]:
    """The relations along a path whose rows are of the same workspace and can't be missing."""
    names = path.split("__")[:-1]
    for length, name in enumerate(names, 1):
        field = next((field for field in model._meta.fields if field.name == name), None)
        if field is None or not field.many_to_one or field.null or not _has_workspace(field.related_model):
            return
        model = field.related_model
        yield "__".join(names[:length])


def _has_workspace(model: Any) -> bool:
    return any(field.name == "workspace" for field in model._meta.fields)
