"""Runs an import chunk by chunk.

A chunk is one transaction: its rows, their outcomes and the checkpoint after them. The job's row is locked while a
chunk is written, so that two workers never write the same rows. Committed chunks stay; an interrupted import goes on
from the checkpoint.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import batched
from typing import Any, Protocol

from django.db import DataError, IntegrityError, OperationalError, transaction
from django.db.models import Model
from django.utils.timezone import now
from django.utils.translation import gettext

from config.db import bulk, table_statistics
from markets.imports.counts import ImportCounts
from markets.imports.files.rejects import Rejection
from markets.imports.jobs import LeaseLost
from markets.imports.readers import Row
from markets.models import ImportJob, ImportRejection, Workspace
from markets.models.imports import COUNTS, LEASE

DEADLOCK_DETECTED = "40P01"
MOST_DEADLOCKS = 5
"""How often in a row a chunk may lose a deadlock before it fails."""


class Writer(Protocol):
    """What the runner needs of a kind of file."""

    chunk: int
    """Rows in one transaction."""

    @property
    def tables(self) -> Sequence[type[Model]]:
        """The tables that grow with the file."""

    def prepare(self, rows: Iterable[Row]) -> Any:
        """Parses and normalises rows, outside the transaction and without queries. Returns what `write` takes."""

    def write(self, prepared: Any) -> ImportCounts:
        """Writes rows, inside a transaction. Raises IntegrityError after a concurrent write."""


def run(
    *, job: ImportJob, rows: Iterable[Row], writer: Writer, progress: Callable[[int], object] = lambda rows: None
) -> None:
    """Writes the rows, which begin after the checkpoint. Calls `progress` with the number of rows just committed.

    Raises LeaseLost; what was committed before stays.
    """
    for chunk in batched(rows, writer.chunk):
        for counts in _write(job, chunk, writer):
            progress(counts.rows)
        table_statistics.analyze_grown_tables(job.checkpoint, writer.tables)


def _write(job: ImportJob, rows: Sequence[Row], writer: Writer) -> Iterator[ImportCounts]:
    """Writes a chunk. If the database rejects it twice, writes each half, down to the row that is rejected."""
    for _ in range(2):  # the second attempt reads what was written concurrently
        try:
            yield _write_despite_deadlocks(job, writer.prepare(rows), writer.write)
        except (IntegrityError, DataError):
            continue
        return
    if len(rows) == 1:
        yield _write_chunk(job, rows, _reject)
        return
    middle = len(rows) // 2
    for half in (rows[:middle], rows[middle:]):
        yield from _write(job, half, writer)


def _write_despite_deadlocks(job: ImportJob, prepared: Any, write: Callable[[Any], ImportCounts]) -> ImportCounts:
    """Two imports that write the same contacts in different orders deadlock; the one that PostgreSQL aborts retries."""
    for _ in range(MOST_DEADLOCKS):
        try:
            return _write_chunk(job, prepared, write)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != DEADLOCK_DETECTED:
                raise
    return _write_chunk(job, prepared, write)


def _write_chunk(job: ImportJob, prepared: Any, write: Callable[[Any], ImportCounts]) -> ImportCounts:
    with transaction.atomic():
        _lock(job)
        bulk.tune_transaction()
        counts = write(prepared)
        ImportRejection.objects.bulk_create(
            [
                ImportRejection(
                    workspace_id=job.workspace_id,
                    job=job,
                    line=rejection.line,
                    code=rejection.code,
                    message=rejection.message,
                    cells=list(rejection.cells),
                )
                for rejection in counts.rejections
            ],
            batch_size=1000,
        )
        totals = {name: getattr(job, name) + getattr(counts, name) for name in COUNTS if name != "rows"}
        totals["checkpoint"] = job.checkpoint + counts.rows
        jobs = ImportJob.objects.filter(workspace=job.workspace_id, pk=job.pk)
        jobs.update(lease_until=now() + LEASE, heartbeat_at=now(), failure="", **totals)
    for name, value in totals.items():
        setattr(job, name, value)
    return counts


def _lock(job: ImportJob) -> None:
    """Locks the job until the transaction ends. Raises LeaseLost if it was stopped, another worker took it over, or the
    workspace is archived: then it goes on once that is brought back."""
    locked = ImportJob.objects.select_for_update().filter(workspace=job.workspace_id, pk=job.pk)
    leased = locked.filter(lease_owner=job.lease_owner, state=job.state, workspace__in=Workspace.objects.active())
    if leased.values_list("checkpoint", flat=True).first() != job.checkpoint:
        raise LeaseLost(gettext("The import of %(job)s was stopped, or somebody else went on with it.") % {"job": job})


def _reject(rows: Sequence[Row]) -> ImportCounts:
    counts = ImportCounts()
    for line, cells in rows:
        message = gettext("The database refused the row, as somebody else is writing the same. Import it again.")
        counts.count(Rejection(line, "not_written", message, cells))
    return counts
