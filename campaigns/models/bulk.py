from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import Contact, Market, Tag, Workspace


class PeopleSelection(WorkspaceModel):
    """What a user has selected on a list of people, until they clear it: those they ticked, and everybody who matches
    one of its filters at the moment when the selection is used.

    The list is a market's landscape, the people of a campaign or, without either, all people of the workspace.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="people_selections")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    market = WorkspaceForeignKey(
        Market, models.PROTECT, null=True, db_constraint=False, related_name="people_selections"
    )
    campaign = WorkspaceForeignKey(
        Campaign, models.PROTECT, null=True, db_constraint=False, related_name="people_selections"
    )
    queries = models.JSONField(default=list, help_text="Filters, each stored as in a saved view.")
    changed_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="people_selection_key_in_workspace"),
            models.UniqueConstraint(
                fields=["workspace", "user"],
                condition=Q(market=None, campaign=None),
                name="people_selection_of_workspace_unique",
            ),
            models.UniqueConstraint(
                fields=["workspace", "user", "market"],
                condition=Q(market__isnull=False),
                name="people_selection_of_market_unique",
            ),
            models.UniqueConstraint(
                fields=["workspace", "user", "campaign"],
                condition=Q(campaign__isnull=False),
                name="people_selection_of_campaign_unique",
            ),
            models.CheckConstraint(condition=Q(market=None) | Q(campaign=None), name="people_selection_on_one_list"),
            same_workspace("market", "markets.Market", "people_selection_market_in_workspace"),
            same_workspace("campaign", "campaigns.Campaign", "people_selection_campaign_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"Selection {self.pk}"


class SelectedPerson(WorkspaceModel):
    """A person whom a user ticked on a list or, if a filter of the selection finds them, unticked."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="selected_people")
    selection = WorkspaceForeignKey(
        PeopleSelection, models.PROTECT, db_constraint=False, db_index=False, related_name="people"
    )
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, related_name="selected_on_lists")
    is_left_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["selection", "contact", "workspace"], name="selected_person_unique"),
            same_workspace("selection", "campaigns.PeopleSelection", "selected_person_selection_in_workspace"),
            same_workspace("contact", "markets.Contact", "selected_person_contact_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.contact} in selection {self.selection_id}"


class BulkAction(WorkspaceModel):
    """Something that a user did to many people at once, and can undo for a while.

    The rows that it wrote have `done_at` as their time, by which an undo tells them from later ones.
    """

    class Kind(models.TextChoices):
        ADD = "add", _("Added to campaign")
        REMOVE = "remove", _("Removed from campaign")
        ASSIGN = "assign", _("Assigned")
        TAG = "tag", _("Tagged")
        UNTAG = "untag", _("Tag removed")
        SUPPRESS = "suppress", _("Put on the do-not-call list")
        OFF_LIMITS = "off_limits", _("Put off-limits")

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="bulk_actions")
    kind = models.CharField(max_length=12, choices=Kind)
    campaign = WorkspaceForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, db_constraint=False, related_name="bulk_actions"
    )
    tag = WorkspaceForeignKey(
        Tag, models.PROTECT, null=True, blank=True, db_constraint=False, related_name="bulk_actions"
    )
    people_count = models.PositiveIntegerField(default=0, help_text="How many people were changed.")
    skipped = models.JSONField(default=dict, blank=True, help_text="How many were not, by reason.")
    done_at = models.DateTimeField(default=now)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    undone_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-done_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="bulk_action_key_in_workspace"),
            models.CheckConstraint(condition=Q(undone_count__lte=F("people_count")), name="bulk_action_undone_at_most"),
            same_workspace("campaign", "campaigns.Campaign", "bulk_action_campaign_in_workspace"),
            same_workspace("tag", "markets.Tag", "bulk_action_tag_in_workspace"),
        ]
        indexes = [models.Index(fields=["workspace", "-done_at"], name="bulk_action_by_time")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.people_count}"

    @property
    def left_count(self) -> int:
        """People whom an undo left as they were, because somebody had changed them since."""
        return self.people_count - self.undone_count if self.undone_at else 0


class BulkActionPerson(WorkspaceModel):
    """A person whom a bulk action changed, with what an undo gives back."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="bulk_action_people")
    action = WorkspaceForeignKey(BulkAction, models.PROTECT, db_constraint=False, db_index=False, related_name="people")
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, related_name="bulk_actions")
    user_before = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        help_text="Whose person they were, or who had tagged them.",
    )
    user_after = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        help_text="Whose they became.",
    )
    moment_before = models.DateTimeField(null=True, help_text="When they had been tagged.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["action", "contact", "workspace"], name="bulk_action_person_unique"),
            same_workspace("action", "campaigns.BulkAction", "bulk_action_person_action_in_workspace"),
            same_workspace("contact", "markets.Contact", "bulk_action_person_contact_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.contact} in bulk action {self.action_id}"
