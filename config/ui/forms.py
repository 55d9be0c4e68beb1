"""Forms for rows of a workspace."""

from typing import Any

from django import forms


def as_id(text: str) -> int | None:
    """The id that a query or a ticked box names, or None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


class WorkspaceModelForm(forms.ModelForm):
    """Sets the workspace, which is never posted, and lets the model's constraints see it."""

    def __init__(self, *args: Any, workspace: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        self.instance.workspace = workspace

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"workspace"}


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any):
        super().__init__(format="%Y-%m-%d", **kwargs)


class MomentInput(forms.DateTimeInput):
    """Without a zone: the page says which one it means."""

    input_type = "datetime-local"

    def __init__(self, **kwargs: Any):
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)
