"""A language in which every text of the catalogues stands in brackets: what has none was not translated."""

import re
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import polib

from tests.source_code import ROOT

LANGUAGE = "eo"
"""Any language that Django knows and the portal has not."""
OWN = ROOT / "config" / "locale" / "de" / "LC_MESSAGES" / "django.po"
OTHERS = (
    "django",
    "django/contrib/admin",
    "django/contrib/auth",
    "allauth",
    "django_filters",
    "django_tables2",
    "unfold",
)
READ_ALOUD = ("title", "aria-label", "placeholder", "alt", "data-label", "data-announce")
SILENT = {"script", "style"}
VOID = {"br", "img", "input", "wbr", "hr"}


def write_catalogue(folder: Path) -> None:
    """Our texts, and those of the packages that show some, each as ⟦text⟧."""
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    seen = set()
    for entry in (entry for file in [OWN, *_others()] for entry in polib.pofile(str(file))):
        if entry.obsolete or (entry.msgctxt, entry.msgid) in seen:
            continue
        seen.add((entry.msgctxt, entry.msgid))
        if entry.msgid_plural:
            entry.msgstr_plural = {0: bracketed(entry.msgid), 1: bracketed(entry.msgid_plural)}
        else:
            entry.msgstr = bracketed(entry.msgid)
        entry.flags = []
        catalogue.append(entry)
    target = folder / LANGUAGE / "LC_MESSAGES"
    target.mkdir(parents=True)
    catalogue.save_as_mofile(str(target / "django.mo"))


def _others() -> list[Path]:
    folders = [Path(find_spec(name.partition("/")[0]).origin).parent / name.partition("/")[2] for name in OTHERS]
    places = [folder / within for folder in folders for within in ("locale", "conf/locale")]
    files = [place / language / "LC_MESSAGES" / "django.po" for place in places for language in ("en", "de")]
    return [file for file in files if file.exists()]


def bracketed(text: str) -> str:
    """Within white space and markup around the text, so that both stay as they are."""
    begin, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return f"{text[:begin]}⟦{text[begin:end]}⟧{text[end:]}"


def without_brackets(text: str) -> str:
    """What is outside of brackets. Markup within a text opens and closes them in different nodes: see `texts_of`."""
    outside, depth = [], 0
    for character in text:
        depth += character == "⟦"
        if depth <= 0:
            outside.append(character)
        depth -= character == "⟧"
    return "".join(outside)


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.depth = 0
        self.silent: list[str] = []
        self.english: list[str] = []
        """The open elements within one that says that it is in English: `lang="en"`."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in SILENT:
            self.silent.append(tag)
        if (self.english or values.get("lang") == "en") and tag not in VOID:
            self.english.append(tag)
        if not self.english:
            self.found += [without_brackets(values[name] or "") for name in READ_ALOUD if name in values]

    def handle_endtag(self, tag: str) -> None:
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()
        if self.english and self.english[-1] == tag:
            self.english.pop()

    def handle_data(self, data: str) -> None:
        if self.silent or self.english:
            return
        outside = []
        for character in data:
            self.depth += character == "⟦"
            if self.depth <= 0:
                outside.append(character)
            self.depth -= character == "⟧"
        self.found.append("".join(outside))


def texts_of(html: str) -> list[str]:
    """What a page shows and reads aloud, without what stands in brackets."""
    parser = _Texts()
    parser.feed(html)
    return parser.found


WORDS = re.compile(r"[^\W\d_]{2,}")
NAMES = re.compile(r"\S+@\S+\.example|\b[A-Z][a-z]+/[A-Z][A-Za-z_]+|\((?:EST|EDT)\)|\bPerson \d+\b")
"""Addresses of mail, time zones."""


def unmarked(html: str, *, data: str, known: frozenset[str]) -> list[str]:
    """The texts outside of brackets that are neither known names nor data, which holds the word `data`."""
    found = []
    for text in texts_of(html):
        text = NAMES.sub("", " ".join(text.split()))
        for name in known:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", text)
        if WORDS.search(text) and data.lower() not in text.lower():
            found.append(text)
    return found
