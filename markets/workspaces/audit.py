"""The audit log: what was done that no other row records."""

from django.db.models import Model

from markets.models import AuditEvent, User, Workspace


def record_event(
    *,
    workspace: Workspace,
    user: User | None,
    action: str,
    summary: str,
    subject: Model | None = None,
    details: dict[str, object] | None = None,
) -> AuditEvent:
    """Adds an event. `summary` is a sentence without personal data; `subject` is the row that it happened to."""
    return AuditEvent.objects.create(
        workspace=workspace,
        user=user,
        action=action,
        subject_kind=str(subject._meta.model_name) if subject else "",
        subject_id=subject.pk if subject else None,
        summary=summary[:500],
        details=details or {},
    )
