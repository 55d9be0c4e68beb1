from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import Task
from campaigns.tasks.services import possible_owners
from config.ui.forms import DayInput, WorkspaceModelForm
from config.ui.optimistic_locking import VersionedModelForm
from markets.audit.edits import RecordedForm
from markets.models import AuditAction


class TaskForm(RecordedForm, VersionedModelForm, WorkspaceModelForm):
    changed = AuditAction.TASK_CHANGED

    class Meta:
        model = Task
        fields = ["title", "due_on", "owner"]
        widgets = {"due_on": DayInput()}
        labels = {"title": _("Task"), "due_on": _("Due")}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        owner = cast("forms.ModelChoiceField[Any]", self.fields["owner"])
        owner.queryset = possible_owners(self.workspace)
        owner.empty_label = gettext("Nobody yet")

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())
