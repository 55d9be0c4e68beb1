"""Forms of campaigns, by subject."""

from campaigns.forms.campaigns import CampaignForm
from campaigns.forms.planning import CopyForm, GoalsForm, TemplateForm, TemplateNameForm

__all__ = [
    "CampaignForm",
    "CopyForm",
    "GoalsForm",
    "TemplateForm",
    "TemplateNameForm",
]
