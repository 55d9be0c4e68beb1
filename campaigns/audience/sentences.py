"""Words for the screen: what a rule asks for, and lists of names within it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from config.ui.dates import full_day as full_day

MAX_NAMES = 5


@dataclass(frozen=True)
class Sentence:
    """What one condition asks for; of a group its heading, with a sentence for each part."""

    text: str
    parts: tuple["Sentence", ...] = ()

    @property
    def line(self) -> str:
        """The sentence and its parts in one line."""
        return f"{self.text}: {'; '.join(part.line for part in self.parts)}" if self.parts else self.text


def any_of(names: Iterable[str]) -> str:
    """`A`, `A or B`, `A, B or C`; of many names the first five and the number of the others."""
    shown = list(names)
    if len(shown) > MAX_NAMES:
        shown = [*shown[:MAX_NAMES], _("%(count)s more") % {"count": len(shown) - MAX_NAMES}]
    *first, last = shown or [""]
    return _("%(names)s or %(last)s") % {"names": ", ".join(first), "last": last} if first else last


def quoted(texts: Iterable[str]) -> str:
    return any_of(in_quotes(text) for text in texts)


def in_quotes(text: str) -> str:
    return _("“%(text)s”") % {"text": text}


def counted(count: int, noun: str, plural: str = "") -> str:
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
