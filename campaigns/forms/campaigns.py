from typing import Any

from django import forms
from django.db.models import Model, QuerySet

from campaigns.models import Campaign, Status
from config.ui.forms import DayInput, WorkspaceModelForm
from config.ui.optimistic_locking import VersionedModelForm
from markets.models import User, Workspace


class CampaignChoice(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic at run time
    """Names each campaign with its market, for lists that mix markets."""

    def label_from_instance(self, campaign: Campaign) -> str:
        return f"{campaign} · {campaign.market}"


class CampaignForm(VersionedModelForm, WorkspaceModelForm):
    class Meta:
        model = Campaign
        fields = [
            *("market", "name", "kind", "starts_on", "ends_on", "brief"),
            *("most_attempts", "rest_days", "owner", "follows"),
        ]
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}
        field_classes = {"follows": CampaignChoice}
        help_texts = {
            "starts_on": "Filled in with today when the campaign is activated, if it is empty.",
            "follows": "A link to an earlier campaign. To choose people by what they said there, use its “Follow up”.",
        }

    def __init__(self, *args: object, workspace: Workspace, **kwargs: Any):
        super().__init__(*args, workspace=workspace, **kwargs)
        choices: dict[str, QuerySet[Model]] = {
            "market": workspace.markets.all(),
            "owner": User.objects.filter(memberships__workspace=workspace, is_active=True),
            "follows": workspace.campaigns.exclude(pk=self.instance.pk).select_related("market"),
        }
        for name, rows in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        for name in ("most_attempts", "rest_days"):
            self.fields[name].required = False
            self.fields[name].help_text += f" Left empty, it is {getattr(self.instance, name)}."
        if self.instance.pk:
            self.fields["market"].disabled = True
            self.fields["market"].help_text = "A campaign stays in its market."

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_most_attempts(self) -> int:
        return self._value_or_default("most_attempts")

    def clean_rest_days(self) -> int:
        return self._value_or_default("rest_days")

    def _value_or_default(self, name: str) -> int:
        value = self.cleaned_data[name]
        return getattr(self.instance, name) if value is None else value

    def clean(self) -> dict[str, object]:
        super().clean()
        if self.instance.status != Status.DRAFT and not self.cleaned_data.get("starts_on"):
            self.add_error("starts_on", "A campaign that is under way has a start date.")
        return self.cleaned_data


class StatusForm(forms.Form):
    """A step to `status`; `seen` is the status that the page showed, to detect a concurrent change."""

    status = forms.CharField(max_length=20)
    seen = forms.CharField(max_length=20, required=False)
    reason = forms.CharField(max_length=500, required=False)
