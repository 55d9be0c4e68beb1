"""Compares names: whether two are nearly the same, and how they differ."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_noop
from rapidfuzz.distance import OSA

QUOTED = re.compile(r"(?<!\w)[\"“”„«»'‘’(]([^\"“”„«»'‘’()]+)[\"“”«»'‘’)](?!\w)")
HONORIFICS = frozenset("mr mrs ms mx dr prof".split())
MAX_EDIT_DISTANCE = 2
"""Names with more edits between them are different names."""
SAME_NAME = gettext_noop("same name")


@dataclass(frozen=True, slots=True)
class Name:
    """A name prepared for comparison: words without accents and punctuation, and quoted nicknames."""

    words: tuple[str, ...]
    nicknames: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join(self.words)

    @property
    def sorted_words(self) -> tuple[str, ...]:
        return tuple(sorted(self.words))

    def nickname_variants(self) -> Iterator[tuple[str, ...]]:
        """The name with each nickname as first name, with and without middle names."""
        for nickname in self.nicknames:
            yield (nickname, *self.words[1:])
            yield (nickname, self.words[-1])


def parse_name(name_key: str) -> Name:
    """Parses a contact's `name_key`, which is case-folded."""
    if _is_simple(name_key) and not HONORIFICS.intersection(simple_words := name_key.split()):
        return Name(tuple(simple_words))
    nicknames = tuple(simplify(each) for each in QUOTED.findall(name_key))
    last, comma, first = QUOTED.sub(" ", name_key).partition(",")
    words = simplify(f"{first} {last}" if comma else last).split()
    name_words = tuple(word for word in words if word not in HONORIFICS) or tuple(words)
    return Name(name_words, nicknames if name_words else ())


def simplify(text: str) -> str:
    """Keeps letters and digits. Hyphens and dots separate words; accents and other punctuation are dropped."""
    if _is_simple(text):
        return " ".join(text.split())
    decomposed = unicodedata.normalize("NFKD", re.sub(r"[-.‐-―_/]", " ", text))
    return " ".join("".join(char for char in decomposed if char.isalnum() or char.isspace()).split())


def _is_simple(text: str) -> bool:
    """True for nearly all names, which need no decomposition: that would take a second for 100,000."""
    return text.isascii() and text.replace(" ", "").isalnum()


def describe_difference(one: Name, other: Name) -> str:
    """How two nearly equal names differ, as the end of a sentence; empty for different names."""
    if not (one.words and other.words):
        return ""
    if one.words == other.words:
        return SAME_NAME if one.nicknames == other.nicknames else gettext_noop("names differ by a nickname")
    if "".join(one.words) == "".join(other.words):
        return gettext_noop("names differ by a blank or sign")
    if one.sorted_words == other.sorted_words:
        return gettext_noop("names are the same in another order")
    if _share_nickname(one, other):
        return gettext_noop("names differ by a nickname")
    if _differ_by_initials(one.words, other.words):
        return gettext_noop("names differ by initials or a middle name")
    letters = _edit_distance(one.words, other.words)
    return {0: "", 1: gettext_noop("names differ by one letter"), 2: gettext_noop("names differ by two letters")}[
        letters
    ]


def may_be_same_name(one: str, other: str) -> bool:
    """Whether two names as typed may be one person's: nearly the same, or one is a short form of the other."""
    first, second = (parse_name(name.casefold()) for name in (one, other))
    if describe_difference(first, second):
        return True
    shorter, longer = sorted((first.words, second.words), key=len)
    if set(shorter) <= set(longer):
        return True
    return shorter[-1] == longer[-1] and (longer[0].startswith(shorter[0]) or shorter[0].startswith(longer[0]))


def _share_nickname(one: Name, other: Name) -> bool:
    variants, other_variants = {one.words, *one.nickname_variants()}, {other.words, *other.nickname_variants()}
    return bool(variants & other_variants)


def _differ_by_initials(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Same last name, and one first name may be the initial of the other. Middle names may be missing."""
    if len(one) < 2 or len(other) < 2 or one[-1] != other[-1] or not _is_initial_of(one[0], other[0]):
        return False
    shorter, longer = sorted((one[1:-1], other[1:-1]), key=len)
    return not shorter or (len(shorter) == len(longer) and all(map(_is_initial_of, shorter, longer)))


def _is_initial_of(one: str, other: str) -> bool:
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])


def _edit_distance(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """1 or 2 edits (change, insert, delete, swap); 0 for more. Short words, initials and numbers must be equal."""
    if len(one) != len(other):
        return 0
    total = 0
    for word, counterpart in zip(one, other, strict=True):
        if word == counterpart:
            continue
        shortest = min(len(word), len(counterpart))
        limit = 0 if shortest < 3 else 1 if shortest < 6 else MAX_EDIT_DISTANCE
        distance = OSA.distance(word, counterpart, score_cutoff=limit)
        total += distance
        if distance > limit or total > MAX_EDIT_DISTANCE or any(map(str.isdigit, word + counterpart)):
            return 0
    return total
