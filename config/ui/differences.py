"""Two values of a field beside each other, with the words in which they differ."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """A field with two values, as texts. `changed` says who stored the first one and when, if that is known."""

    label: str
    stored: str
    typed: str
    changed: str

    def columns(self) -> Iterator[tuple[str, tuple[str, str, str]]]:
        yield "Stored now", _split(self.stored, self.typed)
        yield "Yours", _split(self.typed, self.stored)


def _split(text: str, other: str) -> tuple[str, str, str]:
    """The words before, in and after the part that differs."""
    words, others = (re.split(r"(\s+)", each) for each in (text, other))
    start = _common(words, others)
    end = len(words) - _common(words[start:][::-1], others[start:][::-1])
    return "".join(words[:start]), "".join(words[start:end]), "".join(words[end:])


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
