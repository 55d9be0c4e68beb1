"""Filters of lists. Their choices are always limited to the workspace."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, cast

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.ui.forms import DayInput
from config.ui.periods import FIRST_DAY, LAST_DAY


class WorkspaceFilterSet(filters.FilterSet):
    """`choices_from` maps a model-choice filter to the rows of the workspace that it offers."""

    choices_from: dict[str, Callable[[Any], models.QuerySet[models.Model]]] = {}
    on_demand: Collection[str] = ()
    """Filters that are folded away."""
    counts_with_rows = False
    """Whether finding the rows costs so much that they are counted in the same statement."""
    capped_with: Collection[str] | None = None
    """If none but these filters are chosen, rows are only counted up to a limit. None: they are always counted."""
    unfiltered_rows: models.QuerySet[models.Model] | None = None
    """The rows with all that the list shows of them, but without the filters. Set where filtering costs much: the rows
    of a page are fetched from it, after the filters have found them."""

    selected_people: Callable[[], models.QuerySet[models.Model]] | None = None
    """The contacts that the user has selected on the list, for a SelectedFilter."""

    def __init__(self, data: Mapping[str, object], queryset: models.QuerySet[models.Model], *, workspace: Any):
        super().__init__(cast(QueryDict, data), queryset)
        self.workspace = workspace
        for name, rows in self.choices_from.items():
            choice = self.filters[name]
            assert isinstance(choice, filters.ModelChoiceFilter)
            choice.queryset = rows(workspace)

    def count_with_rows(self) -> None:
        """For filters that no index serves: they are applied once, and not also to count and to fetch."""
        self.counts_with_rows, self.unfiltered_rows = True, self.queryset

    def unfiltered[R: models.QuerySet[models.Model]](self, rows: R, name: str, value: object) -> R:
        """The `method` of filters that `filter_queryset` applies, because they depend on others or have a default."""
        return rows

    @property
    def past_day(self) -> date | None:
        """The past day as of which the list is shown, or None for now."""
        return None

    @property
    def caps_count(self) -> bool:
        return self.capped_with is not None and self.is_valid() and self.chosen <= set(self.capped_with)

    def describe(self, name: str, value: object) -> str:
        """What the chip of a chosen filter says; empty for the value itself."""
        return ""

    @property
    def chosen_hidden_fields(self) -> list[forms.BoundField]:
        """The hidden filters that are set: an unset one must leave no parameter in the address."""
        return [field for field in self.form.hidden_fields() if field.value()]

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [field for field in self.form.visible_fields() if field.name not in self.on_demand]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [field for field in self.form.visible_fields() if field.name in self.on_demand]

    @property
    def typed(self) -> set[str]:
        """The names of the filters that are typed letter by letter."""
        widgets = {name: field.widget for name, field in self.form.fields.items()}
        return {
            name
            for name, widget in widgets.items()
            if isinstance(widget, forms.TextInput) and widget.input_type != "date"
        }

    @property
    def chosen(self) -> set[str]:
        """The names of the filters that narrow the list."""
        return {name for name, value in self.form.cleaned_data.items() if value} if self.is_valid() else set()


class AsOfFilterSet(WorkspaceFilterSet):
    """A list that can also be shown as of a past day (`?as_of=`), as it was known at the end of that day."""

    as_of = filters.DateFilter(method="unfiltered", label=_("As of"), widget=forms.HiddenInput)
    current_only: tuple[str, ...] = ()
    """The filters, or `filter:value`, that only work for the present."""

    def __init__(self, data: Mapping[str, object], queryset: models.QuerySet[models.Model], *, workspace: Any):
        super().__init__(data, queryset, workspace=workspace)
        today = workspace.today()
        self.filters["as_of"].extra["validators"] = [
            MinValueValidator(FIRST_DAY),
            MaxValueValidator(today, _("that day has not come; choose a past one.")),
        ]
        if data.get("as_of") not in (None, "", today.isoformat()):
            for name in self.current_only:
                field, _colon, value = name.partition(":")
                self.filters[field].extra["validators"] = [refuse_past(value)]

    @property
    def past_day(self) -> date | None:
        return self.day if self.is_valid() else None

    @property
    def day(self) -> date | None:
        """The past day that was chosen, or None for now. Only for valid filters."""
        day = self.form.cleaned_data["as_of"]
        return day if day and day < self.workspace.today() else None


def refuse_past(value: str) -> Callable[[object], None]:
    """A validator that refuses `value` together with a past day, or every value if it is empty."""

    def refuse(chosen: object) -> None:
        if chosen and value in ("", str(chosen)):
            raise ValidationError(_("this is only known as of now; take “as of” off."))

    return refuse


class FlagFilter(filters.ChoiceFilter):
    """`?counted=yes`: on or absent. Links behind numbers set it, and the page shows a chip that removes it."""

    def __init__(self, *args: Any, apply: Callable[[Any], Any], **kwargs: Any):
        self.apply = apply
        super().__init__(*args, choices=[("yes", _("yes"))], widget=forms.HiddenInput, **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        return self.apply(qs) if value == "yes" else qs


class SelectedFilter(FlagFilter):
    """`?selected=yes`: only the people whom the user has selected on the list. `field_name` is the path to the id."""

    parent: WorkspaceFilterSet

    def __init__(self, field_name: str = "pk"):
        super().__init__(field_name=field_name, label=_("Selected"), apply=self._only_selected)

    def _only_selected(self, rows: Any) -> Any:
        selected = self.parent.selected_people
        return rows.filter(**{f"{self.field_name}__in": selected().values("pk")}) if selected else rows.none()


class DayFilter(filters.DateFilter):
    """`?from=` or `?to=`: a day of the workspace, for the time in `field_name`."""

    parent: WorkspaceFilterSet

    def __init__(self, *args: Any, **kwargs: Any):
        validators = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
        super().__init__(*args, widget=DayInput(), validators=validators, **kwargs)

    def filter[R: models.QuerySet[models.Model]](self, qs: R, value: date | None) -> R:
        if value is None:
            return qs
        days = (value, None) if self.lookup_expr == "from" else (None, value)
        return qs.filter(self.parent.workspace.in_days(self.field_name, *days))


class SinceFilter(filters.IsoDateTimeFilter):
    """`?since=2026-01-31T09:00:00Z`: rows newer than this. Links behind numbers set it."""

    def __init__(self, *args: Any, **kwargs: Any):
        first, last = (datetime.combine(day, time.min, tzinfo=UTC) for day in (FIRST_DAY, LAST_DAY))
        validators = [MinValueValidator(first), MaxValueValidator(last)]
        options: dict[str, Any] = {
            "lookup_expr": "gt",
            "label": _("New since"),
            "widget": forms.HiddenInput,
            "validators": validators,
        }
        super().__init__(*args, **(options | kwargs))


def between_days[F: type[WorkspaceFilterSet]](field_name: str) -> Callable[[F], F]:
    """Adds the filters `from` and `to` for a time. They cannot be attributes, because `from` is a keyword."""

    def decorate(filterset: F) -> F:
        for name, label in (("from", pgettext_lazy("period", "From")), ("to", pgettext_lazy("period", "To"))):
            day = DayFilter(field_name=field_name, lookup_expr=name, label=label)
            filterset.base_filters[name] = day
        return filterset

    return decorate
