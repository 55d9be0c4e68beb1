from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models.landscape import Contact
from markets.models.workspaces import Workspace


class TagQuerySet(models.QuerySet["Tag"]):
    def named(self, name: str) -> Self:
        """The tag of that name in any letter case."""
        return self.alias(key=Lower("name")).filter(key=Lower(Value(name)))


class Tag(WorkspaceModel):
    """A word of the workspace to mark people and campaigns with."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="tags")
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="tag_key_in_workspace"),
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                name="tag_name_unique",
                violation_error_message=_("This workspace has a tag of that name already."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="tag_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ContactTag(WorkspaceModel):
    """A tag on a person."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="contact_tags")
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, db_index=False, related_name="tags")
    tag = WorkspaceForeignKey(Tag, models.PROTECT, db_constraint=False, related_name="contact_tags")
    added_at = models.DateTimeField(default=now, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ["contact", "tag"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "tag", "workspace"],
                name="contact_tag_unique",
                violation_error_message=_("This person has that tag already."),
            ),
            same_workspace("contact", "markets.Contact", "contact_tag_contact_in_workspace"),
            same_workspace("tag", "markets.Tag", "contact_tag_tag_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.tag}: {self.contact}"


def is_tagged(tag: Tag, contact: str = "pk") -> Exists:
    """Condition: the contact has the tag. `contact` is the path to its id."""
    return Exists(ContactTag.objects.filter(workspace=tag.workspace_id, tag=tag, contact=OuterRef(contact)))
