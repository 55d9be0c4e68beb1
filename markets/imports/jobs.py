"""The life of an import: who may change its state, who works on it, and what it leaves behind.

Whoever works on a job has a lease on it. markets.imports.runner does the work.
"""

import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files import File
from django.db import connection, transaction
from django.utils.timezone import now

from markets.models import ImportJob, ImportState, User, Workspace
from markets.models.imports import LEASE, WORKER_STATES


class JobRefused(Exception):
    """The job cannot do that now. The message says what is possible instead."""


class LeaseLost(Exception):
    """Somebody else works on the job, or it was stopped: this run must not write any more."""


def me() -> str:
    """The name of this worker: a machine, a process, and a run of it."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid4().hex[:8]}"


def begin(
    *,
    workspace: Workspace,
    kind: str,
    name: str,
    path: Path | None,
    sha256: str,
    options: dict[str, Any],
    by: User | None = None,
) -> ImportJob:
    """A job that runs at once, leased to this process. A copy of the file is kept, so that any worker can go on."""
    moment = now()
    job = ImportJob(
        workspace=workspace,
        kind=kind,
        state=ImportState.RUNNING,
        file_name=name[:200],
        sha256=sha256,
        options=options,
        created_by=by,
        started_at=moment,
        lease_owner=me(),
        lease_until=moment + LEASE,
        heartbeat_at=moment,
    )
    if path:
        with path.open("rb") as file:
            job.file.save(f"{uuid4().hex}{path.suffix.lower()[:10]}", File(file), save=False)
    job.save()
    return job


def claim(*, worker: str, job: ImportJob | None = None) -> ImportJob | None:
    """The next job that nobody works on, or the given one, now leased to the worker; None if there is none."""
    with transaction.atomic():
        jobs = ImportJob.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        free = jobs.claimable().order_by("id")
        found = (free.filter(pk=job.pk) if job else free).first()
        if found is None:
            return None
        found.lease_owner, found.lease_until, found.heartbeat_at = worker, now() + LEASE, now()
        if found.state == ImportState.WAITING:
            found.state, found.started_at = ImportState.RUNNING, now()
        found.save(update_fields=["lease_owner", "lease_until", "heartbeat_at", "state", "started_at"])
    return found


def free_if_dead(job: ImportJob) -> None:
    """Ends the lease of a process of this machine that is no more, instead of waiting for it to run out."""
    host, _, rest = job.lease_owner.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname()[:60] or not rest.isdigit() or _is_alive(int(rest)):
        return
    ImportJob.objects.filter(pk=job.pk, lease_owner=job.lease_owner).update(lease_until=None)


def complete(*, job: ImportJob) -> None:
    """All rows are done."""
    _end(job, ImportState.COMPLETED)


def fail(*, job: ImportJob, reason: str) -> None:
    """The job cannot go on; what was committed stays."""
    _end(job, ImportState.FAILED, failure=reason[:1000])


def release(*, job: ImportJob) -> None:
    """Lets go of a job that is to go on later."""
    ImportJob.objects.filter(pk=job.pk, lease_owner=job.lease_owner).update(lease_until=None)


def ask_for_check(*, job: ImportJob) -> None:
    """Asks a worker for a dry run. Raises JobRefused unless the job is a Draft."""
    _move(job, [ImportState.DRAFT], ImportState.CHECKING, dry_run_report=None, failure="")


def ask_to_start(*, job: ImportJob, by: User | None) -> None:
    """Asks a worker for the import. Raises JobRefused unless the job is a Draft."""
    _move(job, [ImportState.DRAFT], ImportState.WAITING, created_by=by or job.created_by)


def back_to_draft(*, job: ImportJob, dry_run_report: dict[str, Any] | None, failure: str = "") -> None:
    """The dry run is done, or could not be: somebody decides what next."""
    _move(
        job,
        [ImportState.CHECKING],
        ImportState.DRAFT,
        dry_run_report=dry_run_report,
        failure=failure[:1000],
        lease_until=None,
    )


def stop(*, job: ImportJob, by: User | None) -> None:
    """Ends a job that waits or runs; what was committed stays and can be undone. Raises JobRefused."""
    reason = f"Stopped by {by or 'ops staff'}; the rows before that are in."
    with transaction.atomic():
        ImportJob.objects.select_for_update().get(pk=job.pk)  # a chunk that is being written comes before the end
        _move(job, list(WORKER_STATES), ImportState.FAILED, failure=reason, lease_until=None, finished_at=now())
    forget_file(job)


def _move(job: ImportJob, states: Sequence[str], to: ImportState, **fields: Any) -> None:
    """One conditional UPDATE: of two that want different things one wins, and the other hears of it."""
    if not ImportJob.objects.filter(pk=job.pk, state__in=states).update(state=to, **fields):
        job.refresh_from_db()
        wanted = " or ".join(ImportState(state).label for state in states)
        raise JobRefused(f"The import of {job} is {job.get_state_display()}; this takes one that is {wanted}.")
    job.refresh_from_db()


def _end(job: ImportJob, state: ImportState, **fields: Any) -> None:
    ended = ImportJob.objects.filter(pk=job.pk, lease_owner=job.lease_owner, state=ImportState.RUNNING)
    if not ended.update(state=state, finished_at=now(), lease_until=None, **fields):
        raise LeaseLost(f"The import of {job} was ended by somebody else.")
    job.refresh_from_db()
    forget_file(job)


def forget_file(job: ImportJob) -> None:
    """An ended import needs its file no more: people's data lies in one place only."""
    if job.file:
        transaction.on_commit(lambda: job.file.delete(save=False))
        ImportJob.objects.filter(pk=job.pk).update(file="")


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
