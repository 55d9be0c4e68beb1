from datetime import timedelta

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.db.workspace_model import WorkspaceModel
from markets.models.workspaces import Workspace


def export_storage() -> Storage:
    """Beside the uploads, where web server and worker both reach it. No URL serves it."""
    return FileSystemStorage(location=settings.IMPORTS_ROOT / "exports", file_permissions_mode=0o600)


class ExportState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    DELETED = "deleted", pgettext_lazy("file", "Deleted")


UNDER_WAY = (ExportState.WAITING, ExportState.RUNNING)


class WorkspaceExport(WorkspaceModel):
    """A file with everything of a workspace that a manager asked for. The worker makes it; it is kept for some days."""

    LEASE = timedelta(hours=2)
    """An export that takes longer was killed: it cannot renew its lease, as its transaction only reads."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="workspace_exports")
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.WAITING)
    file = models.FileField(storage=export_storage, max_length=200, blank=True)
    size = models.BigIntegerField(null=True, help_text=_("In bytes."))
    row_count = models.BigIntegerField(null=True)
    requested_at = models.DateTimeField(default=now, editable=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"],
                condition=Q(state__in=UNDER_WAY),
                name="workspace_export_one_under_way",
                violation_error_message=_("An export is under way already."),
            ),
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="workspace_export_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.workspace}, {self.requested_at:%Y-%m-%d}"

    @property
    def is_ready(self) -> bool:
        return self.state == ExportState.READY

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY
