from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import Workspace


class ViewedList(models.TextChoices):
    CONTACTS = "contacts", _("Contacts")
    LANDSCAPE = "landscape", _("Landscapes of markets")
    MEMBERS = "members", _("People of campaigns")


class SavedView(WorkspaceModel):
    """A named way to look at a list of people: its columns, filters and order. Without an owner it is the workspace's.

    campaigns.viewing reads and writes the query, whose rule is stored as such.
    """

    List = ViewedList

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="saved_views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    list_name = models.CharField("list", max_length=12, choices=ViewedList)
    name = models.CharField(max_length=60)
    columns = models.JSONField(default=list, blank=True)
    query = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="saved_view_key_in_workspace"),
            models.UniqueConstraint(
                "workspace",
                "list_name",
                "owner",
                Lower("name"),
                condition=Q(owner__isnull=False),
                name="saved_view_own_name_unique",
                violation_error_message=_("You have a view of that name already."),
            ),
            models.UniqueConstraint(
                "workspace",
                "list_name",
                Lower("name"),
                condition=Q(owner=None),
                name="saved_view_shared_name_unique",
                violation_error_message=_("The workspace has a view of that name already."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_name"),
            models.CheckConstraint(condition=Q(list_name__in=ViewedList.values), name="saved_view_of_known_list"),
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(WorkspaceModel):
    """The view whose columns and order a user's list opens with."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="default_views")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    list_name = models.CharField("list", max_length=12, choices=ViewedList)
    view = WorkspaceForeignKey(SavedView, models.PROTECT, db_constraint=False, related_name="defaults")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user", "list_name"], name="default_view_unique"),
            same_workspace("view", "campaigns.SavedView", "default_view_view_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.view} for {self.user}"
