"""Filters and columns of lists of contacts by custom fields. Only fields that ops show can be named."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from config.ui.forms import DayInput
from config.ui.lists.filters import WorkspaceFilterSet
from markets.custom_fields.shown import CustomColumn, custom_columns, shown_fields
from markets.models import CustomField

COLUMNS = "columns"
PREFIX = "custom-"
"""Before the keys of fields in query strings."""


class CustomNumberFilter(filters.NumberFilter):
    def filter(self, qs: Any, value: Decimal | None) -> Any:
        return super().filter(qs, None if value is None else float(value))


class CustomDayFilter(filters.DateFilter):
    def filter(self, qs: Any, value: date | None) -> Any:
        return super().filter(qs, None if value is None else value.isoformat())


class CustomFieldFilters(WorkspaceFilterSet):
    """Adds `?custom-<key>=`, and `?custom-<key>-from=` and `-to=` for numbers and dates."""

    offers_columns = False
    """Whether `?columns=<key>` shows columns: for lists that offer no other columns to choose from."""

    def __init__(self, data: Mapping[str, object], queryset: QuerySet[Model], *, workspace: Any):
        super().__init__(data, queryset, workspace=workspace)
        self.custom_fields = list(shown_fields(workspace))
        added: dict[str, filters.Filter] = {}
        for field in self.custom_fields:
            added |= _filters_of(field)
        if self.custom_fields and self.offers_columns:
            added[COLUMNS] = filters.MultipleChoiceFilter(
                choices=[(field.key, field.name) for field in self.custom_fields],
                method="unfiltered",
                label=_("Columns"),
                widget=forms.CheckboxSelectMultiple,
            )
        for each in added.values():
            vars(each).update(parent=self, model=queryset.model)  # as FilterSet does with its own
        self.filters.update(added)
        self.on_demand = frozenset(added)

    @property
    def custom_columns(self) -> list[tuple[str, CustomColumn]]:
        """The page shows those that are chosen or filtered by; exports have all."""
        visible = set(self.form.cleaned_data.get(COLUMNS) or ()) if self.is_valid() else set[str]()
        visible |= {name.removeprefix(PREFIX).partition("-")[0] for name in self.chosen if name in self.on_demand}
        return custom_columns(self.custom_fields, visible)


def _filters_of(field: CustomField) -> dict[str, filters.Filter]:
    name, path = f"{PREFIX}{field.key}", f"custom__{field.key}"
    match field.kind:
        case CustomField.Kind.NUMBER | CustomField.Kind.DATE:
            return {f"{name}-{end}": _range_filter(field, path, end) for end in ("from", "to")}
        case CustomField.Kind.CHOICE:
            choices = [(choice, choice) for choice in field.choices]
            return {name: filters.ChoiceFilter(field_name=path, choices=choices, label=field.name)}
    return {name: filters.CharFilter(field_name=path, lookup_expr="icontains", label=field.name)}


def _range_filter(field: CustomField, path: str, end: str) -> filters.Filter:
    options: dict[str, Any] = {
        "field_name": path,
        "lookup_expr": {"from": "gte", "to": "lte"}[end],
        "label": f"{field.name}, {end}",
    }
    if field.kind == CustomField.Kind.DATE:
        return CustomDayFilter(widget=DayInput(), **options)
    return CustomNumberFilter(**options)
