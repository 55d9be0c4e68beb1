"""Sentences that are kept in English, and shown in the language of the page."""

import re
from functools import cached_property

from django.utils.translation import get_language, gettext

VALUE = re.compile(r"%\((\w+)\)s")


class StoredSentences:
    """Knows sentences by their templates, which are marked by gettext_noop. Of templates that fit, the one
    with the fewest values counts."""

    def __init__(self, *templates: str):
        self.templates = templates

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        return [
            (re.compile(_pattern(template)), template)
            for template in sorted(self.templates, key=lambda each: (len(VALUE.findall(each)), -len(each)))
        ]

    def in_language(self, sentence: str) -> str:
        """The sentence as it is if no template fits. Values that are words of the catalogue are translated, too."""
        if (get_language() or "en").startswith("en"):
            return sentence
        for pattern, template in self._patterns:
            if found := pattern.fullmatch(sentence):
                return gettext(template) % {name: self._value(value) for name, value in found.groupdict().items()}
        return sentence

    def _value(self, text: str) -> str:
        """Sentences, or a list of words, of which each may follow a number."""
        if text.endswith("."):
            return " ".join(self.in_language(f"{part}.") for part in text.removesuffix(".").split(". "))
        return ", ".join(_word(part) for part in text.split(", "))


def _pattern(template: str) -> str:
    """Every second part is the name of a value."""
    parts = VALUE.split(template)
    return "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))


def _word(text: str) -> str:
    number, _space, noun = text.partition(" ")
    if noun and number[0].isdigit():
        return f"{number} {gettext(noun)}"
    return gettext(text) if text else ""
