"""What people and sources changed of a contact, and which contact a source means by an external ID."""

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models.imports import ImportJob, ImportPreset
from markets.models.landscape import Contact
from markets.models.workspaces import Workspace


class ContactChange(WorkspaceModel):
    """A change of a contact's fields: the values before and after, and the person or the import that made it.

    Rows are only added. A contact that an import created has none for its first values: these are its import's.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="contact_changes")
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, related_name="changes")
    before = models.JSONField(help_text=_("The fields that changed, as they were."))
    after = models.JSONField(help_text=_("The same fields, as they are since."))
    changed_at = models.DateTimeField(default=now, editable=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    import_job = WorkspaceForeignKey(
        ImportJob, models.PROTECT, null=True, db_constraint=False, related_name="contact_changes"
    )
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["changed_at", "id"]
        constraints = [
            same_workspace("contact", "markets.Contact", "contact_change_contact_in_workspace"),
            same_workspace("import_job", "markets.ImportJob", "contact_change_import_job_in_workspace"),
        ]
        indexes = [
            models.Index(fields=["workspace"], condition=models.Q(import_job=None), name="contact_change_by_person")
        ]

    def __str__(self) -> str:
        return f"{self.contact}: {', '.join(self.after)}"


class DecidedIdentity(WorkspaceModel):
    """A person's decision whom a source means by an external ID that another contact has, too."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="decided_identities")
    preset = WorkspaceForeignKey(ImportPreset, models.PROTECT, db_constraint=False, related_name="decided_identities")
    external_id = models.CharField("external ID", max_length=120)
    contact = WorkspaceForeignKey(Contact, models.PROTECT, db_constraint=False, related_name="decided_identities")
    decided_at = models.DateTimeField(default=now, editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["preset", "external_id"]
        verbose_name_plural = "decided identities"
        constraints = [
            models.UniqueConstraint(fields=["preset", "external_id", "workspace"], name="decided_identity_unique"),
            same_workspace("preset", "markets.ImportPreset", "decided_identity_preset_in_workspace"),
            same_workspace("contact", "markets.Contact", "decided_identity_contact_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} is {self.contact}"
