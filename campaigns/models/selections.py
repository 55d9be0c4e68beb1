from django.conf import settings
from django.db import models
from django.utils.timezone import now

from campaigns.models.campaigns import Campaign
from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import Contact, Workspace


class SelectedContact(WorkspaceModel):
    """A person whom a user ticked on the page that chooses people for a campaign, until they are added or unticked.

    Kept apart from the session, as two pages may tick at once, and for thousands of people.
    """

    workspace = models.ForeignKey(
        Workspace, models.PROTECT, db_constraint=False, db_index=False, related_name="selected_contacts"
    )
    campaign = WorkspaceForeignKey(
        Campaign, models.PROTECT, db_constraint=False, db_index=False, related_name="selected_contacts"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, related_name="selected_for")
    selected_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["campaign", "user", "contact"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "user", "contact", "workspace"], name="selected_contact_unique"
            ),
            same_workspace("campaign", "campaigns.Campaign", "selected_contact_campaign_in_workspace"),
            same_workspace("contact", "markets.Contact", "selected_contact_contact_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.contact} for {self.campaign}"
