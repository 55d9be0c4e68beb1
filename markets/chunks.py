"""How an import writes: some hundred rows at a time, each time in one transaction, and never the same row twice."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched

from django.db import IntegrityError, transaction

from markets.reading import Row
from markets.rejects import Rejection

CHUNK = 500


@dataclass
class Tally:
    """What became of some rows; rows = created + updated + unchanged + rejected."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    enrolled: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    """Of one chunk. A total only counts them, as there may be as many as rows."""

    def count(self, outcome: "str | Rejection") -> None:
        """Adds one row: “created”, “updated”, “unchanged” or why it was refused."""
        self.rows += 1
        if isinstance(outcome, Rejection):
            self.rejected += 1
            self.rejections.append(outcome)
        else:
            setattr(self, outcome, getattr(self, outcome) + 1)

    def add(self, other: "Tally") -> None:
        for name in ("rows", "created", "updated", "unchanged", "rejected", "enrolled"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


Write = Callable[[Sequence[Row]], Tally]
"""Writes some rows in one transaction. It may be asked again for the same rows when the database refused them."""


def write_in_chunks(rows: Iterable[Row], write: Write, *, rejected: Callable[[Sequence[Rejection]], None]) -> Tally:
    """Writes all rows and tells `rejected` after each chunk which of its rows were refused."""
    total = Tally()
    for chunk in batched(rows, CHUNK):
        for tally in _write_chunk(chunk, write):
            total.add(tally)
            rejected(tally.rejections)
    return total


@contextmanager
def rolled_back(*, really: bool) -> Iterator[None]:
    """With `really`, nothing that is written inside stays."""
    if not really:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _write_chunk(chunk: Sequence[Row], write: Write) -> Iterator[Tally]:
    for _ in range(2):  # what somebody else wrote in between is found by looking again
        try:
            yield write(chunk)
        except IntegrityError:
            continue
        return
    for row in chunk:
        yield _write_alone(row, write)


def _write_alone(row: Row, write: Write) -> Tally:
    try:
        return write([row])
    except IntegrityError:
        tally = Tally()
        message = "The database refused the row, as somebody else is writing the same. Import it again."
        tally.count(Rejection(row[0], "not_written", message, row[1]))
        return tally
