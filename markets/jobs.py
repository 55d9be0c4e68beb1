"""How an import runs: who works on it, chunk by chunk, and how it goes on after whatever stopped it.

A chunk is one transaction that holds its rows, what became of them and the checkpoint after them. Whoever works on a
job has a lease on it and holds its row while a chunk is written, so that two workers never write the same rows. What
was committed stays; what was not is read again from the checkpoint.
"""

import gc
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import batched
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from django.core.files import File
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.utils.timezone import now

from markets import bulk
from markets.chunks import Tally
from markets.models import (
    Contact,
    ImportedContact,
    ImportJob,
    ImportRejection,
    ImportState,
    MarketContact,
    User,
    Workspace,
)
from markets.models.imports import COUNTS, FOR_A_WORKER, LEASE
from markets.reading import Row
from markets.rejects import Rejection

DEADLOCK_DETECTED = "40P01"
DEADLOCKS = 5
"""How often in a row a chunk gives way to others."""


class JobRefused(Exception):
    """The job cannot do that now. The message says what is possible instead."""


class LeaseLost(Exception):
    """Somebody else works on the job, or it was stopped: this run must not write any more."""


class Writer(Protocol):
    """What a kind of file takes. `prepare` knows no database and runs beside `write`."""

    chunk: int
    """Rows in one transaction."""

    def prepare(self, rows: Sequence[Row]) -> Sequence[Any]:
        """One item for each row, for `write`."""

    def write(self, prepared: Sequence[Any]) -> Tally:
        """Writes some rows inside a transaction; an IntegrityError means that others wrote meanwhile."""


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


def run(
    *, job: ImportJob, rows: Iterable[Row], writer: Writer, progress: Callable[[int], object] = lambda rows: None
) -> None:
    """Writes the rows, which begin after the checkpoint. `progress` hears how many more are done.

    Raises LeaseLost, and then what was committed stays.
    """
    with _in_a_hurry(), ThreadPoolExecutor(1, thread_name_prefix="import") as beside:
        for number, (chunk, prepared) in enumerate(_ahead(beside, batched(rows, writer.chunk), writer.prepare), 1):
            for tally in _write(job, chunk, prepared, writer):
                progress(tally.rows)
            bulk.keep_plans_right(number, [Contact, MarketContact, ImportedContact])


@contextmanager
def _in_a_hurry() -> Iterator[None]:
    """The thread that waits for the database gets its turn at once when that answers, not after 5 ms of the other; and
    rows are not searched for cycles, of which they have none, a hundred times a second."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(0.0003)
    gc.set_threshold(100_000, *thresholds[1:])
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)


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
    _move(job, [ImportState.DRAFT], ImportState.CHECKING, checked=None, failure="")


def ask_to_start(*, job: ImportJob, by: User | None) -> None:
    """Asks a worker for the import. Raises JobRefused unless the job is a Draft."""
    _move(job, [ImportState.DRAFT], ImportState.WAITING, created_by=by or job.created_by)


def back_to_draft(*, job: ImportJob, checked: dict[str, Any] | None, failure: str = "") -> None:
    """The dry run is done, or could not be: somebody decides what next."""
    _move(job, [ImportState.CHECKING], ImportState.DRAFT, checked=checked, failure=failure[:1000], lease_until=None)


def stop(*, job: ImportJob, by: User | None) -> None:
    """Ends a job that waits or runs; what was committed stays and can be undone. Raises JobRefused."""
    reason = f"Stopped by {by or 'ops staff'}; the rows before that are in."
    with transaction.atomic():
        ImportJob.objects.select_for_update().get(pk=job.pk)  # a chunk that is being written comes before the end
        _move(job, list(FOR_A_WORKER), ImportState.FAILED, failure=reason, lease_until=None, finished_at=now())
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


def _ahead(
    beside: ThreadPoolExecutor, chunks: Iterable[Sequence[Row]], prepare: Callable[[Sequence[Row]], Sequence[Any]]
) -> Iterator[tuple[Sequence[Row], Sequence[Any]]]:
    """Each chunk with what was made of it, while the next one is being read: the database works at the same time."""
    iterator = iter(chunks)

    def read_and_prepare() -> tuple[Sequence[Row], Sequence[Any]] | None:
        chunk = next(iterator, None)
        return None if chunk is None else (chunk, prepare(chunk))

    waiting: Future[tuple[Sequence[Row], Sequence[Any]] | None] = beside.submit(read_and_prepare)
    while found := waiting.result():
        waiting = beside.submit(read_and_prepare)
        yield found


def _write(job: ImportJob, rows: Sequence[Row], prepared: Sequence[Any], writer: Writer) -> Iterator[Tally]:
    """Writes a chunk. Where the database refuses it twice, its halves are tried, down to the row that is refused."""
    for _ in range(2):  # what somebody else wrote in between is found by looking again
        try:
            yield _write_despite_deadlocks(job, prepared, writer.write)
        except (IntegrityError, DataError):
            continue
        return
    if len(rows) == 1:
        yield _write_once(job, rows, _not_written)
        return
    middle = len(rows) // 2
    yield from _write(job, rows[:middle], prepared[:middle], writer)
    yield from _write(job, rows[middle:], prepared[middle:], writer)


def _write_despite_deadlocks(job: ImportJob, items: Sequence[Any], write: Callable[[Sequence[Any]], Tally]) -> Tally:
    """Two imports that name the same people in different orders wait for each other; then one of them begins again."""
    for _ in range(DEADLOCKS):
        try:
            return _write_once(job, items, write)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != DEADLOCK_DETECTED:
                raise
    return _write_once(job, items, write)


def _write_once(job: ImportJob, items: Sequence[Any], write: Callable[[Sequence[Any]], Tally]) -> Tally:
    with transaction.atomic():
        _hold(job)
        tally = write(items)
        ImportRejection.objects.bulk_create(
            [
                ImportRejection(
                    workspace_id=job.workspace_id,
                    job=job,
                    line=each.line,
                    code=each.code,
                    message=each.message,
                    cells=list(each.cells),
                )
                for each in tally.rejections
            ],
            batch_size=1000,
        )
        counts = {name: getattr(job, name) + getattr(tally, name) for name in COUNTS if name != "rows"}
        counts["checkpoint"] = job.checkpoint + tally.rows
        ImportJob.objects.filter(pk=job.pk).update(lease_until=now() + LEASE, heartbeat_at=now(), **counts)
    for name, value in counts.items():
        setattr(job, name, value)
    return tally


def _hold(job: ImportJob) -> None:
    """Nobody else can take the job until the transaction ends. Raises LeaseLost if somebody did already."""
    mine = ImportJob.objects.select_for_update().filter(pk=job.pk, lease_owner=job.lease_owner, state=job.state)
    if mine.values_list("checkpoint", flat=True).first() != job.checkpoint:
        raise LeaseLost(f"The import of {job} was stopped, or somebody else went on with it.")
    bulk.tune_transaction()


def _not_written(rows: Sequence[Row]) -> Tally:
    tally = Tally()
    for line, cells in rows:
        message = "The database refused the row, as somebody else is writing the same. Import it again."
        tally.count(Rejection(line, "not_written", message, cells))
    return tally


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
