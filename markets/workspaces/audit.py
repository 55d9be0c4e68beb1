"""The audit log: what was done that no other row records."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django.db import DatabaseError, transaction
from django.db.models import Model
from django.http import HttpRequest

from markets.models import AuditEvent, User, Workspace

if TYPE_CHECKING:
    from config.ui.tables import Table

logger = logging.getLogger(__name__)


def record_event(
    *,
    workspace: Workspace | None,
    user: User | None,
    action: str,
    summary: str,
    subject: Model | None = None,
    details: dict[str, object] | None = None,
) -> AuditEvent:
    """Adds an event. `summary` is a sentence without personal data; `subject` is the row that it happened to. Without a
    workspace only ops staff see it."""
    return AuditEvent.objects.create(
        workspace=workspace,
        user=user,
        action=action,
        subject_kind=str(subject._meta.model_name) if subject else "",
        subject_id=subject.pk if subject else None,
        summary=summary[:500],
        details=details or {},
    )


def try_to_record_event(
    *, workspace: Workspace, user: User | None, action: str, summary: str, subject: Model | None = None
) -> None:
    """`record_event` for what only reads: a database that takes no writes, such as a read-only standby, does not fail
    the page."""
    try:
        with transaction.atomic():
            record_event(workspace=workspace, user=user, action=action, summary=summary, subject=subject)
    except DatabaseError as error:
        logger.warning("The event %s of workspace %s was not recorded: %s", action, workspace.pk, error)


def name_subjects(workspace: Workspace, events: Iterable[AuditEvent]) -> None:
    """Sets `subject_name` of the events of one page, in one query for each kind of subject among them."""
    ids: defaultdict[str, set[int]] = defaultdict(set)
    rows = list(events)
    for event in rows:
        if event.subject_id:
            ids[event.subject_kind].add(event.subject_id)
    sources = {
        "user": User.objects.all(),
        "invitation": workspace.invitations.all(),
        "market": workspace.markets.all(),
        "campaign": workspace.campaigns.all(),
        "sharedlink": workspace.shared_links.defer("document"),
    }
    names = {
        (kind, row.pk): str(row)
        for kind, source in sources.items()
        if kind in ids
        for row in source.filter(pk__in=ids[kind])
    }
    for event in rows:
        event.subject_name = names.get((event.subject_kind, event.subject_id or 0), "")  # type: ignore[attr-defined]


def record_export(request: HttpRequest, table: "Table", kind: str, rows: int) -> None:
    """Who exported which list with how many rows."""
    model = cast(Any, table.Meta).model._meta
    name = model.verbose_name if rows == 1 else model.verbose_name_plural
    user = request.user if isinstance(request.user, User) else None
    summary = f"Exported {rows:,} {name} as {kind.upper()}"
    try_to_record_event(workspace=table.workspace, user=user, action="list_exported", summary=summary)
