"""Fetches the rows of one page of a list without reading the rows of the others."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Page
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy


def rows_of_page(rows: QuerySet[Any], page: "Page[object]") -> list[Any]:
    """The rows of a page of a list in a total order.

    Their keys are found first: the database then joins related rows and computes annotations for the page alone, and
    not for every row that it sorts. A page in the second half is counted from the end, so that the last page costs what
    the first one costs.
    """
    count, first, last = page.paginator.count, max(page.start_index() - 1, 0), page.end_index()
    keys = rows.values_list("pk", flat=True)
    if first > count // 2:
        ordered = list(keys.reverse()[count - last : count - first])[::-1]
    else:
        ordered = list(keys[first:last])
    found = {row.pk: row for row in rows.order_by().filter(pk__in=ordered)}
    return [found[key] for key in ordered if key in found]


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
        if field.null or not field.concrete:
            return True
        model = field.related_model
    return False


def within_workspace[Rows: QuerySet[Any]](rows: Rows, path: str) -> Rows:
    """Says of the related rows that a path leads through that they are of the row's workspace, as their keys ensure.

    So the database reads them by an index that begins with the workspace, and not those of all workspaces.
    """
    model: Any = rows.model
    if not _has_workspace(model):
        return rows
    prefix = ""
    for name in path.split("__")[:-1]:
        field = model._meta.get_field(name)
        if not field.many_to_one or field.null:
            break
        model, prefix = field.related_model, f"{prefix}{name}__"
        if _has_workspace(model):
            rows = rows.filter(**{f"{prefix}workspace": F("workspace")})
    return rows


def _has_workspace(model: type[Model]) -> bool:
    return any(field.name == "workspace" for field in model._meta.fields)
