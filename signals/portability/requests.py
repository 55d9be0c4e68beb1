"""Exports that managers ask for: the worker makes the file, managers download it, and after some days it is deleted."""

import logging
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from markets.imports.jobs import is_alive
from markets.models import AuditAction, ExportState, User, Workspace, WorkspaceExport
from markets.models.exports import export_storage
from markets.workspaces.audit import record_event, try_to_record_event
from signals.portability.archive import Manifest
from signals.portability.export import Progress, write_workspace

logger = logging.getLogger(__name__)


def export_to_file(workspace: Workspace, path: Path, *, progress: Progress = lambda rows: None) -> Manifest:
    """Writes the file for an operator. That it was written is recorded."""
    manifest = write_workspace(workspace, path, progress=progress)
    _record(workspace, None, f"Exported the workspace with {manifest.row_count:,} rows")
    return manifest


def request_export(*, workspace: Workspace, by: User) -> WorkspaceExport:
    """Queues an export for the worker. Raises ValidationError if one is under way."""
    try:
        with transaction.atomic():
            export = WorkspaceExport.objects.create(workspace=workspace, requested_by=by)
            _record(workspace, by, "Requested an export of the workspace")
    except IntegrityError:
        raise ValidationError(_("An export is under way already.")) from None
    return export


def record_download(export: WorkspaceExport, by: User) -> None:
    try_to_record_event(
        workspace=export.workspace,
        user=by,
        action=AuditAction.WORKSPACE_DOWNLOADED,
        summary="Downloaded an export of the workspace",
        details={"rows": export.row_count, "bytes": export.size},
    )


def _record(workspace: Workspace, by: User | None, summary: str) -> None:
    record_event(workspace=workspace, user=by, action=AuditAction.WORKSPACE_EXPORTED, summary=summary)


def make_next_export(*, worker: str, progress: Progress = lambda rows: None) -> bool:
    """Makes the next export that somebody asked for. Returns whether there was one. An error of `progress`, or of the
    connection, is raised, and any worker begins the export again."""
    export = _claim(worker)
    if export is None:
        return False
    name = f"{uuid4().hex}.zip"
    path = Path(settings.IMPORTS_ROOT) / "exports" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        manifest = write_workspace(export.workspace, path, progress=progress)
    except (OSError, ArithmeticError, ValueError) as error:
        logger.error("The export %s failed: %s", export.pk, type(error).__name__)
        _finish(export, worker, state=ExportState.FAILED, finished_at=now())
        return True
    except BaseException:
        _finish(export, worker, state=ExportState.WAITING)
        raise
    size = path.stat().st_size
    if not _finish(
        export,
        worker,
        state=ExportState.READY,
        file=name,
        size=size,
        row_count=manifest.row_count,
        finished_at=now(),
    ):
        path.unlink()
    return True


def _claim(worker: str) -> WorkspaceExport | None:
    with transaction.atomic():
        exports = WorkspaceExport.objects.select_for_update(
            of=("self",) if connection.features.has_select_for_update_of else (),
            skip_locked=connection.features.has_select_for_update_skip_locked,
        )
        is_free = Q(state=ExportState.WAITING) | Q(state=ExportState.RUNNING, lease_until__lt=now())
        export = exports.filter(is_free).select_related("workspace").order_by("pk").first()
        if export:
            export.state, export.lease_owner = ExportState.RUNNING, worker
            export.lease_until = now() + WorkspaceExport.LEASE
            export.save(update_fields=["state", "lease_owner", "lease_until"])
    return export


def _finish(export: WorkspaceExport, worker: str, **values: Any) -> bool:
    """False if the export was taken from the worker meanwhile, so that its file is nobody's."""
    ours = WorkspaceExport.objects.filter(pk=export.pk, state=ExportState.RUNNING, lease_owner=worker)
    return bool(ours.update(lease_until=None, **values))


def discard_exports(exports: "QuerySet[WorkspaceExport]") -> None:
    """Deletes the files of those exports; that they were made stays. One that is being made begins again."""
    exports.filter(state=ExportState.RUNNING).update(state=ExportState.WAITING, lease_owner="", lease_until=None)
    for export in exports.filter(state=ExportState.READY):
        exports.filter(pk=export.pk).update(state=ExportState.DELETED, file="")
        export.file.storage.delete(str(export.file.name))


def clean_up_exports() -> None:
    """Takes exports from dead processes of this machine, and deletes files that are too old or that nobody needs."""
    host = socket.gethostname()[:60]
    for export in WorkspaceExport.objects.filter(state=ExportState.RUNNING, lease_owner__startswith=f"{host}:"):
        process = export.lease_owner.removeprefix(f"{host}:").partition(":")[0]
        if process.isdecimal() and not is_alive(int(process)):
            discard_exports(WorkspaceExport.objects.filter(pk=export.pk))
    old = now() - timedelta(days=settings.WORKSPACE_EXPORT_DAYS)
    discard_exports(WorkspaceExport.objects.filter(state=ExportState.READY, finished_at__lt=old))
    storage = export_storage()
    if storage.exists(""):
        needed = set(WorkspaceExport.objects.exclude(file="").values_list("file", flat=True))
        for name in set(storage.listdir("")[1]) - needed:
            if storage.get_modified_time(name) < now() - WorkspaceExport.LEASE:
                storage.delete(name)
