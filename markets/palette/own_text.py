"""Finds rows by a text of their own alone, where the one search would also look at the people that they are about."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Q, QuerySet

from markets.palette.registry import Search
from markets.search.matching import NotIndexed, OneOf, few_expected
from markets.search.matching import Search as WordSearch

FREQUENT = 1000
"""Up to this many matches are sorted by time. With more, only the newest rows are searched."""
NEWEST = 2000

type Text = Callable[[], Any]
"""Makes the expression of a folded text."""


def has_words(search: Search, texts: Sequence[Text], *, typos: bool = False) -> Q:
    """Q: every word is in each of the texts."""
    if not search.words:
        return Q(pk__in=[])
    looking = WordSearch(search.words, search.workspace, typos=typos)
    return reduce(and_, [looking.has_word(text(), word) for text in texts for word in search.words])


def newest_with[Rows: QuerySet[Any]](search: Search, rows: Rows, text: Text, moment: str) -> Rows:
    """The newest rows in whose text every word is found as typed.

    PostgreSQL would go through all rows from the newest, to find the few that it expects soon: of a rare word there
    are none. Without an order it uses the index of the text. If there are many, the first are among the newest rows.
    """
    found, newest_first = rows.filter(has_words(search, [text])), (f"-{moment}", "-pk")
    keys = _keys(found.filter(few_expected()).order_by()[:FREQUENT])
    if len(keys) == FREQUENT:
        newest = rows.filter(OneOf("pk", _keys(rows.order_by(*newest_first)[:NEWEST]))).order_by()
        keys = _keys(newest.filter(has_words(search, [lambda: NotIndexed(text())])))
        found = rows.filter(OneOf("pk", keys)) if len(keys) > search.most else found
    else:
        found = rows.filter(OneOf("pk", keys))
    return found.order_by(*newest_first)[: search.most + 1]


def _keys(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True))
