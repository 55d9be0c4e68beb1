from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from markets.models.workspaces import Workspace


def action_label(action: str) -> str:
    """`link_visited` as "Link visited"."""
    return action.replace("_", " ").capitalize()


class AuditEvent(models.Model):
    """Something that a user, a visitor of a shared link or the portal did and that no other row records.

    Rows are only added. `subject_kind` and `subject_id` name the row it happened to, for example `campaign` and its id.
    """

    workspace = models.ForeignKey(
        Workspace,
        models.PROTECT,
        null=True,
        related_name="audit_events",
        help_text="Empty for what concerns no workspace, such as a sign-in.",
    )
    happened_at = models.DateTimeField(default=now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=60, help_text="For example link_visited, callers_changed.")
    subject_kind = models.CharField(max_length=30, blank=True)
    subject_id = models.BigIntegerField(null=True)
    summary = models.CharField(max_length=500, help_text="A sentence without personal data.")
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-happened_at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(action=""), name="audit_event_has_action")]
        indexes = [
            models.Index(fields=["workspace", "-happened_at", "-id"], name="audit_event_by_time"),
            models.Index(fields=["workspace", "subject_kind", "subject_id"], name="audit_event_by_subject"),
        ]

    def __str__(self) -> str:
        return self.summary

    @property
    def label(self) -> str:
        return action_label(self.action)
