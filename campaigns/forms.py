from typing import Any

from django import forms

from campaigns.models import Campaign
from config.ui.forms import DayInput, WorkspaceModelForm
from markets.models import User


class CampaignForm(WorkspaceModelForm):
    class Meta:
        model = Campaign
        fields = [
            *("market", "name", "kind", "starts_on", "ends_on", "brief"),
            *("most_attempts", "rest_days", "owner", "follows"),
        ]
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}
        help_texts = {
            "starts_on": "Filled in with today when the campaign is activated, if it is empty.",
            "follows": "The campaign that this one goes on from, if any.",
        }

    def __init__(self, *args: Any, workspace: Any, **kwargs: Any):
        super().__init__(*args, workspace=workspace, **kwargs)
        self.fields["market"].queryset = workspace.markets.all()
        self.fields["owner"].queryset = User.objects.filter(memberships__workspace=workspace, is_active=True)
        self.fields["follows"].queryset = workspace.campaigns.exclude(pk=self.instance.pk)
        for name in ("most_attempts", "rest_days"):
            self.fields[name].required = False
            self.fields[name].help_text += f" Left empty, it is {getattr(self.instance, name)}."
        if self.instance.pk:
            self.fields["market"].disabled = True
            self.fields["market"].help_text = "A campaign stays in its market."

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_most_attempts(self) -> int:
        return self._or_as_it_is("most_attempts")

    def clean_rest_days(self) -> int:
        return self._or_as_it_is("rest_days")

    def _or_as_it_is(self, name: str) -> int:
        typed = self.cleaned_data[name]
        return getattr(self.instance, name) if typed is None else typed

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if self.instance.status != "draft" and not typed.get("starts_on"):
            self.add_error("starts_on", "A campaign that is under way has a start date.")
        return typed


class StatusForm(forms.Form):
    """`seen` is the status that the page showed when the step was chosen."""

    status = forms.CharField(max_length=20)
    seen = forms.CharField(max_length=20, required=False)
    reason = forms.CharField(max_length=500, required=False)


class RemovalForm(forms.Form):
    reason = forms.CharField(max_length=500)
