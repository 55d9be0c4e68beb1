"""How well a text has the words of a query."""

import re
from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q
from django.db.models.lookups import Regex

from markets.search.matching import NotIndexed
from markets.search.words import Word, beginning, is_short, whole, whole_inside

GRADES = (WHOLE, BEGINS, INSIDE) = range(3)
"""In the name. Elsewhere, they are worse than all in the name; with a typo, worse than all as typed."""
ELSEWHERE = len(GRADES)
WITH_TYPO = 2 * len(GRADES)
BEHIND = 1000
"""What is not as typed is behind all that is."""


class Grading:
    """Grades folded texts, of which the first lines are the name. The better a text has the words, the lower is its
    grade: the sum of what each word is worth."""

    def __init__(self, words: Sequence[Word], name_lines: int):
        self.words = [_Patterns(word) for word in words]
        self.name_lines = name_lines

    def of(self, text: str, *, is_typed: bool) -> int:
        lines = text.split("\n", self.name_lines)
        name, rest = "\n".join(lines[: self.name_lines]), "\n".join(lines[self.name_lines :])
        return sum(word.grade(name, rest) for word in self.words) + (0 if is_typed else BEHIND)

    def is_whole(self, text: str) -> bool:
        """Whether the text has each as a whole word."""
        return all(word.place(text) == WHOLE for word in self.words)


class _Patterns:
    def __init__(self, word: Word):
        self.spellings = [
            (parts, [(re.compile(whole(part)), re.compile(beginning(part))) for part in parts])
            for parts in word.spellings
        ]
        self.typos = re.compile(word.typos) if word.typos else None

    def grade(self, name: str, rest: str) -> int:
        in_name = self.place(name)
        if in_name < ELSEWHERE:
            return in_name
        elsewhere = self.place(rest)
        if elsewhere < ELSEWHERE:
            return ELSEWHERE + elsewhere
        return WITH_TYPO + (0 if self.typos and self.typos.search(name) else 1)

    def place(self, text: str) -> int:
        """By the best spelling, and of that by the worst part."""
        return min(max(map(_quality, [text] * len(parts), parts, patterns)) for parts, patterns in self.spellings)


def _quality(text: str, part: str, patterns: tuple[re.Pattern[str], re.Pattern[str]]) -> int:
    if part not in text:
        return ELSEWHERE
    return next((place for place, pattern in enumerate(patterns) if pattern.search(text)), INSIDE)


def has_whole_words(words: Sequence[Word], text: Any) -> Q:
    """Q: the text has each as a whole word, in one of its spellings.

    The index hardly tells longer words from their beginnings: it has the ends of all words, and “on” ends many. Looking
    up the beginnings alone, as another condition does, is faster.
    """
    spellings = ([[_is_whole(part, text) for part in each] for each in word.spellings] for word in words)
    return reduce(and_, (reduce(or_, (reduce(and_, parts) for parts in each)) for each in spellings))


def _is_whole(part: str, text: Any) -> Q:
    return Q(Regex(text if is_short(part) else NotIndexed(text), whole_inside(part)))
