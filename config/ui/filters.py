"""Filters of lists: their choices come from the workspace, never from a whole table."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from config.ui.forms import DayInput
from config.ui.periods import FIRST_DAY, LAST_DAY


class WorkspaceFilterSet(filters.FilterSet):
    """`choices_from` maps a model-choice filter to the rows of the workspace that it offers."""

    choices_from: dict[str, Callable[[Any], models.QuerySet[Any]]] = {}

    def __init__(self, data: Any, queryset: models.QuerySet[Any], *, workspace: Any):
        super().__init__(data, queryset)
        self.workspace = workspace
        for name, rows in self.choices_from.items():
            self.filters[name].queryset = rows(workspace)

    @property
    def chosen(self) -> set[str]:
        """The names of the filters that narrow the list."""
        return {name for name, value in self.form.cleaned_data.items() if value} if self.is_valid() else set()


class KnownFilterSet(WorkspaceFilterSet):
    """A list that can also be asked for as of a past day (`?as_of=`), with what was known at its end. Today is now."""

    as_of = filters.DateFilter(method="as_asked", label="As of", widget=forms.HiddenInput)
    of_now: tuple[str, ...] = ()
    """The filters, or `filter:value`, whose question can only be answered as of now."""

    def __init__(self, data: Any, queryset: models.QuerySet[Any], *, workspace: Any):
        super().__init__(data, queryset, workspace=workspace)
        today = workspace.today()
        self.filters["as_of"].extra["validators"] = [
            MinValueValidator(FIRST_DAY),
            MaxValueValidator(today, "that day has not come; choose a past one."),
        ]
        if data.get("as_of") not in (None, "", today.isoformat()):
            for name in self.of_now:
                field, _, value = name.partition(":")
                self.filters[field].extra["validators"] = [only_now(value)]

    @property
    def day(self) -> date | None:
        """The past day that is asked for, or None for now. The filters could be read."""
        day = self.form.cleaned_data["as_of"]
        return day if day and day < self.workspace.today() else None

    def as_asked(self, rows: Any, name: str, value: Any) -> Any:
        """The rows are of that day before anything else is asked of them: see filter_queryset of each list."""
        return rows


def only_now(value: str) -> Callable[[Any], None]:
    """Refuses a value, or any where it is empty."""

    def refuse(given: Any) -> None:
        if given and value in ("", str(given)):
            raise ValidationError("this is only known as of now; take “as of” off.")

    return refuse


class FlagFilter(filters.ChoiceFilter):
    """`?counted=yes`: on, or not there. It is set by following a number and shown as a chip to take off again."""

    def __init__(self, *args: Any, apply: Callable[[Any], Any], **kwargs: Any):
        self.apply = apply
        super().__init__(*args, choices=[("yes", "yes")], widget=forms.HiddenInput, **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        return self.apply(qs) if value == "yes" else qs


class DayFilter(filters.DateFilter):
    """`?from=` or `?to=`: a day of the workspace, for a moment in `field_name`."""

    def __init__(self, *args: Any, **kwargs: Any):
        within = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
        super().__init__(*args, widget=DayInput(), validators=within, **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        if value is None:
            return qs
        days = (value, None) if self.lookup_expr == "from" else (None, value)
        return qs.filter(self.parent.workspace.in_days(self.field_name, *days))


class SinceFilter(filters.IsoDateTimeFilter):
    """`?since=2026-01-31T09:00:00Z`: what came to be here after a moment. It is set by following a number."""

    def __init__(self, *args: Any, **kwargs: Any):
        first, last = (datetime.combine(day, time.min, tzinfo=UTC) for day in (FIRST_DAY, LAST_DAY))
        within = [MinValueValidator(first), MaxValueValidator(last)]
        options = {"lookup_expr": "gt", "label": "New since", "widget": forms.HiddenInput, "validators": within}
        super().__init__(*args, **(options | kwargs))


def between_days[F: type[WorkspaceFilterSet]](field_name: str) -> Callable[[F], F]:
    """Gives a filter set `from` and `to` over a moment; `from` is a word of the language and cannot be an attribute."""

    def decorate(filterset: F) -> F:
        for name in ("from", "to"):
            day = DayFilter(field_name=field_name, lookup_expr=name, label=name.title())
            filterset.base_filters[name] = day
        return filterset

    return decorate
