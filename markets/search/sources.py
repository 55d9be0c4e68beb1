"""What can be searched: each app registers its models in its apps.py, as those below do not know them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Model, Q, Value
from django.db.models.functions import Coalesce

from markets.search.folding import Fold, Lines

Text = Callable[[], Any]
"""Makes the expression of a folded text."""


@dataclass(frozen=True)
class Related:
    """Other rows whose words count for a row, too: those of `model` whose `key` is the row's `path`."""

    model: type[Model]
    key: str
    path: str


@dataclass(frozen=True)
class Source:
    """How the rows of a model are found: by the words of their own text and of related rows.

    `recent` orders rows that are equally good. So many lines of the text are the name of a row, whose words tell more
    than the others, and whole words and beginnings tell more than parts; of rows without a name only the recent are
    better.
    """

    text: Text | None = None
    related: tuple[Related, ...] = ()
    recent: tuple[str, ...] = ("-pk",)
    name_lines: int = 0
    number: str = ""
    """The field with a phone number (E.164), if that is searched by itself: text is indexed, which costs much for each
    digit, but reading all numbers of a workspace from an index of theirs takes milliseconds."""
    has_text: Q = field(default_factory=Q)
    """The condition of the index on the text, if the index is partial."""

    def graded(self) -> Any:
        """All that a row is found by, as one text."""
        assert self.text
        return Lines(self.text(), F(self.number)) if self.number else self.text()


def texts(*paths: str) -> Text:
    """The fields under these paths, each in a line of its own."""

    def expression() -> Any:
        fields = [Coalesce(F(path), Value("")) if "__" in path else F(path) for path in paths]
        return Fold(Lines(*fields) if len(fields) > 1 else fields[0])

    return expression


_sources: dict[type[Model], Source] = {}


def register(searchable: Mapping[type[Model], Source]) -> None:
    _sources.update(searchable)


def source_of(model: type[Model]) -> Source:
    return _sources[model]
