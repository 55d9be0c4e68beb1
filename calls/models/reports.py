from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models import ImportPreset, Workspace


class CallReport(WorkspaceModel):
    """What a source last said about a call, unless it is what the call was created with.

    A source is an import preset, or the API if there is none. It changes a call only where it changes its own word
    (product.md, section 8).
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False, related_name="+")
    call = WorkspaceForeignKey("calls.Call", models.PROTECT, db_constraint=False, related_name="reports")
    preset = WorkspaceForeignKey(
        ImportPreset, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    values = models.JSONField(help_text=_("The fields that the source gave."))
    reported_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["call", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "preset", "workspace"], condition=Q(preset__isnull=False), name="call_report_unique"
            ),
            models.UniqueConstraint(
                fields=["call", "workspace"], condition=Q(preset=None), name="call_report_of_api_unique"
            ),
            same_workspace("call", "calls.Call", "call_report_call_in_workspace"),
            same_workspace("preset", "markets.ImportPreset", "call_report_preset_in_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.preset or 'API'} about {self.call}"
