"""Puts the best of the rows that match first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Q, QuerySet, Value, When

from markets.search.grading import Grading, has_whole_words
from markets.search.matching import OneOf, Search, few_expected
from markets.search.sources import Source, source_of
from markets.search.words import Word, read_words

if TYPE_CHECKING:
    from markets.models import Workspace

FEW = 8
"""If fewer rows have all words as typed, those with typos are shown behind them."""
MOST = 50
"""So many rows are ranked: whoever wants more types more, or opens the list."""
COMPARED = 500
"""So many rows are graded. Of more, only the recent ones are, and those with whole words."""
NEWEST = 20_000
"""Among so many rows of a table, the recent ones that match are looked for first."""

Texts = dict[int, str]
"""The texts of rows, by their key."""


@dataclass(frozen=True)
class Candidates:
    """The rows that are graded: those that match as typed and, if they are few, those that match with typos."""

    typed: Texts
    similar: Texts
    has_all: bool
    """Whether all that match as typed are among them."""

    @property
    def keys(self) -> list[int]:
        return [*self.typed, *self.similar]


def ranked[Rows: QuerySet[Any]](rows: Rows, text: str, workspace: "Workspace") -> Rows:
    """The best MOST of `rows`, all of the workspace, that match, by `markets.search.grading`. Equals are ordered by
    `Source.recent`."""
    words, source = read_words(text), source_of(rows.model)
    if not words:
        return rows.none()
    if not (source.name_lines and source.text):
        return _recent_first(rows, words, workspace)
    return best(rows, words, candidates(rows, words, workspace))


def candidates(rows: QuerySet[Any], words: Sequence[Word], workspace: "Workspace", *, typos: bool = True) -> Candidates:
    """Of rows that have a name."""
    source, search = source_of(rows.model), Search(words, workspace)
    is_typed = search.condition(rows.model)
    typed = _some(rows.filter(is_typed), source)
    if len(typed) > COMPARED:
        typed, grading = _recent(rows, is_typed, source), Grading(words, source.name_lines)
        if source.text and sum(map(grading.is_whole, typed.values())) < MOST:
            is_whole = is_typed & has_whole_words(words, source.text())
            typed |= _texts(rows.filter(is_whole).order_by(*source.recent)[:MOST], source)
        return Candidates(typed, {}, has_all=False)
    if not typos or len(typed) >= FEW or not search.allows_typos(rows.model, unless=FEW):
        return Candidates(typed, {}, has_all=True)
    similar = rows.filter(search.with_typos().condition(rows.model))
    return Candidates(typed, _some(similar, source), has_all=True)


def best[Rows: QuerySet[Any]](rows: Rows, words: Sequence[Word], among: Candidates) -> Rows:
    source = source_of(rows.model)
    by_grade, grading = defaultdict[int, list[int]](list), Grading(words, source.name_lines)
    for key, own in (among.similar | among.typed).items():
        by_grade[grading.of(own, is_typed=key in among.typed)].append(key)
    if not by_grade:
        return rows.none()
    shown = _best(by_grade)
    grade = Case(*(When(OneOf("pk", keys), then=place) for place, keys in shown.items()))
    return rows.filter(OneOf("pk", list(chain(*shown.values())))).order_by(grade, *source.recent)[:MOST]


def _recent_first[Rows: QuerySet[Any]](rows: Rows, words: Sequence[Word], workspace: "Workspace") -> Rows:
    """Rows without a name: those as typed before those with typos."""
    search, recent = Search(words, workspace), source_of(rows.model).recent
    is_typed = search.condition(rows.model)
    if not search.allows_typos(rows.model, unless=FEW):
        return rows.filter(is_typed).order_by(*recent)[:MOST]
    similar = rows.filter(search.with_typos().condition(rows.model))
    return similar.order_by(Case(When(is_typed, then=0), default=Value(1)), *recent)[:MOST]


def _best(by_grade: dict[int, list[int]]) -> dict[int, list[int]]:
    """The best grades, until there are MOST rows."""
    best: dict[int, list[int]] = {}
    for grade in sorted(by_grade):
        if sum(map(len, best.values())) < MOST:
            best[grade] = by_grade[grade]
    return best


def _some(found: QuerySet[Any], source: Source) -> Texts:
    """One more than are compared. Without an order, PostgreSQL uses the index of the text."""
    return _texts(found.filter(few_expected()).order_by()[: COMPARED + 1], source)


def _recent(rows: QuerySet[Any], is_typed: Q, source: Source) -> Texts:
    """The recent of many rows: mostly they are among the newest of the table. Else, all that match are sorted."""
    found = rows.filter(is_typed).order_by("-pk")
    if newest := list(rows.order_by("-pk").values_list("pk", flat=True)[NEWEST : NEWEST + 1]):
        among = _texts(found.filter(pk__gt=newest[0])[:COMPARED], source)
        if len(among) == COMPARED:
            return among
    return _texts(found.filter(few_expected())[:COMPARED], source)


def _texts(found: QuerySet[Any], source: Source) -> Texts:
    return dict(found.values_list("pk", source.graded()))
