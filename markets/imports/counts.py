"""What becomes of the rows of a file, counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction

from markets.imports.rejects import Rejection
from markets.models.imports import COUNTS


@dataclass
class Tally:
    """What became of some rows; rows = created + updated + unchanged + rejected."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    enrolled: int = 0
    do_not_call: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    """Of one chunk. A total only counts them, as there may be as many as rows."""

    def count(self, outcome: "str | Rejection", rows: int = 1) -> None:
        """Adds rows: “created”, “updated”, “unchanged”, or one row and why it was refused."""
        self.rows += rows
        if isinstance(outcome, Rejection):
            self.rejected += 1
            self.rejections.append(outcome)
        else:
            setattr(self, outcome, getattr(self, outcome) + rows)

    def add(self, other: "Tally") -> None:
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in COUNTS}


@contextmanager
def rolled_back(*, really: bool = True) -> Iterator[None]:
    """With `really`, nothing that is written inside stays."""
    if not really:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
