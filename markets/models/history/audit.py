from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from config.db.append_only import AppendOnly
from markets.models.workspaces import Workspace

MAINTENANCE = "audit_maintenance"
"""The switch that lets a transaction remove old events: see config.db.append_only.removable."""


class AuditAction(models.TextChoices):
    """What can be recorded. Removing one would leave its events without a label."""

    SIGNED_IN = "signed_in", _("Signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
    SIGNED_OUT = "signed_out", _("Signed out")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    EMAIL_CHANGED = "email_changed", _("Email address changed")
    SECOND_FACTOR_CHANGED = "second_factor_changed", _("Second factor changed")
    PROVIDER_CHANGED = "provider_changed", _("Identity provider changed")

    OPERATOR_CREATED = "operator_created", _("Operator created")
    ENCRYPTION_KEYS_ROTATED = "encryption_keys_rotated", _("Encryption keys rotated")

    WORKSPACE_ENTERED = "workspace_entered", _("Entered by ops staff")
    CONTACT_VIEWED = "contact_viewed", _("Person viewed")
    LIST_EXPORTED = "list_exported", _("List exported")
    REPORT_EXPORTED = "report_exported", _("Report downloaded")
    WORKSPACE_EXPORTED = "workspace_exported", _("Workspace exported")
    WORKSPACE_DOWNLOADED = "workspace_downloaded", _("Workspace downloaded")
    WORKSPACE_IMPORTED = "workspace_imported", _("Workspace imported")
    REJECTS_DOWNLOADED = "rejects_downloaded", _("Rejected rows downloaded")
    LINK_VISITED = "link_visited", _("Link visited")

    CONTACT_ADDED = "contact_added", _("Person added")
    CONTACT_CHANGED = "contact_changed", _("Person changed")
    CONTACTS_MERGED = "contacts_merged", _("People merged")
    CONTACTS_SET_APART = "contacts_set_apart", _("Duplicate dismissed")
    CONTACT_ERASED = "contact_erased", _("Person erased")
    CONTACT_EXPORTED = "contact_exported", _("Everything about a person exported")
    SUPPRESSION_ADDED = "suppression_added", _("Do-not-call added")
    SUPPRESSION_LIFTED = "suppression_lifted", _("Do-not-call lifted")
    OFF_LIMITS_ADDED = "off_limits_added", _("Off-limits added")
    OFF_LIMITS_LIFTED = "off_limits_lifted", _("Off-limits lifted")
    TAGS_CHANGED = "tags_changed", _("Tags changed")
    TAG_RENAMED = "tag_renamed", _("Tag renamed")
    TAG_DELETED = "tag_deleted", _("Tag deleted")

    IMPORT_STARTED = "import_started", _("Import started")
    IMPORT_STOPPED = "import_stopped", _("Import stopped")
    IMPORT_UNDONE = "import_undone", _("Import undone")
    IMPORT_DISCARDED = "import_discarded", _("Import discarded")
    IMPORT_ROW_DECIDED = "import_row_decided", _("Rejected row decided")

    NOTE_CHANGED = "note_changed", _("Note changed")
    NOTE_DELETED = "note_deleted", _("Note deleted")
    TASK_CHANGED = "task_changed", _("Task changed")

    MARKET_ADDED = "market_added", _("Market added")
    MARKET_CHANGED = "market_changed", _("Market changed")
    CAMPAIGN_ADDED = "campaign_added", _("Campaign created")
    CAMPAIGN_CHANGED = "campaign_changed", _("Campaign changed")
    CAMPAIGN_DELETED = "campaign_deleted", _("Campaign deleted")
    TEMPLATE_CHANGED = "template_changed", _("Template changed")
    STATUS_CHANGED = "status_changed", _("Status changed")
    CALLERS_CHANGED = "callers_changed", _("Callers changed")
    CALLER_REMOVED = "caller_removed", _("Caller removed")
    CALLER_LEFT = "caller_left", _("Caller left")
    PRIORITY_CHANGED = "priority_changed", _("Priority changed")
    PEOPLE_ASSIGNED = "people_assigned", _("People assigned")
    PEOPLE_ADDED = "people_added", _("People added")
    PEOPLE_REMOVED = "people_removed", _("People removed")
    BULK_ACTION_UNDONE = "bulk_action_undone", _("Bulk action undone")
    FOLLOW_UP_CREATED = "follow_up_created", _("Follow up created")
    AUDIENCE_CHANGED = "audience_changed", _("Audience changed")
    AUDIENCE_DELETED = "audience_deleted", _("Audience deleted")
    AUDIENCE_DECIDED = "audience_decided", _("Audience decided")
    LIVING_AUDIENCE_CHANGED = "living_audience_changed", _("Living audience changed")

    MEETING_CHANGED = "meeting_changed", _("Meeting changed")
    CALL_VOIDED = "call_voided", _("Call voided")
    CALLBACKS_DECIDED = "callbacks_decided", _("Callbacks decided")
    CALLBACKS_HANDED_OVER = "callbacks_handed_over", _("Callbacks handed over")

    LINK_MADE = "link_made", _("Link made")
    LINK_REVOKED = "link_revoked", _("Link revoked")
    TOKEN_ISSUED = "token_issued", _("API token issued")
    TOKEN_REVOKED = "token_revoked", _("API token revoked")
    REPORTING_GIVEN = "reporting_given", _("Reporting access given")
    REPORTING_REVOKED = "reporting_revoked", _("Reporting access revoked")
    WEBHOOK_ADDED = "webhook_added", _("Webhook added")
    WEBHOOK_CHANGED = "webhook_changed", _("Webhook changed")
    WEBHOOK_DELETED = "webhook_deleted", _("Webhook deleted")
    SETTING_CHANGED = "setting_changed", _("Settings changed")
    MEMBER_INVITED = "member_invited", _("Member invited")
    MEMBER_JOINED = "member_joined", _("Member joined")
    MEMBER_REMOVED = "member_removed", _("Member removed")
    ROLE_CHANGED = "role_changed", _("Role changed")
    INVITATION_REVOKED = "invitation_revoked", _("Invitation revoked")
    WORKSPACE_ARCHIVED = "workspace_archived", _("Workspace archived")
    WORKSPACE_BROUGHT_BACK = "workspace_brought_back", _("Workspace brought back")
    DELETION_REQUESTED = "deletion_requested", _("Deletion requested")
    DELETION_CANCELLED = "deletion_cancelled", _("Deletion cancelled")
    WORKSPACE_DELETED = "workspace_deleted", _("Workspace deleted")

    ADMIN_ADDED = "admin_added", _("Added in the admin")
    ADMIN_CHANGED = "admin_changed", _("Changed in the admin")
    ADMIN_DELETED = "admin_deleted", _("Deleted in the admin")
    RETENTION_APPLIED = "retention_applied", _("Retention applied")
    LOG_PRUNED = "log_pruned", _("Audit log pruned")


OUTSIDE_WORKSPACES = frozenset(
    {
        *(AuditAction.SIGNED_IN, AuditAction.SIGN_IN_FAILED, AuditAction.SIGNED_OUT, AuditAction.PASSWORD_CHANGED),
        *(AuditAction.EMAIL_CHANGED, AuditAction.SECOND_FACTOR_CHANGED, AuditAction.PROVIDER_CHANGED),
        *(AuditAction.OPERATOR_CREATED, AuditAction.ENCRYPTION_KEYS_ROTATED, AuditAction.LOG_PRUNED),
        AuditAction.WORKSPACE_DELETED,
    }
)
"""What is recorded without a workspace: a user may belong to several. Only ops staff see it."""


class AuditEvent(models.Model):
    """Something that a user, a visitor of a shared link or the portal did.

    Rows are only added: the database refuses to change or remove them, except old ones (markets.audit.retention).
    `subject_kind` and `subject_id` name the row it happened to, for example `campaign` and its id. Texts hold no
    personal data of contacts and no names: rows are mentioned by kind and id (markets.audit.mentions).
    """

    workspace = models.ForeignKey(
        Workspace,
        models.PROTECT,
        null=True,
        related_name="audit_events",
        help_text=_("Empty for what concerns no workspace, such as a sign-in."),
    )
    happened_at = models.DateTimeField(default=now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=60, help_text=_("For example link_visited, callers_changed."))
    subject_kind = models.CharField(max_length=30, blank=True)
    subject_id = models.BigIntegerField(null=True)
    summary = models.CharField(max_length=500, help_text=_("A sentence without personal data."))
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-happened_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(action=""), name="audit_event_has_action"),
            AppendOnly(moment="happened_at", switch=MAINTENANCE, name="audit_event_append_only"),
        ]
        indexes = [
            models.Index(fields=["-happened_at", "-id"], name="audit_event_newest"),
            models.Index(fields=["workspace", "-happened_at", "-id"], name="audit_event_by_time"),
            models.Index(fields=["workspace", "user", "-happened_at"], name="audit_event_by_user"),
            models.Index(fields=["workspace", "subject_kind", "subject_id"], name="audit_event_by_subject"),
        ]

    def __str__(self) -> str:
        return self.summary

    @property
    def label(self) -> str:
        known = AuditAction(self.action).label if self.action in AuditAction.values else ""
        return str(known) or self.action.replace("_", " ").capitalize()
