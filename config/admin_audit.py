"""What ops staff change in the admin is recorded in the audit log, where the managers of the workspace see it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from config.ui.english import in_english
from markets.models import AuditAction, User, Workspace
from markets.workspaces.audit import record_event


class RecordedAdmin:
    """Beside Django's own log, which no manager sees. Comes before ModelAdmin."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        _record(request, obj, AuditAction.ADMIN_ADDED, "Added", message)
        entry: LogEntry = super().log_addition(request, obj, message)  # type: ignore[misc] # of ModelAdmin
        return entry

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        _record(request, obj, AuditAction.ADMIN_CHANGED, "Changed", message)
        entry: LogEntry = super().log_change(request, obj, message)  # type: ignore[misc] # of ModelAdmin
        return entry

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for obj in queryset:
            _record(request, obj, AuditAction.ADMIN_DELETED, "Deleted", [])
        return super().log_deletions(request, queryset)  # type: ignore[misc] # of ModelAdmin


def _record(request: HttpRequest, obj: Model, action: AuditAction, verb: str, message: object) -> None:
    assert isinstance(request.user, User)  # the site lets nobody else in
    fields = sorted(set(_fields(message)))
    what = f": {', '.join(fields)}" if fields else ""
    with in_english():
        kind = str(obj._meta.verbose_name)
    record_event(
        workspace=obj if isinstance(obj, Workspace) else getattr(obj, "workspace", None),
        user=request.user,
        action=action,
        subject=obj,
        summary=f"{verb} the {kind} in the admin{what}",
        details={"fields": fields} if fields else {},
    )


def _fields(message: object) -> Iterable[str]:
    """The names of what changed in a message of Django's log, without the labels of rows."""
    for part in message if isinstance(message, list) else []:
        for change in part.values() if isinstance(part, Mapping) else []:
            yield from map(str, change.get("fields", []))
            if "name" in change:
                yield str(change["name"])
