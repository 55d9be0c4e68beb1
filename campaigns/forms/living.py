from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import Audience, Campaign

OWN, OFF = "own", "off"


class LivingForm(forms.Form):
    """Which rule proposes people for ongoing coverage. `seen` is the version that the page showed."""

    use = forms.ChoiceField(label=_("Audience"))
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.audiences = {f"audience-{each.pk}": each for each in campaign.workspace.audiences.all()}
        choices = [(key, f"“{audience}”") for key, audience in self.audiences.items()]
        if campaign.rule:
            choices.insert(0, (OWN, gettext("The campaign's own rule")))
        if campaign.is_living:
            choices.append((OFF, gettext("None: turn it off")))
        use: Any = self.fields["use"]
        use.choices = choices

    @property
    def rule(self) -> dict[str, Any] | None:
        """The chosen rule; None turns the living audience off."""
        use = self.cleaned_data["use"]
        if use == OFF:
            return None
        return self.campaign.rule if use == OWN else dict(self.audiences[use].rule)

    @property
    def audience(self) -> Audience | None:
        """The chosen audience; None for the campaign's own rule."""
        return self.audiences.get(self.cleaned_data["use"])
