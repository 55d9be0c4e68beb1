"""Puts the best of the rows that match first."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.lookups import Regex

from markets.search.matching import Search, allows_typos
from markets.search.sources import source_of
from markets.search.words import Word, beginning, read_words, whole

if TYPE_CHECKING:
    from markets.models import Workspace

FEW = 8
"""If fewer rows have all words as typed, those with typos are shown behind them."""


def ranked[Rows: QuerySet[Any]](rows: Rows, text: str, workspace: "Workspace") -> Rows:
    """Those of `rows`, all of the workspace, that match, the best first: with the words as whole words, then as
    beginnings of words, then as parts of words, then with typos. Equals are ordered by `Source.recent`."""
    words, source = read_words(text), source_of(rows.model)
    if not words:
        return rows.none()
    search = Search(words, workspace, typos=allows_typos(rows.model, words, workspace, unless=FEW))
    found = rows.filter(search.condition(rows.model))
    if source.text is None:
        return found.order_by(*source.recent)
    own, as_typed = source.text(), Search(words, workspace)
    grades = [
        When(_all(words, lambda part: Q(Regex(own, whole(part)))), then=0),
        When(_all(words, lambda part: Q(Regex(own, beginning(part)))), then=1),
        When(reduce(and_, (as_typed.has_word(own, word) for word in words)), then=2),
    ]
    return found.order_by(Case(*grades, default=Value(3)), *source.recent)


def _all(words: Sequence[Word], has: Callable[[str], Q]) -> Q:
    """Q: each word, in one of its spellings."""
    return reduce(
        and_, (reduce(or_, (reduce(and_, map(has, spelling)) for spelling in word.spellings)) for word in words)
    )
