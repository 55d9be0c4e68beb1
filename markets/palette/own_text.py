from collections.abc import Callable
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import QuerySet

from markets.palette.registry import Search
from markets.search.matching import Search as WordSearch
from markets.search.words import read_words


def rows_by[Rows: QuerySet[Any]](search: Search, rows: Rows, *texts: Callable[[], Any]) -> Rows:
    """The rows in which every word is found in each of the texts, without looking at related rows; if there are none,
    with typos. `texts` make expressions of folded texts."""
    words = read_words(search.text)
    if not words:
        return rows.none()

    def found(typos: bool) -> Rows:
        looking = WordSearch(words, search.workspace, typos=typos)
        return rows.filter(reduce(and_, [looking.has_word(text(), word) for text in texts for word in words]))

    as_typed = found(typos=False)
    if not any(word.typos for word in words) or as_typed.exists():
        return as_typed
    return found(typos=True)
