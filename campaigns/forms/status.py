from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.callbacks.decisions import POSSIBLE
from calls.models import CallbackDecision
from campaigns.callers.eligible import who_may_call
from campaigns.forms.callers import set_users
from campaigns.models import Status
from markets.models import User, Workspace

LABELS = {
    "": _("Decide later: they are listed until then"),
    CallbackDecision.KEPT: _("Keep: they are due again when it resumes"),
    CallbackDecision.HANDED_OVER: _("Hand over to a caller, for when it resumes"),
    CallbackDecision.FOLLOW_UP: _("Leave to a follow-up campaign"),
    CallbackDecision.RELEASED: _("Release: nobody calls back"),
}

DECISIONS = [each.value for each in CallbackDecision if each != CallbackDecision.OPEN]
"""About callbacks of any campaign; each is possible in some."""


class DecisionForm(forms.Form):
    """What becomes of callbacks that are owed."""

    callbacks = forms.ChoiceField(required=False, widget=forms.RadioSelect, label=_("Callbacks owed"))
    callbacks_to = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, label=_("Hand over to"), empty_label=_("Choose a caller")
    )

    def __init__(self, *args: Any, workspace: Workspace, choices: list[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["callbacks"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each, LABELS[each]) for each in choices]
        field.initial = choices[0] if "" in choices else None
        if CallbackDecision.HANDED_OVER in choices:
            set_users(self.fields["callbacks_to"], [user.pk for user in who_may_call(workspace)])
        else:
            del self.fields["callbacks_to"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        hands_over = data.get("callbacks") == CallbackDecision.HANDED_OVER
        if hands_over and not data.get("callbacks_to") and "callbacks_to" not in self.errors:
            self.add_error("callbacks_to", gettext("Choose the caller who takes the callbacks over."))
        return data


class StatusForm(DecisionForm):
    """A step to `status`; `seen` is the status that the page showed, to detect a concurrent change."""

    status = forms.CharField(max_length=20)
    seen = forms.CharField(max_length=20, required=False)
    reason = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, workspace: Workspace, to: str, **kwargs: Any):
        super().__init__(*args, workspace=workspace, choices=choices_for(to), **kwargs)


def choices_for(to: str) -> list[str]:
    """The decisions that a step to that status leaves, the usual one first."""
    possible = POSSIBLE.get(Status(to), ()) if to in Status.values else ()
    if to == Status.PAUSED:
        return [*possible, ""]
    return ["", *possible] if possible else []
