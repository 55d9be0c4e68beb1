"""The states of an import job, and the leases under which workers run it. markets.imports.runner does the work."""

import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.cache import caches
from django.core.files import File
from django.db import connection, transaction
from django.db.models import Count, F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import now
from django.utils.translation import gettext

from config.ui.formats import number
from markets.models import AuditAction, EventKind, ImportJob, ImportPreset, ImportState, User, Workspace
from markets.models.imports import COUNTS, LEASE, WORKER_STATES, ImportJobQuerySet
from markets.webhooks.publish import Fact, publish
from markets.workspaces.audit import record_event


class JobRefused(Exception):
    """The job's state does not allow that. The message says which states do."""


class LeaseLost(Exception):
    """Another worker has the job, or it was stopped: this run must not write any more."""


def worker_name() -> str:
    """Unique to this run of this process on this machine."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid4().hex[:8]}"


def begin(
    *,
    workspace: Workspace,
    kind: str,
    name: str,
    path: Path | None,
    sha256: str,
    options: dict[str, Any],
    preset: ImportPreset | None = None,
    by: User | None = None,
) -> ImportJob:
    """Creates a running job, leased to this process, with a copy of the file, so that any worker can resume it."""
    started_at = now()
    job = ImportJob(
        workspace=workspace,
        kind=kind,
        state=ImportState.RUNNING,
        file_name=name[:200],
        sha256=sha256,
        options=options,
        preset=preset,
        created_by=by,
        started_at=started_at,
        lease_owner=worker_name(),
        lease_until=started_at + LEASE,
        heartbeat_at=started_at,
    )
    if path:
        with path.open("rb") as file:
            job.file.save(f"{uuid4().hex}{path.suffix.lower()[:10]}", File(file), save=False)
    with transaction.atomic():
        job.save()
        _record(AuditAction.IMPORT_STARTED, f"Started an import of {job.get_kind_display().lower()}", job, by)
    return job


def claim(*, worker: str, job: ImportJob | None = None) -> ImportJob | None:
    """Leases the next free job, or the given one, to the worker. Returns None if there is none."""
    with transaction.atomic():
        jobs = ImportJob.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        free = in_turns(ImportJob.objects.claimable())
        waiting = (free.filter(workspace=job.workspace_id, pk=job.pk) if job else free).values_list("workspace", "pk")
        # Each is locked by its workspace and key: rows on different servers cannot be locked by one statement.
        found = (jobs.claimable().filter(workspace=workspace, pk=pk).first() for workspace, pk in list(waiting))
        claimed = next(filter(None, found), None)
        if claimed is None:
            return None
        claimed.lease_owner, claimed.lease_until, claimed.heartbeat_at = worker, now() + LEASE, now()
        if claimed.state == ImportState.WAITING:
            claimed.state, claimed.started_at = ImportState.RUNNING, now()
        claimed.save(update_fields=["lease_owner", "lease_until", "heartbeat_at", "state", "started_at"])
    return claimed


def in_turns(free: ImportJobQuerySet) -> ImportJobQuerySet:
    """The order in which workers take jobs, so that nobody waits for all files of another workspace: first from where
    the fewest are being worked on, then from where a worker was longest ago, then the oldest."""
    jobs = ImportJob.objects.filter(workspace=OuterRef("workspace")).order_by().values("workspace")
    at_work = jobs.filter(lease_until__gte=now(), state__in=WORKER_STATES).annotate(n=Count("*")).values("n")
    last_turn = jobs.annotate(newest=Max("heartbeat_at")).values("newest")
    return free.alias(at_work=Coalesce(Subquery(at_work), 0), last_turn=Subquery(last_turn)).order_by(
        "at_work", F("last_turn").asc(nulls_first=True), "id"
    )


def free_if_dead(job: ImportJob) -> None:
    """Ends the lease of a dead process of this machine, instead of waiting for the lease to expire."""
    host, _, rest = job.lease_owner.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname()[:60] or not rest.isdigit() or is_alive(int(rest)):
        return
    ImportJob.objects.filter(pk=job.pk, lease_owner=job.lease_owner).update(lease_until=None)


def complete(*, job: ImportJob) -> None:
    _end(job, ImportState.COMPLETED)


def fail(*, job: ImportJob, reason: str) -> None:
    """Ends the job with a reason. What was committed stays."""
    _end(job, ImportState.FAILED, failure=reason[:1000])


def explain_wait(*, job: ImportJob, reason: str) -> None:
    """Says why the job stands still, until its next chunk is written."""
    ImportJob.objects.filter(pk=job.pk, lease_owner=job.lease_owner, state__in=WORKER_STATES).update(failure=reason)


def release(*, job: ImportJob) -> None:
    """Ends the lease, so that any worker can resume the job."""
    ImportJob.objects.filter(pk=job.pk, lease_owner=job.lease_owner).update(lease_until=None)


def request_dry_run(*, job: ImportJob) -> None:
    """Queues a dry run for a worker. Raises JobRefused unless the job is a Draft."""
    _move(job, [ImportState.DRAFT], ImportState.CHECKING, dry_run_report=None, failure="", queued_at=now())


@transaction.atomic
def request_start(*, job: ImportJob, by: User | None) -> None:
    """Queues the import for a worker. Raises JobRefused unless the job is a Draft."""
    _move(job, [ImportState.DRAFT], ImportState.WAITING, created_by=by or job.created_by, queued_at=now())
    _record(AuditAction.IMPORT_STARTED, f"Started an import of {job.get_kind_display().lower()}", job, by)


def return_to_draft(*, job: ImportJob, dry_run_report: dict[str, Any] | None, failure: str = "") -> None:
    """After a dry run, finished or failed, the user decides what to do next."""
    _move(
        job,
        [ImportState.CHECKING],
        ImportState.DRAFT,
        dry_run_report=dry_run_report,
        failure=failure[:1000],
        lease_until=None,
    )


def stop(*, job: ImportJob, by: User | None) -> None:
    """Ends a waiting or running job. What was committed stays and can be undone. Raises JobRefused."""
    reason = gettext("Stopped by %(user)s; the rows before that are in.") % {"user": by or gettext("ops staff")}
    with transaction.atomic():
        _wait_for_chunk(job)
        _move(job, list(WORKER_STATES), ImportState.FAILED, failure=reason, lease_until=None, finished_at=now())
        _record(AuditAction.IMPORT_STOPPED, f"Stopped an import after {job.checkpoint:,} rows", job, by)
        _publish_end(job)
    delete_file(job)


def _record(action: AuditAction, summary: str, job: ImportJob, by: User | None) -> None:
    """One event for an import, however many rows it has."""
    record_event(workspace=job.workspace, user=by, action=action, summary=summary, subject=job)


def end_for_erasure(*, job: ImportJob) -> None:
    """Ends a job that has not ended, because its file names somebody who is erased, and deletes the file. What was
    committed stays. Raises JobRefused."""
    done = (
        " " + gettext("The %(checkpoint)s rows before that are in.") % {"checkpoint": number(job.checkpoint)}
        if job.checkpoint
        else ""
    )
    _abandon(
        job,
        [ImportState.DRAFT, *WORKER_STATES],
        gettext(
            "The file names somebody whose data was erased, so it was deleted.%(done)s Upload the list "
            "again without them."
        )
        % {"done": done},
    )


def expire(*, job: ImportJob, days: int) -> None:
    """Ends a Draft that nobody started within so many days, and deletes its file. Raises JobRefused."""
    _abandon(
        job,
        [ImportState.DRAFT],
        gettext(
            "Nobody started this import within %(days)s days, so its file was deleted. Upload it again to import it."
        )
        % {"days": days},
    )


def _wait_for_chunk(job: ImportJob) -> ImportJob:
    """Locks and reloads the job, when the chunk that is being written is in."""
    return ImportJob.objects.select_for_update().get(workspace=job.workspace_id, pk=job.pk)


def _abandon(job: ImportJob, states: Sequence[str], reason: str) -> None:
    with transaction.atomic():
        job = _wait_for_chunk(job)
        _move(
            job,
            states,
            ImportState.FAILED,
            failure=reason,
            finished_at=now(),
            lease_until=None,
            dry_run_report=None,
            skipped_lines=[],
        )
        delete_file(job)


def _move(job: ImportJob, states: Sequence[str], to: ImportState, **fields: Any) -> None:
    """Of two conflicting requests one wins: a single UPDATE finds the job only in the expected states."""
    expected_jobs = ImportJob.objects.filter(workspace=job.workspace_id, pk=job.pk, state__in=states)
    if not expected_jobs.update(state=to, **fields):
        job.refresh_from_db()
        expected = gettext(" or ").join(str(ImportState(state).label) for state in states)
        raise JobRefused(
            gettext("The import of %(job)s is %(get_state_display)s; this takes one that is %(expected)s.")
            % {"job": job, "get_state_display": job.get_state_display(), "expected": expected}
        )
    job.refresh_from_db()


def _end(job: ImportJob, state: ImportState, **fields: Any) -> None:
    running = ImportJob.objects.filter(workspace=job.workspace_id, pk=job.pk, state=ImportState.RUNNING)
    leased = running.filter(lease_owner=job.lease_owner)
    with transaction.atomic():
        if not leased.update(state=state, finished_at=now(), lease_until=None, **fields):
            raise LeaseLost(gettext("The import of %(job)s was ended by somebody else.") % {"job": job})
        job.refresh_from_db()
        _publish_end(job)
    delete_file(job)


def _publish_end(job: ImportJob) -> None:
    counts = {name: getattr(job, name) for name in COUNTS if name != "rows"}
    data = {"import": job.pk, "kind": job.kind, "state": job.state, "rows": job.checkpoint, **counts}
    publish(job.workspace_id, {EventKind.IMPORT_DONE: lambda: [Fact(data, subject=job)]})


def delete_file(job: ImportJob) -> None:
    """Personal data must not stay in a file, or a cached preview of it, once the import has ended."""
    if job.file:
        caches["computed"].delete(preview_key(job))
        transaction.on_commit(lambda: job.file.delete(save=False))
        ImportJob.objects.filter(workspace=job.workspace_id, pk=job.pk).update(file="")


def preview_key(job: ImportJob) -> str:
    """The key in the cache of what the pages of a Draft show of its file."""
    return f"import:{job.file.name}"


def is_alive(process: int) -> bool:
    """Whether a process of this machine runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
