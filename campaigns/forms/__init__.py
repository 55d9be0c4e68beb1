"""Forms of campaigns, by subject."""

from campaigns.forms.campaigns import CampaignForm, StatusForm
from campaigns.forms.members import RemovalForm

__all__ = ["CampaignForm", "RemovalForm", "StatusForm"]
