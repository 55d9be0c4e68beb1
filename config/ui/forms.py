"""Forms for rows of a workspace."""

from collections.abc import Mapping
from typing import Any, Protocol

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy, gettext_noop

CONFLICT = gettext_lazy("Somebody else changed this at the same moment. Check it and save again.")

gettext_noop("- Select an option -")
"""Django's label of a choice that is not made, which its German lacks."""


def as_id(text: str) -> int | None:
    """The id in a query parameter or a posted value, or None if the text is no id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def posted_text(data: Mapping[str, str], name: str) -> str:
    """A posted text that no form reads, without NULs, which PostgreSQL does not take."""
    return data.get(name, "").replace("\0", "")


class SavableForm(Protocol):
    """A ModelForm, or a form with a `save` of its own."""

    @property
    def errors(self) -> ErrorDict: ...
    def full_clean(self) -> None: ...
    def add_error(self, field: str | None, error: str) -> None: ...
    def save(self) -> object: ...


def save_or_add_error(form: SavableForm) -> bool:
    """Saves a valid form. Returns False if a concurrent write has violated a constraint since the form was checked."""
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        add_conflict(form)
        return False
    return True


def add_conflict(form: forms.BaseForm | SavableForm) -> None:
    """Checks the form again, now that the concurrent write is visible, and makes sure that it has an error."""
    form.full_clean()
    if not form.errors:
        form.add_error(None, str(CONFLICT))


def focus_first_error(form: forms.BaseForm) -> None:
    """The page opens with the focus on the first field, as the form orders them, that has an error."""
    for field in form.visible_fields():
        if field.errors:
            field.field.widget.attrs["autofocus"] = True
            return


def focus_first_empty(form: forms.BaseForm) -> None:
    """The page of something new opens with the focus on the first field to be filled in."""
    empty = next((field for field in form.visible_fields() if not field.value()), None)
    if empty and not form.is_bound:
        empty.field.widget.attrs["autofocus"] = True


class ConflictMixin(forms.BaseForm):
    """For a form that could not be saved because of a concurrent write. It is never valid."""

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.errors:
            self.add_error(None, str(CONFLICT))


class FoldedFields(forms.BaseForm):
    """Shows the fields that matter first. Those in `rare_fields` are folded unless one of them has an error."""

    rare_fields: tuple[str, ...] = ()

    def first_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.rare_fields]

    def folded_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name in self.rare_fields]

    def has_rare_errors(self) -> bool:
        return any(field.errors for field in self.folded_fields())


class CheckedForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at run time
    """Checks all constraints of the row, including those on fields that the form does not have.

    ModelForm skips constraints on such fields. If the form already has a non-field error, nothing is checked.
    """

    def validate_constraints(self) -> None:
        if NON_FIELD_ERRORS in self.errors:
            return
        try:
            self.instance.validate_constraints(exclude=set(self.errors))
        except ValidationError as error:
            self.add_error(None, error.messages)


class WorkspaceModelForm(CheckedForm):
    """Sets the workspace of the instance; it is never posted."""

    def __init__(self, *args: Any, workspace: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        self.instance.workspace = workspace


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg] # not generic at run time
    """Several rows by their ids. SQLite fails on numbers that are too large for an id; here they are invalid."""

    def clean(self, value: Any) -> Any:
        for each in value or []:
            if as_id(str(each)) is None:
                message = self.error_messages["invalid_pk_value"]
                raise ValidationError(message, code="invalid_pk_value", params={"pk": str(each)[:40]})
        return super().clean(value)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any):
        super().__init__(format="%Y-%m-%d", **kwargs)


class MomentInput(forms.DateTimeInput):
    """An input without a time zone. The page names the zone."""

    input_type = "datetime-local"

    def __init__(self, **kwargs: Any):
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)
