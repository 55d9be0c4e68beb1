"""Two values of a field beside each other, with the words in which they differ."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

MOST_WORDS = 2000
"""In a longer text no words are marked: comparing them would take too long."""


@dataclass(frozen=True)
class Difference:
    """A field with two values, as texts. `changed` says who stored the first one and when, if that is known."""

    label: str
    stored: str
    typed: str
    changed: str

    def columns(self) -> list[tuple[str, list[tuple[str, bool]]]]:
        """Each value in parts, with whether the other value has another text there. An empty value has none."""
        words, others = (re.findall(r"\S+\s*|\s+", text) for text in (self.stored, self.typed))
        steps: Sequence[tuple[str, int, int, int, int]]
        if max(len(words), len(others)) > MOST_WORDS:
            steps = [("replace", 0, len(words), 0, len(others))]
        else:
            steps = SequenceMatcher(None, words, others).get_opcodes()
        stored = [("".join(words[start:end]), step != "equal") for step, start, end, _, _ in steps if start < end]
        typed = [("".join(others[start:end]), step != "equal") for step, _, _, start, end in steps if start < end]
        return [(_("Stored now"), stored), (_("Yours"), typed)]
