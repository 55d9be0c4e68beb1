from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.ui.forms import DayInput
from markets.models import Scope, Workspace

DEFAULT_DAYS = 90
MOST_DAYS = 365


def scope_choices() -> list[tuple[str, str]]:
    """What each scope lets a token do, with the name by which the documentation and refusals call it."""
    return [(scope.value, f"{scope.label} ({scope.value})") for scope in Scope]


class TokenForm(forms.Form):
    """Who gets a token of the API, what it may do and until when."""

    name = forms.CharField(max_length=80, label=_("Name"), help_text=_("The system that uses it, such as your CRM."))
    scopes = forms.MultipleChoiceField(
        choices=scope_choices, label=_("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    last_day = forms.DateField(label=_("Works until"), widget=DayInput())

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any):
        super().__init__(*args, **kwargs)
        today, day = workspace.today(), self.fields["last_day"]
        latest = today + timedelta(days=MOST_DAYS)
        day.initial = today + timedelta(days=DEFAULT_DAYS)
        day.validators = [MinValueValidator(today), MaxValueValidator(latest)]
        day.widget.attrs |= {"min": today.isoformat(), "max": latest.isoformat()}
        day.help_text = gettext("The last day on which it works, at most %(days)s days from now.") % {"days": MOST_DAYS}
