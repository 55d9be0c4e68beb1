"""In which encoding a file is text: what it says itself, else UTF-8, else what its signs look most like."""

import codecs
import re
import unicodedata
from functools import cache
from io import BytesIO, TextIOWrapper
from itertools import pairwise
from pathlib import Path

from charset_normalizer import from_bytes

from markets.imports.readers.limits import FileRefused

MAX_LINE_LENGTH = 1_000_000
BLOCK = 1 << 18
SAMPLE = 1 << 14
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",  # begins like the mark of UTF-16
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
ENCODING_LABELS = {
    "cp1252": "Windows-1252 (Western European)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8_r": "KOI8-R (Cyrillic)",
    "shift_jis": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "euc_kr": "EUC-KR (Korean)",
    "mac_roman": "Mac Roman",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "euc_jp": "EUC-JP (Japanese)",
    "cp850": "DOS 850 (Western European)",
}
"""What a file without a mark may be in, if not in UTF-8. Of those that fit as well the earlier is taken."""
ABOVE_ASCII = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
WORD = re.compile(r"[^\s\d,;|\t\"'.()/@_+\-:&]+")
IDEOGRAPHS = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "FULLWIDTH", "HALFWIDTH"}


def detect_encoding(path: Path, name: str, given: str = "") -> str:
    """The encoding in which every byte of the file is text. Raises FileRefused where there is none."""
    said = given or _marked(path)
    fault = _first_fault(path, name, said or "utf-8")
    if fault is None:
        return said or "utf-8"
    sample = b"" if said else _sample(path)
    if _is_mostly_utf8(sample):
        raise FileRefused(
            f"Line {fault} of {name} is not text in UTF-8, though most of the file is. Mend that line, or say in which "
            "encoding the file is."
        )
    for encoding in _likely(sample) if sample else []:
        if _first_fault(path, name, encoding) is None:
            return encoding
    tried = f"in {said}" if said else "in UTF-8 nor in another usual encoding"
    raise FileRefused(
        f"Line {fault} of {name} is not text {tried}. Save the file as UTF-8, or say in which encoding it is."
    )


def encoding_label(encoding: str) -> str:
    return ENCODING_LABELS.get(encoding, encoding.upper() if encoding.startswith("utf") else encoding)


def _marked(path: Path) -> str:
    """What a byte order mark says, or the zeros of UTF-16 without one."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    for mark, encoding in MARKS.items():
        if start.startswith(mark):
            return encoding
    zeros = [start[first::2].count(0) / (len(start) / 2 or 1) for first in (0, 1)]
    if min(zeros) < 0.05 and max(zeros) > 0.4:
        return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    return ""


def _first_fault(path: Path, name: str, encoding: str) -> int | None:
    """The line of the first bytes that are not text, or None. Raises FileRefused for what no encoding can mend."""
    try:
        TextIOWrapper(BytesIO(), encoding=encoding)  # knows which codecs are of text
        decoder = codecs.getincrementaldecoder(encoding)()
    except (LookupError, UnicodeError, TypeError, ValueError):
        raise FileRefused(f"“{encoding}” is not an encoding. Use one such as utf-8, utf-16 or cp1252.") from None
    line, pending = 1, 0
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeError as error:
                return line + block[: getattr(error, "start", 0)].count(b"\n")
            if "\0" in text:
                line += text[: text.index("\0")].count("\n")
                raise FileRefused(
                    f"Line {line} of {name} has a NUL sign in it, so it is not text as it stands. "
                    "If it is UTF-16, say so as its encoding."
                )
            if not block:
                return None
            first, last = _line_ends(text)
            if pending + first > MAX_LINE_LENGTH:  # lines within a block are shorter than that
                raise FileRefused(f"Line {line} of {name} is longer than {MAX_LINE_LENGTH:,} characters.")
            pending = pending + len(text) if first == len(text) else len(text) - last
            line += text.count("\n")


def _line_ends(text: str) -> tuple[int, int]:
    """How long the text goes on before its first line ends, and where its last line begins."""
    ends = [at for at in (text.find("\n"), text.find("\r")) if at >= 0]
    return min(ends, default=len(text)), max(text.rfind("\n"), text.rfind("\r")) + 1


def _sample(path: Path) -> bytes:
    """Some lines that are more than ASCII: only these tell encodings apart."""
    found = b""
    with path.open("rb") as file:
        while len(found) < SAMPLE and (block := file.read(BLOCK)):
            found += b"\n".join(ABOVE_ASCII.findall(block)[:200])[:SAMPLE] + b"\n"
    return found


def _is_mostly_utf8(sample: bytes) -> bool:
    """Whether half of the lines are, which in no other encoding come out so: some of the others are damaged."""
    lines = [line for line in sample.split(b"\n") if line]
    return 2 * sum(map(_is_utf8, lines)) >= len(lines) > 0


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeError:
        return False
    return True


def _likely(sample: bytes) -> list[str]:
    """The encodings that the sample may be in, the likeliest first.

    What the library says of mess and language leaves names and towns undecided, which are short and of no language;
    how odd their words would be decides then.
    """
    matches = from_bytes(sample, cp_isolation=list(ENCODING_LABELS), threshold=0.5)
    found = {name: match for match in matches for name in match.could_be_from_charset if name in ENCODING_LABELS}
    order = list(ENCODING_LABELS)
    return sorted(
        found,
        key=lambda name: _oddness(str(found[name])) + found[name].chaos - found[name].coherence / 2
        + order.index(name) / 100,
    )  # fmt: skip


def _oddness(text: str) -> float:
    """How much of what is not ASCII stands where no writing has it."""
    words = [word for word in WORD.findall(text) if not word.isascii() and any(map(str.isalpha, word))]
    return sum(map(_odd_signs, words)) / (sum(not sign.isascii() for word in words for sign in word) or 1)


def _odd_signs(word: str) -> int:
    letters = [sign for sign in word if sign.isalpha()]
    scripts = {_script(sign) for sign in letters} - IDEOGRAPHS
    accented = sum(not sign.isascii() for sign in letters)
    return (
        sum(not sign.isascii() and unicodedata.category(sign)[0] in "SNM" for sign in word)
        + sum(before.islower() and sign.isupper() and not sign.isascii() for before, sign in pairwise(word))
        + (len(letters) if len(scripts) > 1 else 0)
        + (accented if scripts == {"LATIN"} and accented == len(letters) > 2 else 0)
    )


@cache
def _script(letter: str) -> str:
    return "LATIN" if letter.isascii() else unicodedata.name(letter, "?").split()[0]
