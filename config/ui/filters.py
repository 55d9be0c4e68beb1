"""Filters of lists: their choices come from the workspace, never from a whole table."""

from collections.abc import Callable
from typing import Any

import django_filters as filters
from django.db import models


class WorkspaceFilterSet(filters.FilterSet):
    """`choices_from` maps a model-choice filter to the rows of the workspace that it offers."""

    choices_from: dict[str, Callable[[Any], models.QuerySet[Any]]] = {}

    def __init__(self, data: Any, queryset: models.QuerySet[Any], *, workspace: Any):
        super().__init__(data, queryset)
        self.workspace = workspace
        for name, rows in self.choices_from.items():
            self.filters[name].queryset = rows(workspace)


class FlagFilter(filters.ChoiceFilter):
    """`?counted=yes`: the filter is on or it is not there. `condition` is what holds for the rows it lets pass."""

    def __init__(self, *args: Any, apply: Callable[[Any], Any], **kwargs: Any):
        self.apply = apply
        super().__init__(*args, choices=[("yes", "Yes")], **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        return self.apply(qs) if value == "yes" else qs


class DayFilter(filters.DateFilter):
    """`?from=` or `?to=`: a day of the workspace, for a moment in `field_name`."""

    def filter(self, qs: Any, value: Any) -> Any:
        if value is None:
            return qs
        days = (value, None) if self.lookup_expr == "from" else (None, value)
        return qs.filter(self.parent.workspace.moments(self.field_name, *days))
