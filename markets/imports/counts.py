"""How many rows of a file had which outcome."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction

from markets.imports.files.rejects import Rejection
from markets.models.imports import COUNTS


@dataclass
class ImportCounts:
    """Counts of rows by outcome: rows = created + updated + unchanged + rejected."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    enrolled: int = 0
    do_not_call: int = 0
    incomplete: int = 0
    disagreements: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    """Only of one chunk: totals leave them out, as there may be as many as rows."""

    def count(self, outcome: "str | Rejection", rows: int = 1) -> None:
        """Adds rows that were “created”, “updated” or “unchanged”, or one rejected row."""
        self.rows += rows
        if isinstance(outcome, Rejection):
            self.rejected += 1
            self.rejections.append(outcome)
        else:
            setattr(self, outcome, getattr(self, outcome) + rows)

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in COUNTS}


@contextmanager
def rolled_back(*, really: bool = True) -> Iterator[None]:
    """Rolls back everything written inside; with `really=False` commits it."""
    if not really:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
