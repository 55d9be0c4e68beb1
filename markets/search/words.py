"""Reads a query: its words, and the patterns by which each is found in a folded text.

A word is found anywhere in the text, if it has three characters or more; a shorter one where a word of the text begins.
Digits that were typed in groups are one number, and three or more are also found in a
phone number. With `typos`, a word is also found with one typo where a word of the
text begins: a letter that is wrong, missing or too many, or two that are swapped. What it is found as has at least five
letters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from markets.search.folding import fold

MAX_LENGTH = 200
MAX_WORDS = 10
SHORT = 2
SHORTEST_WITH_TYPO = 5
LONGEST_WITH_TYPO = 40
BETWEEN = r"[\n -/:-@[-`{-~]"
"""A line break, a space or a punctuation mark."""
BEGINNING = f"(^|{BETWEEN})"
AROUND = ' \t\r\n,;:"()[]{}<>!?“”„«»'
"""Not part of a word at its beginning or end."""
NUMBER = re.compile(r"(?<!\S)\+?[\d(][\d().\-/ ]*\d\)?(?!\S)")
"""Groups of digits, as numbers of phones are typed."""


@dataclass(frozen=True)
class Word:
    """`spellings` are alternatives: the text must have one of them. Each is a list of parts which it must all have."""

    text: str
    spellings: tuple[tuple[str, ...], ...]

    @cached_property
    def typos(self) -> str:
        """A regular expression for the word with one typo, or empty if it may have none."""
        word, length = self.text, len(self.text)
        if not word.isalpha() or not SHORTEST_WITH_TYPO - 1 <= length <= LONGEST_WITH_TYPO:
            return ""
        places, found = range(length), [f"{word[:i]}.{word[i:]}" for i in range(length)]
        if length >= SHORTEST_WITH_TYPO:
            found += [f"{word[:i]}.{word[i + 1 :]}" for i in places]
            found += [f"{word[:i]}{word[i + 1]}{word[i]}{word[i + 2 :]}" for i in places[:-1]]
        if length > SHORTEST_WITH_TYPO:
            found += [word[:i] + word[i + 1 :] for i in places]
        return f"(?s){BEGINNING}({'|'.join(dict.fromkeys(found))})"

    @property
    def numbers(self) -> tuple[tuple[str, ...], ...]:
        """The spellings that may be parts of a phone number: digits alone, three or more in a row."""
        return tuple(each for each in self.spellings if all(map(is_number, each)))

    @property
    def with_typos(self) -> str:
        """A regular expression for the word as it is or with one typo. An index looks up one faster than two."""
        return f"(?s){self.text}|{self.typos.removeprefix('(?s)')}"


def is_number(part: str) -> bool:
    return len(part) > SHORT and part.isascii() and part.isdigit()


def is_short(part: str) -> bool:
    return len(part) <= SHORT and part[0].isalnum()


def beginning(part: str) -> str:
    """A regular expression: a word of the text begins so."""
    return f"(?s){BEGINNING}{re.escape(part)}"


def whole(part: str) -> str:
    """A regular expression: it is a word of the text."""
    return f"{beginning(part)}({BETWEEN}|$)"


def whole_inside(part: str) -> str:
    """The same, but for the last word of the text. The index mostly tells it from longer words that begin so."""
    return beginning(part) + BETWEEN


def read_words(text: str) -> tuple[Word, ...]:
    """The words of a query, each once. What has no letter or digit is no word."""
    folded = " ".join(fold(text.replace("\0", " ")[:MAX_LENGTH]).split())
    words: list[Word] = []
    for gap, number in _split(folded):
        words += [Word(part, ((part,),)) for each in gap.split() if (part := each.strip(AROUND))]
        words += [_number(number)] if number else []
    telling = [each for each in words if any(map(str.isalnum, each.text))]
    return tuple({each.text: each for each in telling}.values())[:MAX_WORDS]


def _split(text: str) -> Iterator[tuple[str, str]]:
    """What stands before each number, and the number; at last what stands behind all."""
    place = 0
    for match in NUMBER.finditer(text):
        yield text[place : match.start()], match[0]
        place = match.end()
    yield text[place:], ""


def _number(typed: str) -> Word:
    """Its digits, also without the zeros of a national or an international prefix; or its groups as they are."""
    groups = tuple(part for each in typed.split() if (part := each.strip(AROUND)))
    digits = "".join(filter(str.isdigit, typed.replace("(0)", "")))
    spellings = [(digits,), groups]
    if len(without_zeros := digits.lstrip("0")) >= 4:
        spellings.append((without_zeros,))
    return Word(digits, tuple(dict.fromkeys(each for each in spellings if all(each))))
