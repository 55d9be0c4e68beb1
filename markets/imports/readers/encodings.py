"""The encoding of a text file: by its byte order mark, else UTF-8 if it decodes, else the most plausible legacy one."""

import codecs
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from io import BytesIO, TextIOWrapper
from itertools import pairwise
from typing import BinaryIO

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.ui.formats import number
from markets.imports.readers.limits import FileRefused

MAX_LINE_LENGTH = 1_000_000
BLOCK = 1 << 18
SAMPLE_SIZE = 1 << 14
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark is a prefix of this one
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
ENCODING_LABELS = {
    "cp1252": gettext_lazy("Windows-1252 (Western European)"),
    "cp1250": gettext_lazy("Windows-1250 (Central European)"),
    "cp1251": gettext_lazy("Windows-1251 (Cyrillic)"),
    "koi8_r": gettext_lazy("KOI8-R (Cyrillic)"),
    "shift_jis": gettext_lazy("Shift JIS (Japanese)"),
    "gb18030": gettext_lazy("GB 18030 (Chinese)"),
    "big5": gettext_lazy("Big5 (Chinese)"),
    "euc_kr": gettext_lazy("EUC-KR (Korean)"),
    "mac_roman": "Mac Roman",
    "cp1253": gettext_lazy("Windows-1253 (Greek)"),
    "cp1254": gettext_lazy("Windows-1254 (Turkish)"),
    "cp1255": gettext_lazy("Windows-1255 (Hebrew)"),
    "cp1256": gettext_lazy("Windows-1256 (Arabic)"),
    "cp1257": gettext_lazy("Windows-1257 (Baltic)"),
    "euc_jp": gettext_lazy("EUC-JP (Japanese)"),
    "cp850": gettext_lazy("DOS 850 (Western European)"),
}
"""The legacy encodings that are tried. If several fit equally well, the first one wins."""
NON_ASCII_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
WORD = re.compile(r"[^\s\d,;|\t\"'.()/@_+\-:&]+")
IDEOGRAPHS = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "FULLWIDTH", "HALFWIDTH"}


Opener = Callable[[], BinaryIO]


def detect_encoding(open_bytes: Opener, name: str, requested: str = "") -> str:
    """An encoding in which the whole file decodes, `requested` if given. Raises FileRefused if there is none."""
    declared = requested or _declared_encoding(open_bytes)
    line = _first_undecodable_line(open_bytes, name, declared or "utf-8")
    if line is None:
        return declared or "utf-8"
    sample = b"" if declared else _sample(open_bytes)
    if _is_mostly_utf8(sample):
        raise FileRefused(
            _(
                "Line %(line)s of %(name)s is not text in UTF-8, though most of the file is. Mend that line, or "
                "say in which encoding the file is."
            )
            % {"line": line, "name": name}
        )
    for encoding in _likely_encodings(sample) if sample else []:
        if _first_undecodable_line(open_bytes, name, encoding) is None:
            return encoding
    tried = _("in %(encoding)s") % {"encoding": declared} if declared else _("in UTF-8 nor in another usual encoding")
    raise FileRefused(
        _("Line %(line)s of %(name)s is not text %(tried)s. Save the file as UTF-8, or say in which encoding it is.")
        % {"line": line, "name": name, "tried": tried}
    )


def encoding_label(encoding: str) -> str:
    return str(ENCODING_LABELS.get(encoding, encoding.upper() if encoding.startswith("utf") else encoding))


def _declared_encoding(open_bytes: Opener) -> str:
    """By the byte order mark, or by the zero bytes of UTF-16 without a mark; otherwise ""."""
    with open_bytes() as file:
        start = file.read(SAMPLE_SIZE)
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            return encoding
    zeros = [start[first::2].count(0) / (len(start) / 2 or 1) for first in (0, 1)]
    if min(zeros) < 0.05 and max(zeros) > 0.4:
        return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    return ""


def _first_undecodable_line(open_bytes: Opener, name: str, encoding: str) -> int | None:
    """The number of the first line that does not decode, or None.

    Raises FileRefused for problems that another encoding would not solve.
    """
    try:
        TextIOWrapper(BytesIO(), encoding=encoding)  # refuses codecs that are not text encodings
        decoder = codecs.getincrementaldecoder(encoding)()
    except (LookupError, UnicodeError, TypeError, ValueError):
        raise FileRefused(
            _("“%(encoding)s” is not an encoding. Use one such as utf-8, utf-16 or cp1252.") % {"encoding": encoding}
        ) from None
    line, pending = 1, 0
    with open_bytes() as file:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeError as error:
                return line + block[: getattr(error, "start", 0)].count(b"\n")
            if "\0" in text:
                line += text[: text.index("\0")].count("\n")
                raise FileRefused(
                    _(
                        "Line %(line)s of %(name)s has a NUL sign in it, so it is not text as it stands. If it is "
                        "UTF-16, say so as its encoding."
                    )
                    % {"line": line, "name": name}
                )
            if not block:
                return None
            first, last = _line_ends(text)
            if pending + first > MAX_LINE_LENGTH:  # lines inside a block are shorter
                raise FileRefused(
                    _("Line %(line)s of %(name)s is longer than %(max_line_length)s characters.")
                    % {"line": line, "name": name, "max_line_length": number(MAX_LINE_LENGTH)}
                )
            pending = pending + len(text) if first == len(text) else len(text) - last
            line += text.count("\n")


def _line_ends(text: str) -> tuple[int, int]:
    """The length of the text up to its first line break, and the position after its last one."""
    ends = [at for at in (text.find("\n"), text.find("\r")) if at >= 0]
    return min(ends, default=len(text)), max(text.rfind("\n"), text.rfind("\r")) + 1


def _sample(open_bytes: Opener) -> bytes:
    """Lines with non-ASCII bytes, which are the ones that distinguish encodings."""
    sample = b""
    with open_bytes() as file:
        while len(sample) < SAMPLE_SIZE and (block := file.read(BLOCK)):
            sample += b"\n".join(NON_ASCII_LINE.findall(block)[:200])[:SAMPLE_SIZE] + b"\n"
    return sample


def _is_mostly_utf8(sample: bytes) -> bool:
    """True if half of the lines are valid UTF-8: text in other encodings hardly ever is, so the rest is damaged."""
    lines = [line for line in sample.split(b"\n") if line]
    return 2 * sum(map(_is_utf8, lines)) >= len(lines) > 0


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeError:
        return False
    return True


def _likely_encodings(sample: bytes) -> list[str]:
    """The encodings that the sample may be in, most likely first.

    The library judges by disorder and language, which does not decide for names and towns: they are short and belong to
    no language. How unusual their words would look decides then.
    """
    matches = from_bytes(sample, cp_isolation=list(ENCODING_LABELS), threshold=0.5)
    candidates = {name: match for match in matches for name in match.could_be_from_charset if name in ENCODING_LABELS}
    order = list(ENCODING_LABELS)
    return sorted(
        candidates,
        key=lambda name: _oddness(str(candidates[name])) + candidates[name].chaos - candidates[name].coherence / 2
        + order.index(name) / 100,
    )  # fmt: skip


def _oddness(text: str) -> float:
    """The share of non-ASCII characters in positions where no writing system has them."""
    words = [word for word in WORD.findall(text) if not word.isascii() and any(map(str.isalpha, word))]
    non_ascii = sum(not character.isascii() for word in words for character in word)
    return sum(map(_odd_characters, words)) / (non_ascii or 1)


def _odd_characters(word: str) -> int:
    letters = [character for character in word if character.isalpha()]
    scripts = {_script(letter) for letter in letters} - IDEOGRAPHS
    accented = sum(not letter.isascii() for letter in letters)
    return (
        sum(not each.isascii() and unicodedata.category(each)[0] in "SNM" for each in word)
        + sum(first.islower() and second.isupper() and not second.isascii() for first, second in pairwise(word))
        + (len(letters) if len(scripts) > 1 else 0)
        + (accented if scripts == {"LATIN"} and accented == len(letters) > 2 else 0)
    )


@cache
def _script(letter: str) -> str:
    return "LATIN" if letter.isascii() else unicodedata.name(letter, "?").split()[0]
