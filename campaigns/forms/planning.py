"""Forms of goals, copies and templates."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.forms.campaigns import WITH_DEFAULT, check_hours
from campaigns.models import Campaign, CampaignTemplate, GoalKind
from campaigns.planning import SCRIPT, GoalValue, goals_of, set_goals
from config.ui.formats import day, number
from config.ui.forms import DayInput, FoldedFields, WorkspaceModelForm
from config.ui.optimistic_locking import VersionedForm, VersionedModelForm
from markets.audit.edits import RecordedForm
from markets.models import AuditAction, User

MOST = {GoalKind.COVERAGE: 100, GoalKind.CONVERSATIONS: 1_000_000, GoalKind.MEETINGS: 1_000_000}
LABELS = {
    GoalKind.COVERAGE: _("Coverage in per cent"),
    GoalKind.CONVERSATIONS: _("Conversations"),
    GoalKind.MEETINGS: _("Meetings booked"),
}
HELP = {
    GoalKind.COVERAGE: _("Share of the people who were called at least once. 100 means everybody who can be called."),
    GoalKind.CONVERSATIONS: _("Number of calls that reached the person."),
    GoalKind.MEETINGS: _("Number of meetings booked. Later cancellations don't reduce it."),
}
FURTHEST_DUE = timedelta(days=3660)


def target_fields() -> dict[str, forms.IntegerField]:
    """A field for the target of each kind of goal, by its name."""
    return {
        f"{kind}_target": forms.IntegerField(
            label=LABELS[kind], required=False, min_value=1, max_value=MOST[kind], help_text=HELP[kind]
        )
        for kind in GoalKind
    }


class GoalsForm(VersionedForm, forms.Form):
    """The goals of a campaign, each with a target and a day. A goal without a target is removed."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any):
        self.campaign = campaign
        kwargs["initial"] = self._values()
        super().__init__(*args, **kwargs)
        due_hint = (
            gettext("Default %(ends_on)s, the end of the campaign.") % {"ends_on": day(campaign.ends_on)}
            if campaign.ends_on
            else ""
        )
        for name, field in target_fields().items():
            self.fields[name] = field
            label = gettext("%(goal)s by") % {"goal": GoalKind(name.removesuffix("_target")).label}
            due = forms.DateField(required=False, label=label, widget=DayInput(), help_text=due_hint)
            self.fields[name.replace("_target", "_due")] = due

    def _values(self) -> dict[str, object]:
        goals, values = goals_of(self.campaign), dict[str, object]()
        for kind in GoalKind:
            target, due_on = goals.get(kind, (None, None))
            values |= {f"{kind}_target": target, f"{kind}_due": due_on}
        return values

    def lock(self) -> None:
        self.campaign = self.campaign.workspace.campaigns.select_for_update(no_key=True).get(pk=self.campaign.pk)
        self.initial = self._values()

    def clean(self) -> dict[str, Any]:
        super().clean()
        for kind in GoalKind:
            self._check_due(kind)
        return self.cleaned_data

    def _check_due(self, kind: GoalKind) -> None:
        due: date | None = self.cleaned_data.get(f"{kind}_due")
        if due is None:
            return
        starts_on, today = self.campaign.starts_on, self.campaign.workspace.today()
        if f"{kind}_target" in self.cleaned_data and self.cleaned_data[f"{kind}_target"] is None:
            self.add_error(f"{kind}_target", gettext("Enter a goal for this date, or leave the date empty."))
        elif starts_on and due < starts_on:
            self.add_error(
                f"{kind}_due",
                gettext("The campaign starts on %(starts_on)s. Choose a later day.") % {"starts_on": day(starts_on)},
            )
        elif abs(due - today) > FURTHEST_DUE:
            self.add_error(f"{kind}_due", gettext("Choose a day within ten years."))

    def save(self, by: User) -> None:
        given = {kind: (self.cleaned_data[f"{kind}_target"], self.cleaned_data[f"{kind}_due"]) for kind in GoalKind}
        goals = {kind.value: GoalValue(target, due) for kind, (target, due) in given.items() if target}
        set_goals(campaign=self.campaign, goals=goals, by=by)


class CopyForm(forms.Form):
    """The name of the copy, and whether it takes the people along."""

    name = forms.CharField(max_length=120, label=_("Name"))
    with_people = forms.BooleanField(required=False, label=_("Copy the people, too"))

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any):
        kwargs["initial"] = {"name": gettext("%(name)s (copy)") % {"name": campaign.name[:112]}}
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        count = campaign.members.current().count()
        self.fields["with_people"].help_text = gettext(
            "%(count)s now in the campaign. Their calls stay where they are."
        ) % {"count": number(count)}

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if self.campaign.market.campaigns.filter(name__iexact=name).exists():
            raise forms.ValidationError(gettext("This market already has a campaign of that name."))
        return name


class TemplateNameForm(forms.Form):
    """The name under which a campaign is saved as a template."""

    name = forms.CharField(max_length=120, label=_("Name"))

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.campaign = campaign

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if self.campaign.workspace.campaign_templates.filter(name__iexact=name).exists():
            raise forms.ValidationError(
                gettext("This workspace already has a template “%(name)s”. Enter another name.") % {"name": name}
            )
        return name


class TemplateForm(FoldedFields, RecordedForm, VersionedModelForm, WorkspaceModelForm):
    """A template with its goals. Their targets are fields of their own."""

    rare_fields = SCRIPT
    changed = AuditAction.TEMPLATE_CHANGED

    class Meta:
        model = CampaignTemplate
        fields = [
            *("name", "kind", "brief", *SCRIPT, "most_attempts", "rest_days"),
            *("calls_from", "calls_until", "calls_on_weekends", "calls_per_day"),
        ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields.update(target_fields())
        self.initial.update(self._targets())
        for name in ("brief", *WITH_DEFAULT):
            source = Campaign._meta.get_field(name)
            self.fields[name].help_text = str(getattr(source, "help_text", ""))
            self.fields[name].label = str(getattr(source, "verbose_name", name)).capitalize()
        for name in WITH_DEFAULT:
            self.fields[name].required = False
            self.fields[name].help_text += " " + gettext("Default %(value)s.") % {"value": getattr(self.instance, name)}

    def _targets(self) -> dict[str, int | None]:
        return {f"{kind}_target": self.instance.goals.get(kind) for kind in GoalKind}

    def lock(self) -> None:
        super().lock()
        self.initial.update(self._targets())

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        super().clean()
        for name in WITH_DEFAULT:
            if name in self.cleaned_data and self.cleaned_data[name] is None:
                self.cleaned_data[name] = getattr(self.instance, name)
        check_hours(self)
        targets = {kind.value: self.cleaned_data.get(f"{kind}_target") for kind in GoalKind}
        self.instance.goals = {kind: target for kind, target in targets.items() if target}
        return self.cleaned_data
