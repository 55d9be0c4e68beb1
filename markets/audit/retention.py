"""Removes old events: the only way in which anything leaves the audit log."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.timezone import now

from config.db.append_only import removable
from markets.models import AuditAction, AuditEvent
from markets.models.history.audit import MAINTENANCE
from markets.workspaces.audit import record_event

CHUNK = 5_000


def retention_limit() -> datetime | None:
    """Events from before this moment may go; None if they are kept for ever."""
    days: int = settings.AUDIT_RETENTION_DAYS
    return now() - timedelta(days=days) if days else None


def prune_audit_log(before: datetime) -> int:
    """Removes the events from before that moment, a chunk per transaction, records that and returns their number."""
    old = AuditEvent.objects.filter(happened_at__lt=before).order_by("happened_at", "pk")
    count = 0
    while keys := list(old.values_list("pk", flat=True)[:CHUNK]):
        with removable(MAINTENANCE, before):
            count += AuditEvent.objects.filter(pk__in=keys).delete()[0]
    if count:
        record_event(
            workspace=None,
            user=None,
            action=AuditAction.LOG_PRUNED,
            summary=f"Removed {count:,} events from before {before:%-d %b %Y}",
            details={"events": count, "before": before.isoformat()},
        )
    return count
