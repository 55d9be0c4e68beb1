from typing import Any

from django import forms

from campaigns.callers.eligible import callers_of, in_order_of_names, who_may_call
from campaigns.models import Audience, Campaign
from config.ui.forms import RowsField
from markets.models import User, Workspace


def users_field(label: str) -> forms.Field:
    return RowsField(
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label=label,
        error_messages={"required": "Tick at least one caller."},
    )


class CallersForm(forms.Form):
    """Who is to call in a campaign, besides those who do already."""

    users = users_field("Team members")

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any):
        super().__init__(*args, **kwargs)
        present = set(campaign.callers.values_list("user", flat=True))
        free = [user.pk for user in who_may_call(campaign.workspace) if user.pk not in present]
        set_users(self.fields["users"], free)


class SpreadForm(forms.Form):
    """How the people of a campaign are shared among its callers."""

    HOW = [("evenly", "Evenly"), ("by_firm", "By firm: one firm, one caller")]
    WHICH = [("unassigned", "Only unassigned people"), ("all", "Everybody who is still to be called")]

    how = forms.ChoiceField(choices=HOW, initial="evenly", widget=forms.RadioSelect, label="Share people")
    which = forms.ChoiceField(choices=WHICH, initial="unassigned", widget=forms.RadioSelect, label="Which people")
    among = users_field("Among")

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any):
        super().__init__(*args, **kwargs)
        callers = [user.pk for user in callers_of(campaign) or who_may_call(campaign.workspace)]
        set_users(self.fields["among"], callers)
        self.fields["among"].initial = callers


class PriorityForm(forms.Form):
    """The audience whose people a campaign calls first."""

    audience = forms.ModelChoiceField(
        queryset=Audience.objects.none(), required=False, label="Call these people first", empty_label="Nobody first"
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["audience"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = workspace.audiences.all()


class HandOverForm(forms.Form):
    """Who makes the callbacks of a caller who left: one caller, all in turn, or whoever comes first."""

    HOW = [
        ("one", "Hand all to one caller"),
        ("evenly", "Spread evenly over each campaign's callers"),
        ("all", "Leave to all callers"),
    ]

    how = forms.ChoiceField(choices=HOW, initial="evenly", widget=forms.RadioSelect, label="Who makes them?")
    to = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, label="Caller", empty_label="Choose a caller"
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any):
        super().__init__(*args, **kwargs)
        set_users(self.fields["to"], [user.pk for user in who_may_call(workspace)])

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("how") == "one" and not self.cleaned_data.get("to") and "to" not in self.errors:
            self.add_error("to", "Choose the caller who makes these callbacks.")
        return self.cleaned_data


def set_users(field: forms.Field, users: list[int]) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = in_order_of_names(users)
