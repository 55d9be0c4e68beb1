from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.audience import Rule, RuleInvalid
from campaigns.dispositions import Disposition
from campaigns.follow_up import DEFAULT_DAYS, FollowUpPlan, LeftOut, create_follow_up
from campaigns.follow_up.plan import ALWAYS
from campaigns.follow_up.rules import ConditionJson, without_version
from campaigns.models import Campaign, Kind, Status
from campaigns.tasks.services import possible_owners
from config.ui.formats import in_sentence
from config.ui.forms import DayInput, RowsField, WorkspaceModelForm
from markets.models import User
from signals.capture.vocabulary import VALUES, SignalType

OPTIONAL = [reason for reason in LeftOut if reason not in ALWAYS]
MAX_DAYS = 3650
OUTCOMES = [(value, label) for value, label in Disposition.choices if value != Disposition.DO_NOT_CONTACT]
INTEREST, CHOSEN = "interest", "chosen"
CHOICE_FIELDS = ("outcomes", "movement_state", "timing_window")


class SourceChoice(RowsField):
    def label_from_instance(self, campaign: Campaign) -> str:
        return f"{campaign} ({in_sentence(campaign.get_status_display())})"


class PlanForm(forms.Form):
    """Whom a follow-up of `campaign` takes. Without data it holds the suggestions."""

    leave_out = forms.MultipleChoiceField(choices=[(each, each.label) for each in OPTIONAL], required=False)
    days = forms.IntegerField(
        label=_("Days since the last call"),
        initial=DEFAULT_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_DAYS)],
        widget=forms.NumberInput(attrs={"min": 1, "max": MAX_DAYS}),
    )
    wanted = forms.ChoiceField(label=_("Whom to follow up"), initial=INTEREST, widget=forms.RadioSelect)
    outcomes = forms.MultipleChoiceField(
        choices=OUTCOMES, required=False, widget=forms.CheckboxSelectMultiple, label=_("Any of these outcomes")
    )
    movement_state = forms.ChoiceField(required=False, label=_("Or Movement State at least"))
    timing_window = forms.ChoiceField(required=False, label=_("Or Timing Window at least"))
    more = SourceChoice(queryset=None, required=False, label=_("Also from"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Mapping[str, Any] | None, *, campaign: Campaign):
        super().__init__(data)
        self.campaign, self.workspace = campaign, campaign.workspace
        self.initial["leave_out"] = [str(each) for each in OPTIONAL]
        self.fields["more"].queryset = self.workspace.campaigns.exclude(pk=campaign.pk).select_related("market")  # type: ignore[attr-defined]
        others = self.workspace.campaigns.for_market(campaign.market).exclude(pk=campaign.pk)
        more: Any = self.fields["more"]
        more.widget.choices = [
            (each.pk, more.label_from_instance(each)) for each in others.exclude(status=Status.DRAFT).order_by_status()
        ]
        self.audiences = {f"audience-{each.pk}": each for each in self.workspace.audiences.all()}
        wanted: Any = self.fields["wanted"]
        wanted.choices = [
            (INTEREST, gettext("Showed interest")),
            (CHOSEN, gettext("Outcomes and signals I choose")),
            *(
                (key, gettext("Audience “%(audience)s”") % {"audience": audience})
                for key, audience in self.audiences.items()
            ),
        ]
        for type_ in (SignalType.MOVEMENT_STATE, SignalType.TIMING_WINDOW):
            field: Any = self.fields[type_]
            field.choices = [("", "–"), *((value, gettext(value)) for value in VALUES[type_])]

    def fields_of_choice(self) -> list[forms.BoundField]:
        """The fields that belong to “Outcomes and signals I choose”."""
        return [self[name] for name in CHOICE_FIELDS]

    def clean_more(self) -> list[Campaign]:
        more = list(self.cleaned_data["more"])
        for each in more:
            if each.market_id != self.campaign.market_id:
                raise ValidationError(
                    gettext("%(each)s is in another market, %(other)s. A follow-up stays in one market: %(market)s.")
                    % {"each": each, "other": each.market, "market": self.campaign.market}
                )
            if each.is_draft:
                raise ValidationError(gettext("%(each)s is a Draft: nobody was called for it yet.") % {"each": each})
        return more

    def clean(self) -> dict[str, Any]:
        super().clean()
        chosen = [self.cleaned_data.get(name) for name in CHOICE_FIELDS]
        if self.cleaned_data.get("wanted") == CHOSEN and not any(chosen):
            self.add_error("outcomes", gettext("Choose at least one outcome or signal."))
        if not self.errors:
            try:
                self.plan = self._plan()
                self.counts = self.plan.counts()
            except RuleInvalid as problem:
                self.add_error(
                    "wanted", " ".join([gettext("This audience doesn't work any more."), *problem.sentences])
                )
        return self.cleaned_data

    def suggested(self) -> "PlanForm":
        """The same form with the suggestions sent, to show their counts."""
        sent = {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}
        return type(self)({name: value for name, value in sent.items() if value is not None}, campaign=self.campaign)

    def _plan(self) -> FollowUpPlan:
        data = self.cleaned_data
        return FollowUpPlan(
            workspace=self.workspace,
            sources=(self.campaign, *data["more"]),
            days=data["days"],
            ignored=frozenset(each for each in OPTIONAL if each not in data["leave_out"]),
            wanted=self._wanted(data["wanted"]),
        )

    def _wanted(self, wanted: str) -> ConditionJson | None:
        if wanted == INTEREST:
            return None
        if wanted != CHOSEN:
            return without_version(Rule.parse(self.audiences[wanted].rule, self.workspace).as_json())
        data = self.cleaned_data
        sources = [self.campaign.pk, *(each.pk for each in data["more"])]
        conditions: list[ConditionJson] = []
        if data["outcomes"]:
            conditions.append({"kind": "outcome", "when": "ever", "outcomes": data["outcomes"], "campaigns": sources})
        for type_ in (SignalType.MOVEMENT_STATE, SignalType.TIMING_WINDOW):
            if data[type_]:
                conditions.append({"kind": "signal", "type": str(type_), "op": "at_least", "value": data[type_]})
        return {"match": "any", "conditions": conditions}


class FollowUpForm(WorkspaceModelForm):
    """The Draft that is made from a plan. Raises NobodyFits when it is saved without anybody."""

    class Meta:
        model = Campaign
        fields = ["name", "kind", "starts_on", "ends_on", "owner", "brief"]
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}
        help_texts = {"starts_on": _("Leave empty to start on the day you activate it.")}

    def __init__(self, *args: Any, campaign: Campaign, by: User, plan: FollowUpPlan | None, **kwargs: Any):
        super().__init__(*args, workspace=campaign.workspace, **kwargs)
        self.instance.market = campaign.market
        self.plan, self.by = plan, by
        kind, owner = self.fields["kind"], self.fields["owner"]
        assert isinstance(kind, forms.ChoiceField)
        assert isinstance(owner, forms.ModelChoiceField)
        kind.choices = [(each, each.label) for each in (Kind.FOLLOW_UP, Kind.COVERAGE)]
        owner.queryset = possible_owners(campaign.workspace)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def save(self, commit: bool = True) -> Campaign:
        assert self.plan
        self.count = create_follow_up(plan=self.plan, campaign=self.instance, by=self.by)
        return self.instance


def suggested_values(campaign: Campaign) -> dict[str, object]:
    """What the form of a follow-up begins with."""
    name = (gettext("Follow-up to %(campaign)s") % {"campaign": campaign})[:110]
    taken = {each.casefold() for each in campaign.market.campaigns.values_list("name", flat=True)}
    names = [name, *(f"{name} ({number})" for number in range(2, len(taken) + 3))]
    free = next(each for each in names if each.casefold() not in taken)
    return {"name": free, "kind": Kind.FOLLOW_UP, "owner": campaign.owner_id, "brief": campaign.brief}
