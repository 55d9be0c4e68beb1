"""The kinds of file that can be imported. Each app registers its kinds at start-up, in its `apps.py`.

This lets the runner of this app import files whose writers belong to higher apps.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markets.imports.mapping import ColumnMapping
from markets.imports.readers import FileRefused, Row, match_key
from markets.imports.runner import Writer
from markets.models import ImportJob, ImportKind


@dataclass(frozen=True)
class FileKind:
    """What the import needs to know about one kind of file."""

    fields: Mapping[str, Sequence[str]]
    """The fields a column can be mapped to, each with its aliases."""
    make_writer: Callable[[ImportJob, ColumnMapping], Writer]
    """May raise FileRefused, one of `refusals`, or ObjectDoesNotExist if the job's market or campaign is gone."""
    inspect: Callable[[ImportJob, ColumnMapping, Iterable[Row]], dict[str, object]] | None = None
    """Looks at all rows of the file before the first is written. What it finds is kept as `found` in the job's options,
    so that a resumed import reads the same."""
    ranked: Collection[str] | None = None
    """Fields for which the order of aliases decides between several matching columns; None means all fields."""
    outcomes: Collection[str] = ()
    """What a word for a result may mean, for files that have results."""
    refusals: tuple[type[Exception], ...] = ()
    """Exceptions, besides FileRefused, whose message tells the user why the import cannot continue."""

    @cached_property
    def known_names(self) -> frozenset[str]:
        """The keys (`match_key`) of the fields and of their aliases, by which a header is recognised."""
        return frozenset(match_key(name) for field, aliases in self.fields.items() for name in (field, *aliases))

    @property
    def refusal_types(self) -> tuple[type[Exception], ...]:
        return FileRefused, *self.refusals


_kinds: dict[ImportKind, FileKind] = {}


def register(kind: ImportKind, file_kind: FileKind) -> None:
    assert kind not in _kinds, f"{kind} is registered already"
    _kinds[kind] = file_kind


def file_kind(kind: str) -> FileKind:
    """Takes a value of ImportKind."""
    return _kinds[ImportKind(kind)]
