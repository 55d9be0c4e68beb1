"""Forms for rows of a workspace."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponseBase


def as_id(text: str) -> int | None:
    """The id that a query or a ticked box names, or None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def looking_again[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page whose form somebody else gets ahead of: what they saved between its check and its row makes the database
    refuse the row. Sent once more, the form finds theirs and says so. What the view writes must be one transaction."""

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except IntegrityError:
            if request.method != "POST" or request.FILES:  # a file is read to its end only once
                raise
            return view(request, *args, **kwargs)

    return page


class CheckedForm(forms.ModelForm):
    """Checks a row against all of its constraints, also over fields that stand fixed or are not shown; unless the form
    has said already what is wrong with the row as a whole."""

    def validate_constraints(self) -> None:
        if NON_FIELD_ERRORS in self.errors:
            return
        try:
            self.instance.validate_constraints(exclude=set(self.errors))
        except ValidationError as error:
            self.add_error(None, error.messages)


class WorkspaceModelForm(CheckedForm):
    """Sets the workspace, which is never posted."""

    def __init__(self, *args: Any, workspace: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        self.instance.workspace = workspace


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any):
        super().__init__(format="%Y-%m-%d", **kwargs)


class MomentInput(forms.DateTimeInput):
    """Without a zone: the page says which one it means."""

    input_type = "datetime-local"

    def __init__(self, **kwargs: Any):
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)
