from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from calls.models.calls import Call
from markets.constraints import same_workspace
from markets.models import ImportJob, Workspace


class Correction(models.Model):
    """A change of what a call says of itself: what it said before and after, who changed it, and why. Only added."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="corrections")
    call = models.ForeignKey(Call, models.PROTECT, related_name="corrections")
    before = models.JSONField(help_text="The fields that changed, as they were.")
    after = models.JSONField(help_text="The same fields, as they are since.")
    corrected_at = models.DateTimeField(default=now)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    brought_by = models.ForeignKey(
        ImportJob, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="corrections"
    )
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["corrected_at", "id"]
        constraints = [
            same_workspace("call", "calls.Call", "correction_call_in_workspace"),
            same_workspace("brought_by", "markets.ImportJob", "correction_brought_by_in_workspace"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="correction_has_reason",
                violation_error_message="Say why the call is corrected.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {', '.join(self.after)}"
