"""What a team writes down besides calls: notes with mentions, tags on campaigns, and tasks."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import Contact, Tag, Workspace


class Note(WorkspaceModel):
    """A text about a person or a campaign. Deleting one empties its text; the row stays."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="notes")
    contact = WorkspaceForeignKey(
        Contact, models.PROTECT, null=True, blank=True, db_constraint=False, related_name="notes"
    )
    campaign = WorkspaceForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, db_constraint=False, related_name="notes"
    )
    text = models.TextField(blank=True)
    written_at = models.DateTimeField(default=now, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-written_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="note_key_in_workspace"),
            same_workspace("contact", "markets.Contact", "note_contact_in_workspace"),
            same_workspace("campaign", "campaigns.Campaign", "note_campaign_in_workspace"),
            models.CheckConstraint(
                condition=Q(contact__isnull=False) | Q(campaign__isnull=False), name="note_is_about_something"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Mention(WorkspaceModel):
    """A user named in a note by @name."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="mentions")
    note = WorkspaceForeignKey(Note, models.PROTECT, db_constraint=False, db_index=False, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-note"]
        constraints = [
            models.UniqueConstraint(fields=["note", "user", "workspace"], name="mention_unique"),
            same_workspace("note", "campaigns.Note", "mention_note_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"@{self.user}"


class CampaignTag(WorkspaceModel):
    """A tag on a campaign."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="campaign_tags")
    campaign = WorkspaceForeignKey(Campaign, models.PROTECT, db_constraint=False, db_index=False, related_name="tags")
    tag = WorkspaceForeignKey(Tag, models.PROTECT, db_constraint=False, related_name="campaign_tags")
    added_at = models.DateTimeField(default=now, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ["campaign", "tag"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "tag", "workspace"],
                name="campaign_tag_unique",
                violation_error_message=_("This campaign has that tag already."),
            ),
            same_workspace("campaign", "campaigns.Campaign", "campaign_tag_campaign_in_workspace"),
            same_workspace("tag", "markets.Tag", "campaign_tag_tag_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.tag}: {self.campaign}"


class Task(WorkspaceModel):
    """Something a user is to do by a day, about a person or a campaign or neither."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="tasks")
    title = models.CharField(max_length=200)
    due_on = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    contact = WorkspaceForeignKey(
        Contact, models.PROTECT, null=True, blank=True, db_constraint=False, related_name="tasks"
    )
    campaign = WorkspaceForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, db_constraint=False, related_name="tasks"
    )
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True, editable=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        ordering = [models.F("due_on").asc(nulls_last=True), "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="task_key_in_workspace"),
            same_workspace("contact", "markets.Contact", "task_contact_in_workspace"),
            same_workspace("campaign", "campaigns.Campaign", "task_campaign_in_workspace"),
            models.CheckConstraint(condition=~Q(title=""), name="task_has_title"),
        ]
        indexes = [
            models.Index(fields=["workspace", "due_on"], condition=Q(done_at=None), name="task_open_by_day"),
        ]

    def __str__(self) -> str:
        return self.title
