"""Custom fields on pages: a person's values, the columns of lists, and the fields of the edit form."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.ui.formats import day
from config.ui.forms import DayInput
from config.ui.lists.columns import DrawnColumn
from markets.contacts.normalization import clean_text
from markets.custom_fields.values import MAX_LENGTH, PREFIX, Value, as_text, read_date, read_number, read_value
from markets.models import Contact, CustomField, Workspace


def shown_fields(workspace: Workspace) -> QuerySet[CustomField]:
    return workspace.custom_fields.shown()


def shown_values(contact: Contact) -> list[tuple[str, str]]:
    """The names and values of the fields that the contact has, in their order, without hidden ones."""
    if not contact.custom:
        return []
    fields = CustomField.objects.shown().filter(workspace=contact.workspace_id, key__in=list(contact.custom))
    return [(field.name, shown_value(field.kind, contact.custom[field.key])) for field in fields]


def shown_value(kind: str, value: Value) -> str:
    text = as_text(value)
    return day(date.fromisoformat(text)) if kind == CustomField.Kind.DATE and _is_day(text) and text else text


class CustomColumn(DrawnColumn):
    """A column of a list of contacts. Exports have the raw value."""

    def __init__(self, field: CustomField, *, visible: bool):
        self.key, self.kind = field.key, field.kind
        super().__init__(verbose_name=field.name, sort=f"custom__{field.key}", visible=visible)

    def read(self, record: Contact) -> Value:
        value: Value = record.custom.get(self.key, "")
        return value

    def draw(self, record: Contact, table: Any, name: str) -> SafeString:
        return conditional_escape(shown_value(self.kind, self.read(record)))


def custom_columns(fields: Iterable[CustomField], visible: Iterable[str] = ()) -> list[tuple[str, CustomColumn]]:
    """For the `extra_columns` of a table of contacts. `visible` are the keys of those that the page shows."""
    keys = set(visible)
    return [(f"custom_{field.key}", CustomColumn(field, visible=field.key in keys)) for field in fields]


def form_fields(fields: Iterable[CustomField], contact: Contact) -> Iterator[tuple[str, forms.Field]]:
    """With the names that the values have in changes of the contact."""
    for field in fields:
        yield f"{PREFIX}{field.key}", _form_field(field, as_text(contact.custom.get(field.key, "")))


def form_values(fields: Iterable[CustomField], contact: Contact) -> dict[str, str]:
    return {f"{PREFIX}{field.key}": as_text(contact.custom.get(field.key, "")) for field in fields}


def _form_field(field: CustomField, stored: str) -> forms.Field:
    if field.kind == CustomField.Kind.CHOICE:
        values = dict.fromkeys(filter(None, [*field.choices, stored]))
        choices = [("", "–"), *((each, each) for each in values)]
        return forms.ChoiceField(choices=choices, required=False, label=field.name)
    widget = DayInput() if field.kind == CustomField.Kind.DATE and _is_day(stored) else forms.TextInput()
    checks = {CustomField.Kind.NUMBER.value: [_check_number], CustomField.Kind.DATE.value: [_check_day]}
    return forms.CharField(
        max_length=MAX_LENGTH,
        required=False,
        label=field.name,
        widget=widget,
        validators=[] if stored and not _is_of_kind(field.kind, stored) else checks.get(field.kind, []),
    )


def _is_of_kind(kind: str, text: str) -> bool:
    return read_value(kind, text) is not None


def _is_day(text: str) -> bool:
    return not text or read_date(text) == text


def _check_number(text: str) -> None:
    if read_number(text) is None:
        raise ValidationError(
            _("“%(text)s” isn't a number. Leave it empty or enter one such as 1250.5.") % {"text": text[:60]}
        )


def _check_day(text: str) -> None:
    if read_date(text) is None:
        raise ValidationError(
            _("“%(text)s” isn't a date. Leave it empty or enter one such as 2026-01-31.") % {"text": text[:60]}
        )


def typed_texts(fields: Iterable[CustomField], cleaned: Mapping[str, object]) -> dict[str, str]:
    """What a form's user typed, by key."""
    return {
        field.key: clean_text(str(cleaned[name])) for field in fields if (name := f"{PREFIX}{field.key}") in cleaned
    }
