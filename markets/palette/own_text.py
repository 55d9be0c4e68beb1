"""Finds rows by a text of their own alone, where the one search would also look at the people that they are about."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Q, QuerySet

from markets.models import Contact
from markets.palette.registry import Search
from markets.search.matching import Search as WordSearch
from markets.search.matching import allows_typos
from markets.search.words import read_words

FREQUENT = 1000
"""From so many rows on, going through them from the newest finds the first few sooner than sorting all."""

type Text = Callable[[], Any]
"""Makes the expression of a folded text."""


def has_words(search: Search, texts: Sequence[Text], *, typos: bool = False) -> Q:
    """Q: every word is in each of the texts."""
    words = read_words(search.text)
    if not words:
        return Q(pk__in=[])
    looking = WordSearch(words, search.workspace, typos=typos)
    return reduce(and_, [looking.has_word(text(), word) for text in texts for word in words])


def newest_with[Rows: QuerySet[Any]](search: Search, rows: Rows, text: Text, moment: str) -> Rows:
    """The newest rows in whose text every word is found as typed.

    PostgreSQL would go through all rows from the newest, to find the few that it expects soon: of a rare word there
    are none. Without an order it uses the index of the text.
    """
    found = rows.filter(has_words(search, [text]))
    keys = list(found.order_by().values_list("pk", flat=True)[:FREQUENT])
    newest = found if len(keys) == FREQUENT else rows.filter(pk__in=keys)
    return newest.order_by(f"-{moment}", "-pk")[: search.most + 1]


def may_have_typos(search: Search) -> bool:
    """Whether nobody in the workspace is found by the words as typed."""
    words = read_words(search.text)
    return bool(words) and allows_typos(Contact, words, search.workspace)
