from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, CampaignTemplate, Status
from campaigns.planning import SCRIPT, goals_of_template, set_goals, values_of_template
from campaigns.tasks.services import possible_owners
from config.ui.formats import day
from config.ui.forms import DayInput, FoldedFields, WorkspaceModelForm
from config.ui.optimistic_locking import VersionedModelForm
from markets.audit.edits import RecordedForm
from markets.models import AuditAction, Workspace

WITH_DEFAULT = ("most_attempts", "rest_days", "calls_from", "calls_until")
"""Fields that keep their current value when left empty."""


def check_hours(form: forms.BaseForm) -> None:
    """Adds an error if `calls_until` is not a later hour than `calls_from`."""
    first, last = (form.cleaned_data.get(name) for name in ("calls_from", "calls_until"))
    if last is not None and last > 24:
        form.add_error("calls_until", gettext("“%(last)s” isn't an hour. Enter 24 or less.") % {"last": last})
    elif first is not None and last is not None and first >= last:
        form.add_error(
            "calls_until",
            gettext("“%(last)s” isn't later than “%(first)s”. Enter a later hour.") % {"last": last, "first": first},
        )


class CampaignChoice(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic at run time
    """Names each campaign with its market, for lists that mix markets."""

    def label_from_instance(self, campaign: Campaign) -> str:
        return f"{campaign} · {campaign.market}"


class CampaignForm(FoldedFields, RecordedForm, VersionedModelForm, WorkspaceModelForm):
    rare_fields = (*SCRIPT, *WITH_DEFAULT, "calls_on_weekends", "calls_per_day", "follows")
    added, changed = AuditAction.CAMPAIGN_ADDED, AuditAction.CAMPAIGN_CHANGED

    class Meta:
        model = Campaign
        fields = [
            *("market", "name", "kind", "owner", "starts_on", "ends_on", "brief", *SCRIPT),
            *("most_attempts", "rest_days", "calls_from", "calls_until", "calls_on_weekends", "calls_per_day"),
            "follows",
        ]
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}
        field_classes = {"follows": CampaignChoice}
        help_texts = {
            "starts_on": _("Leave empty to start on the day you activate it."),
            "ends_on": _("Goals without a date of their own are due on this day. Leave empty for ongoing coverage."),
            "owner": _("Who answers for the campaign. Callers see the name."),
            "follows": _(
                "A link to an earlier campaign. To choose people by what they said there, use its “Follow up”."
            ),
        }

    def __init__(self, *args: object, workspace: Workspace, template: CampaignTemplate | None = None, **kwargs: Any):
        if template:
            kwargs["initial"] = kwargs.get("initial", {}) | values_of_template(template)
        super().__init__(*args, workspace=workspace, **kwargs)
        self.template = template
        earlier = workspace.campaigns.exclude(pk=self.instance.pk).select_related("market")
        choices: dict[str, tuple[QuerySet[Model], str]] = {
            "market": (workspace.markets.all(), gettext("Choose a market")),
            "owner": (possible_owners(workspace), gettext("Nobody yet")),
            "follows": (earlier, gettext("None, it is the first")),
        }
        for name, (rows, empty_label) in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset, field.empty_label = rows, empty_label
        for name in WITH_DEFAULT:
            self.fields[name].required = False
            self.fields[name].help_text += " " + gettext("Default %(value)s.") % {"value": getattr(self.instance, name)}
        if self.instance.pk:
            self.fields["market"].disabled = True
            self.fields["market"].help_text = gettext("A campaign stays in its market.")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def save(self, commit: bool = True) -> Campaign:
        campaign: Campaign = super().save(commit)
        if self.template:
            set_goals(campaign=campaign, goals=goals_of_template(self.template))
        return campaign

    @property
    def has_no_market(self) -> bool:
        field = self.fields["market"]
        assert isinstance(field, forms.ModelChoiceField)
        return field.queryset is not None and not field.queryset.exists()

    def clean(self) -> dict[str, object]:
        super().clean()
        for name in WITH_DEFAULT:
            if name in self.cleaned_data and self.cleaned_data[name] is None:
                self.cleaned_data[name] = getattr(self.instance, name)
        starts_on, ends_on = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            problem = gettext("The campaign ends before it starts: %(end)s is before %(start)s.") % {
                "end": day(ends_on),
                "start": day(starts_on),
            }
            self.add_error("ends_on", gettext("%(problem)s Change one of the dates.") % {"problem": problem})
        check_hours(self)
        if self.instance.status != Status.DRAFT and not self.cleaned_data.get("starts_on"):
            self.add_error("starts_on", gettext("A campaign that is under way has a start date."))
        return self.cleaned_data
