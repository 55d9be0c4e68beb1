"""When two names are nearly the same, and in what they differ."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

QUOTED = re.compile(r"(?<!\w)[\"“”„«»'‘’(]([^\"“”„«»'‘’()]+)[\"“”«»'‘’)](?!\w)")
HONORIFICS = frozenset("mr mrs ms mx dr prof".split())
MAX_EDIT_DISTANCE = 2
"""Names further apart than this are other names."""
SAME_NAME = "same name"


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared: its words without accents and signs, and what its bearer is called besides."""

    words: tuple[str, ...]
    nicknames: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join(self.words)

    @property
    def ordered(self) -> tuple[str, ...]:
        return tuple(sorted(self.words))

    def called(self) -> Iterator[tuple[str, ...]]:
        """The ways in which the bearer is called by a nickname: with and without middle names."""
        for nickname in self.nicknames:
            yield (nickname, *self.words[1:])
            yield (nickname, self.words[-1])


def parse_name(name_key: str) -> Name:
    """`name_key` as Contact keeps it: folded."""
    if _is_simple(name_key) and not HONORIFICS.intersection(words := name_key.split()):
        return Name(tuple(words))
    nicknames = tuple(simplify(each) for each in QUOTED.findall(name_key))
    last, comma, first = QUOTED.sub(" ", name_key).partition(",")
    given = simplify(f"{first} {last}" if comma else last).split()
    kept = tuple(word for word in given if word not in HONORIFICS) or tuple(given)
    return Name(kept, nicknames if kept else ())


def simplify(text: str) -> str:
    """Letters and digits; hyphens and points part words, other signs and accents are dropped."""
    if _is_simple(text):
        return " ".join(text.split())
    decomposed = unicodedata.normalize("NFKD", re.sub(r"[-.‐-―_/]", " ", text))
    return " ".join("".join(sign for sign in decomposed if sign.isalnum() or sign.isspace()).split())


def _is_simple(text: str) -> bool:
    """Nearly all names are: reading every letter of 100,000 would take a second."""
    return text.isascii() and text.replace(" ", "").isalnum()


def describe_difference(one: Name, other: Name) -> str:
    """In what two names differ that are nearly the same, as the end of a sentence; empty for two other names."""
    if not (one.words and other.words):
        return ""
    if one.words == other.words:
        return SAME_NAME if one.nicknames == other.nicknames else "names differ by a nickname"
    if "".join(one.words) == "".join(other.words):
        return "names differ by a blank or sign"
    if one.ordered == other.ordered:
        return "names are the same in another order"
    if _share_nickname(one, other):
        return "names differ by a nickname"
    if _differ_by_initials(one.words, other.words):
        return "names differ by initials or a middle name"
    letters = _edit_distance(one.words, other.words)
    return {0: "", 1: "names differ by one letter", 2: "names differ by two letters"}[letters]


def _share_nickname(one: Name, other: Name) -> bool:
    ways, other_ways = {one.words, *one.called()}, {other.words, *other.called()}
    return bool(ways & other_ways)


def _differ_by_initials(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """The same last name, and first names of which one can be the other's initial; middle names may be missing."""
    if len(one) < 2 or len(other) < 2 or one[-1] != other[-1] or not _is_initial_of(one[0], other[0]):
        return False
    shorter, longer = sorted((one[1:-1], other[1:-1]), key=len)
    return not shorter or (len(shorter) == len(longer) and all(map(_is_initial_of, shorter, longer)))


def _is_initial_of(one: str, other: str) -> bool:
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])


def _edit_distance(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """1 or 2 letters to change, add, leave out or swap; 0 for more. Short words, initials and numbers do not vary."""
    if len(one) != len(other):
        return 0
    total = 0
    for word, counterpart in zip(one, other, strict=True):
        if word == counterpart:
            continue
        shortest = min(len(word), len(counterpart))
        most = 0 if shortest < 3 else 1 if shortest < 6 else MAX_EDIT_DISTANCE
        apart = OSA.distance(word, counterpart, score_cutoff=most)
        total += apart
        if apart > most or total > MAX_EDIT_DISTANCE or any(map(str.isdigit, word + counterpart)):
            return 0
    return total
