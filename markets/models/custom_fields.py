from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.workspace_model import WorkspaceModel
from markets.models.workspaces import Workspace

MAX_CUSTOM_FIELDS = 50
"""In one workspace (product.md, section 9)."""


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def shown(self) -> Self:
        return self.filter(is_hidden=False)


class CustomField(WorkspaceModel):
    """A field of a workspace's contacts that the portal does not know, made of a column of an imported file.

    `Contact.custom` holds the values by `key`: texts as typed, numbers, dates as ISO texts.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="custom_fields")
    key = models.CharField(
        max_length=60, help_text=_("The letters and digits of the column's first name; never changes.")
    )
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.TEXT)
    choices = models.JSONField(default=list, blank=True, help_text=_("The values of a choice, as they were seen."))
    position = models.PositiveSmallIntegerField(default=0)
    is_hidden = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="custom_field_key_unique"),
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                name="custom_field_name_unique",
                violation_error_message=_("This workspace has a custom field of that name already."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="custom_field_has_name"),
            models.CheckConstraint(
                condition=Q(kind__in=["text", "number", "date", "choice"]), name="custom_field_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
