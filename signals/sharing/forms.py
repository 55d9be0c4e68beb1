from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import CampaignReport, SharedLink
from config.ui.forms import DayInput
from config.ui.periods import PRESETS
from markets.models import Market, User
from signals.sharing.links import DEFAULT_DAYS, MOST_DAYS, sections_of, share

KINDS = [("live", _("Live: as of whenever it is opened")), ("frozen", _("Frozen: as of now, whatever changes later"))]


ONLY_FOR_THE_TEAM = {"next"}
"""Sections that a manager has to tick."""


class ShareForm(forms.Form):
    """What a link to a report or to a market's page shows, to whom and until when."""

    label = forms.CharField(max_length=120, label=_("For whom"), help_text=_("Only your team sees this."))
    expires_on = forms.DateField(label=_("Works until"), widget=DayInput())
    kind = forms.ChoiceField(choices=KINDS, initial="live", label=_("Numbers"), widget=forms.RadioSelect)
    period = forms.ChoiceField(choices=list(PRESETS.items()), initial="all", label=_("Period"))
    sections = forms.MultipleChoiceField(label=_("Sections"), widget=forms.CheckboxSelectMultiple)
    shows_people = forms.BooleanField(
        required=False,
        label=_("Show names and what people said"),
        help_text=_("Leave this off unless the people agreed. Without it the page has counts only."),
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=128,
        min_length=8,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Send it another way than the link. We can't show it again."),
    )

    def __init__(self, *args: Any, thing: CampaignReport | Market, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.thing = thing
        titles, today = sections_of(thing), thing.workspace.today()
        sections, expires_on = self.fields["sections"], self.fields["expires_on"]
        assert isinstance(sections, forms.MultipleChoiceField)
        sections.choices = [(key, gettext(title)) for key, title in titles.items()]
        sections.initial = [key for key in titles if key not in ONLY_FOR_THE_TEAM]
        expires_on.initial = today + timedelta(days=DEFAULT_DAYS)
        expires_on.help_text = gettext("The last day on which it opens, at most %(days)s days from now.") % {
            "days": MOST_DAYS
        }
        expires_on.widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + timedelta(days=MOST_DAYS)).isoformat(),
        }
        if isinstance(thing, CampaignReport):
            del self.fields["kind"], self.fields["period"]

    def save(self, by: User) -> tuple[SharedLink, str] | None:
        """The link and its token; None if the form or the link is invalid, with the errors added."""
        if not self.is_valid():
            return None
        data: dict[str, Any] = self.cleaned_data
        expires_on: date = data["expires_on"]
        try:
            return share(
                thing=self.thing,
                by=by,
                label=data["label"],
                expires_on=expires_on,
                sections=data["sections"],
                shows_people=data["shows_people"],
                is_frozen=data.get("kind") == "frozen",
                period=data.get("period", "all"),
                password=data["password"],
            )
        except ValidationError as refused:
            for name, errors in (refused.error_dict if hasattr(refused, "error_dict") else {"": [refused]}).items():
                self.add_error(name if name in self.fields else None, errors)
            return None


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
