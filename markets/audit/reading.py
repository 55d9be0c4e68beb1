"""Events of what was only read: a person's page, a list as a file, a workspace that ops staff entered."""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Model
from django.http import HttpRequest

from config.ui.english import in_english
from config.ui.lists.filters import WorkspaceFilterSet
from config.ui.requests import is_visit
from markets.models import AuditAction, Contact, ImportJob, User, Workspace
from markets.workspaces.audit import try_to_record_event

if TYPE_CHECKING:
    from config.ui.lists.tables import Table
    from markets.workspaces.access import WorkspaceRequest

VIEW_RECORDED_EVERY = timedelta(minutes=30)
GIVEN = "given"
"""Stands for a text that somebody typed: it may name a person."""


def record_view(request: "WorkspaceRequest", *contacts: Contact) -> None:
    """Somebody saw all that is known of these people: on their page, in their form, beside a duplicate, or before a
    call. Lists are not recorded, nor what a dialer sends, which shows it nobody."""
    for contact in contacts if is_visit(request) else ():
        try_to_record_event(
            workspace=contact.workspace,
            user=request.user,
            action=AuditAction.CONTACT_VIEWED,
            summary="Opened the page of a person",
            subject=contact,
            at_most_every=VIEW_RECORDED_EVERY,
        )


def record_entry(workspace: Workspace, user: User) -> None:
    """Ops staff opened a workspace of which they are no member."""
    try_to_record_event(
        workspace=workspace,
        user=user,
        action=AuditAction.WORKSPACE_ENTERED,
        summary="Opened the workspace without being a member",
        subject=workspace,
        at_most_every=VIEW_RECORDED_EVERY,
    )


def record_export(request: HttpRequest, table: "Table", kind: str, rows: int) -> None:
    """Who exported which list, by what filter, with how many rows."""
    model = cast(Any, table.Meta).model._meta
    with in_english():
        plural = str(model.verbose_name_plural)
        name = str(model.verbose_name) if rows == 1 else plural
    chosen = chosen_filters(table.filterset) if table.filterset else {}
    by = f" by {len(chosen)} filter{'' if len(chosen) == 1 else 's'}" if chosen else ""
    try_to_record_event(
        workspace=table.workspace,
        user=request.user if isinstance(request.user, User) else None,
        action=AuditAction.LIST_EXPORTED,
        summary=f"Exported {rows:,} {name}{by} as {kind.upper()}",
        details={"list": plural, "rows": rows, "format": kind, "filters": chosen},
    )


def record_rejects(user: User, job: ImportJob) -> None:
    """Who downloaded the rejected rows of an import, which are those of the file."""
    rows = job.rejections.count()
    try_to_record_event(
        workspace=job.workspace,
        user=user,
        action=AuditAction.REJECTS_DOWNLOADED,
        summary=f"Downloaded {rows:,} rejected {'row' if rows == 1 else 'rows'}",
        subject=job,
        details={"rows": rows},
    )


def chosen_filters(filterset: WorkspaceFilterSet) -> dict[str, object]:
    """The filters that were used, by name. Values that the portal defines are stored, and days, numbers and ids; of a
    text, and of a choice among texts of the workspace, only that it was given: it may name a person."""
    values = filterset.form.cleaned_data if filterset.form.is_valid() else {}
    used = {name: value for name, value in values.items() if value not in (None, "", [], ())}
    return {name: _stored(value, _own_choices(filterset, name)) for name, value in used.items()}


def _own_choices(filterset: WorkspaceFilterSet, name: str) -> set[str]:
    """The values among which a filter chooses that are the same in every workspace."""
    declared = filterset.base_filters[name].extra.get("choices", ()) if name in filterset.base_filters else ()
    return {str(value) for value, _ in declared} if isinstance(declared, (list, tuple)) else set()


def _stored(value: object, choices: set[str]) -> object:
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_stored(each, choices) for each in value]
    if isinstance(value, (bool, int, Decimal)):
        return value if isinstance(value, (bool, int)) else str(value)
    return str(value) if str(value) in choices else GIVEN
