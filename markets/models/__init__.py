from markets.models.access import ApiToken, IdempotencyKey, Invitation, Scope, SignInDomain
from markets.models.contact_points import ContactPoint
from markets.models.custom_fields import CustomField
from markets.models.exports import ExportState, WorkspaceExport
from markets.models.history.audit import AuditAction, AuditEvent
from markets.models.history.changes import ContactChange, DecidedIdentity
from markets.models.history.erasures import ErasedKey, Erasure
from markets.models.history.merges import ContactMerge, FormerKey, NotDuplicate
from markets.models.imports import (
    ImportedContact,
    ImportJob,
    ImportKind,
    ImportNote,
    ImportPreset,
    ImportRejection,
    ImportState,
)
from markets.models.landscape import Contact, Market, MarketContact
from markets.models.off_limits import OffLimits
from markets.models.operations import CachedValue, Heartbeat, OperatorTask, TaskRun
from markets.models.suppressions import Suppression, SuppressionScope
from markets.models.tags import ContactTag, Tag
from markets.models.users import User
from markets.models.webhooks import EventKind, Webhook, WebhookDelivery, WebhookEvent
from markets.models.workspaces import Membership, Role, Workspace

__all__ = [
    "ApiToken",
    "AuditAction",
    "AuditEvent",
    "CachedValue",
    "Contact",
    "ContactChange",
    "ContactMerge",
    "ContactPoint",
    "ContactTag",
    "CustomField",
    "DecidedIdentity",
    "ErasedKey",
    "Erasure",
    "EventKind",
    "ExportState",
    "FormerKey",
    "Heartbeat",
    "IdempotencyKey",
    "ImportJob",
    "ImportKind",
    "ImportNote",
    "ImportPreset",
    "ImportRejection",
    "ImportState",
    "ImportedContact",
    "Invitation",
    "Market",
    "MarketContact",
    "Membership",
    "NotDuplicate",
    "OffLimits",
    "OperatorTask",
    "Role",
    "Scope",
    "SignInDomain",
    "Suppression",
    "SuppressionScope",
    "Tag",
    "TaskRun",
    "User",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
    "Workspace",
    "WorkspaceExport",
]
