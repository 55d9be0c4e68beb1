"""Puts the best of the rows that match first."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.lookups import Regex

from markets.search.matching import OneOf, Search, allows_typos
from markets.search.sources import source_of
from markets.search.words import Word, beginning, read_words, whole, whole_inside

if TYPE_CHECKING:
    from markets.models import Workspace

FEW = 8
"""If fewer rows have all words as typed, those with typos are shown behind them."""
MOST = 50
"""So many rows are ranked: whoever wants more types more, or opens the list."""
COMPARED = 500
"""So many rows are graded. Of more, only the recent ones are, and those with whole words."""


def ranked[Rows: QuerySet[Any]](rows: Rows, text: str, workspace: "Workspace") -> Rows:
    """The best MOST of `rows`, all of the workspace, that match: with the words as whole words before beginnings of
    words, parts of words, and typos. Equals are ordered by `Source.recent`."""
    words, source = read_words(text), source_of(rows.model)
    if not words:
        return rows.none()
    typos = allows_typos(rows.model, words, workspace, unless=FEW)
    found = rows.filter(Search(words, workspace, typos=typos).condition(rows.model))
    as_typed = Search(words, workspace)
    if not (source.is_named and source.text):
        exact = [Case(When(as_typed.condition(rows.model), then=0), default=Value(1))] if typos else []
        return found.order_by(*exact, *source.recent)[:MOST]
    own = source.text()
    grades = [
        _all(words, own, whole),
        _all(words, own, beginning),
        as_typed.condition(rows.model),
    ]
    # In an order, PostgreSQL would try the patterns of typos on row after row instead of using the index.
    keys = list(found.order_by(*([] if typos else source.recent)).values_list("pk", flat=True)[:COMPARED])
    if typos:
        keys += rows.filter(as_typed.condition(rows.model)).order_by().values_list("pk", flat=True)[:FEW]
    elif len(keys) == COMPARED:
        keys += rows.filter(_all(words, own, whole_inside)).order_by(*source.recent).values_list("pk", flat=True)[:MOST]
    grade = Case(*(When(each, then=place) for place, each in enumerate(grades)), default=Value(len(grades)))
    return rows.filter(OneOf("pk", keys)).order_by(grade, *source.recent)[:MOST]


def _all(words: Sequence[Word], text: Any, pattern: Callable[[str], str]) -> Q:
    """Q: the text has each word by the pattern, in one of its spellings."""
    spellings = ([[Q(Regex(text, pattern(part))) for part in each] for each in word.spellings] for word in words)
    return reduce(and_, (reduce(or_, (reduce(and_, parts) for parts in each)) for each in spellings))
