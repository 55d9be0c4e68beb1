"""How an import runs, chunk by chunk.

A chunk is one transaction that holds its rows, what became of them and the checkpoint after them. Whoever runs a job
holds its row while a chunk is written, so that two workers never write the same rows. What was committed stays; what
was not is read again from the checkpoint.
"""

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import batched, islice
from threading import Event
from typing import Any, Protocol

from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.db.models import Model
from django.utils.timezone import now

from config.db import bulk
from markets.imports.counts import Tally
from markets.imports.jobs import LeaseLost
from markets.imports.readers import Row
from markets.imports.rejects import Rejection
from markets.models import ImportJob, ImportRejection
from markets.models.imports import COUNTS, LEASE

DEADLOCK_DETECTED = "40P01"
COLLECTED = 64
"""Chunks between two searches for cycles: rows leave few."""
SWITCH = 0.00003
"""Seconds after which a thread has to give way to one that wants its turn. Whoever reads a file lets go of its turn at
each read, too briefly for another to take it, and then has this long again: it must be less than from one read to the
next, or the rows of a whole chunk are read first."""
FIRST = 1000
"""Rows of the first chunk at most."""
DEADLOCKS = 5
"""How often in a row a chunk gives way to others."""


class Writer(Protocol):
    """What a kind of file takes. `prepare` knows no database and runs beside `write`."""

    chunk: int
    """Rows in one transaction."""

    @property
    def tables(self) -> Sequence[type[Model]]:
        """Those that grow by it."""

    def prepare(self, rows: Iterable[Row]) -> Any:
        """What `write` takes for these rows."""

    def write(self, prepared: Any) -> Tally:
        """Writes some rows inside a transaction; an IntegrityError means that others wrote meanwhile."""


def run(
    *, job: ImportJob, rows: Iterable[Row], writer: Writer, progress: Callable[[int], object] = lambda rows: None
) -> None:
    """Writes the rows, which begin after the checkpoint. `progress` hears how many more are done.

    Raises LeaseLost, and then what was committed stays.
    """
    turn = Turn()
    chunks = _chunks(turn.taken(rows), writer.chunk)
    with _in_a_hurry(), ThreadPoolExecutor(1, thread_name_prefix="import") as beside:
        prepared = _ahead(beside, chunks, lambda chunk: writer.prepare(turn.taken(chunk)))
        for number, (chunk, items) in enumerate(prepared, 1):
            with turn.first():
                for tally in _write(job, chunk, items, writer):
                    progress(tally.rows)
            if number % COLLECTED == 0:
                gc.collect()
            bulk.keep_plans_right(job.checkpoint, writer.tables)


class Turn:
    """Python runs one thread at a time: the one that writes goes first, the one that prepares runs while that waits for
    the database. If both ran in turn, the database would wait for both."""

    def __init__(self) -> None:
        self._is_free = Event()
        self._is_free.set()

    def taken(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows for the thread that prepares, each in its turn."""
        for row in rows:
            if not self._is_free.is_set():
                self._is_free.wait()
            yield row

    @contextmanager
    def first(self) -> Iterator[None]:
        """The thread that is inside waits for nobody but the database."""
        self._is_free.clear()
        try:
            with self._free_while_waiting():
                yield
        finally:
            self._is_free.set()

    @contextmanager
    def _free_while_waiting(self) -> Iterator[None]:
        if not bulk.on_postgresql():
            with connection.execute_wrapper(self._waiting):
                yield
            return
        # All of a statement but this is Python's work: its parameters are written, the lines of a COPY are made.
        connection.ensure_connection()
        driver = connection.connection
        driver.wait = partial(self._waiting, driver.wait)
        try:
            yield
        finally:
            del driver.wait

    def _waiting(self, wait: Callable[..., Any], *given: Any, **named: Any) -> Any:
        self._is_free.set()
        try:
            return wait(*given, **named)
        finally:
            self._is_free.clear()


@contextmanager
def _in_a_hurry() -> Iterator[None]:
    """The thread that waits for the database gets its turn at once when that answers, not after 5 ms of the other; and
    rows are searched for cycles every few chunks, not a hundred times a second."""
    interval, collected = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(SWITCH)
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.unfreeze()
        if collected:
            gc.enable()


def _chunks(rows: Iterable[Row], size: int) -> Iterator[tuple[Row, ...]]:
    """The first is small, and each of the next at most twice the one before: the database soon has something to do, and
    goes on having it while the next is read."""
    iterator, some = iter(rows), FIRST
    while some < size:
        yield from batched(islice(iterator, some), some)
        some *= 2
    yield from batched(iterator, size)


def _ahead(
    beside: ThreadPoolExecutor, chunks: Iterable[Sequence[Row]], prepare: Callable[[Sequence[Row]], Any]
) -> Iterator[tuple[Sequence[Row], Any]]:
    """Each chunk with what was made of it, while the next one is being read: the database works at the same time. What
    was written is let go of then, too, for it takes as long as a statement."""
    iterator = iter(chunks)
    written: list[Any] = []

    def read_and_prepare() -> tuple[Sequence[Row], Any] | None:
        chunk = next(iterator, None)
        made = None if chunk is None else (chunk, prepare(chunk))
        written.clear()
        return made

    waiting: Future[tuple[Sequence[Row], Any] | None] = beside.submit(read_and_prepare)
    while found := waiting.result():
        waiting = beside.submit(read_and_prepare)
        yield found
        written.append(found)


def _write(job: ImportJob, rows: Sequence[Row], prepared: Any, writer: Writer) -> Iterator[Tally]:
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
    for half in (rows[:middle], rows[middle:]):
        yield from _write(job, half, writer.prepare(half), writer)


def _write_despite_deadlocks(job: ImportJob, items: Any, write: Callable[[Any], Tally]) -> Tally:
    """Two imports that name the same people in different orders wait for each other; then one of them begins again."""
    for _ in range(DEADLOCKS):
        try:
            return _write_once(job, items, write)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != DEADLOCK_DETECTED:
                raise
    return _write_once(job, items, write)


def _write_once(job: ImportJob, items: Any, write: Callable[[Any], Tally]) -> Tally:
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
