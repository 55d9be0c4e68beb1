from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.callers.eligible import callers_of, in_order_of_names, who_may_call
from campaigns.models import Audience, Campaign
from config.ui.forms import RowsField
from markets.models import User, Workspace


def users_field(label: str | Promise) -> forms.Field:
    return RowsField(
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label=label,
        error_messages={"required": _("Tick at least one caller.")},
    )


class CallersForm(forms.Form):
    """Who is to call in a campaign, besides those who do already."""

    users = users_field(_("Team members"))

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any):
        super().__init__(*args, **kwargs)
        present = set(campaign.callers.values_list("user", flat=True))
        free = [user.pk for user in who_may_call(campaign.workspace) if user.pk not in present]
        set_users(self.fields["users"], free)


class SpreadForm(forms.Form):
    """How the people of a campaign are shared among its callers."""

    HOW = [("evenly", _("Evenly")), ("by_firm", _("By firm: one firm, one caller"))]
    WHICH = [("unassigned", _("Only unassigned people")), ("all", _("Everybody who is still to be called"))]

    how = forms.ChoiceField(choices=HOW, initial="evenly", widget=forms.RadioSelect, label=_("Share people"))
    which = forms.ChoiceField(choices=WHICH, initial="unassigned", widget=forms.RadioSelect, label=_("Which people"))
    among = users_field(_("Among"))

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any):
        super().__init__(*args, **kwargs)
        callers = [user.pk for user in callers_of(campaign) or who_may_call(campaign.workspace)]
        set_users(self.fields["among"], callers)
        self.fields["among"].initial = callers


class PriorityForm(forms.Form):
    """The audience whose people a campaign calls first."""

    audience = forms.ModelChoiceField(
        queryset=Audience.objects.none(),
        required=False,
        label=_("Call these people first"),
        empty_label=_("Nobody first"),
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["audience"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = workspace.audiences.all()


class HandOverForm(forms.Form):
    """Who makes the callbacks of a caller who left: one caller, all in turn, or whoever comes first."""

    HOW = [
        ("one", _("Hand all to one caller")),
        ("evenly", _("Spread evenly over each campaign's callers")),
        ("all", _("Leave to all callers")),
    ]

    how = forms.ChoiceField(choices=HOW, initial="evenly", widget=forms.RadioSelect, label=_("Who makes them?"))
    to = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, label=_("Caller"), empty_label=_("Choose a caller")
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any):
        super().__init__(*args, **kwargs)
        set_users(self.fields["to"], [user.pk for user in who_may_call(workspace)])

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("how") == "one" and not self.cleaned_data.get("to") and "to" not in self.errors:
            self.add_error("to", gettext("Choose the caller who makes these callbacks."))
        return self.cleaned_data


def set_users(field: forms.Field, users: list[int]) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = in_order_of_names(users)
