"""A CSV file as a stream of rows. Its encoding and delimiter are found, and what cannot be read is refused whole.

A file is read through once before anybody gets a row of it, so that a fault in its last line is known before the first
write. It is never held in memory.
"""

import codecs
import csv
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

from markets.normalising import tidy

Row = tuple[int, list[str]]
"""The line of the file that a row begins in, counted from 1, and its cells as they are."""

DELIMITERS = (",", ";", "\t", "|")
LONGEST_LINE = 1_000_000
BLOCK = 1 << 18
BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
SIGNATURES = {
    b"PK\x03\x04": "an Excel workbook (XLSX) or another ZIP archive. XLSX is not read yet: save it as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (XLS). Save it as CSV",
    b"\x89PNG": "a PNG image, not a table",
    b"\xff\xd8\xff": "a JPEG image, not a table",
    b"GIF8": "a GIF image, not a table",
    b"%PDF": "a PDF document, not a table",
    b"\x1f\x8b": "a gzip archive. Unpack it first",
}


class FileRefused(Exception):
    """The file cannot be read, or not as it was asked for. The message is a sentence that says what and where."""


class Table:
    """A CSV file that can be read to its end. Iterating gives its rows after the header, without blank ones."""

    def __init__(self, path: Path, *, encoding: str = "", delimiter: str = ""):
        """`encoding` and `delimiter` are found where they are not given. Raises FileRefused."""
        self.path = path
        try:
            self.encoding = _encoding_of(path, encoding)
            self.delimiter = _checked(delimiter) if delimiter else self._guess_delimiter()
            self.header = self._read_header()
            self.row_count = sum(1 for _ in self)
        except OSError as error:
            raise FileRefused(f"{path} cannot be read: {error.strerror}.") from None

    def __len__(self) -> int:
        return self.row_count

    def __iter__(self) -> Iterator[Row]:
        records = self._records()
        next(records, None)
        return records

    def _lines(self) -> Iterator[str]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise FileRefused(f"Line {number} of {self.path.name} is longer than {LONGEST_LINE:,} characters.")
                yield line.removeprefix("\ufeff") if number == 1 else line

    def _records(self) -> Iterator[Row]:
        reader = csv.reader(self._lines(), delimiter=self.delimiter, strict=True)
        while True:
            begins = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise FileRefused(self._explain(error, begins)) from None
            if any(cell.strip() for cell in cells):
                yield begins, cells

    def _read_header(self) -> list[str]:
        first = next(self._records(), None)
        if first is None:
            raise FileRefused(f"{self.path.name} is empty. Its first line must name the columns.")
        names = [tidy(cell) for cell in first[1]]
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            raise FileRefused(f"{self.path.name} has more than one column named “{twice[0]}”. Rename all but one.")
        return first[1]

    def _guess_delimiter(self) -> str:
        """The sign that separates most columns of the header; what stands in quotation marks does not count."""
        text = ""
        for line in self._lines():
            text += line
            if (text.strip() and text.count('"') % 2 == 0) or len(text) > BLOCK:
                break
        outside = "".join(text.split('"')[::2])
        return max(DELIMITERS, key=outside.count)

    def _explain(self, error: csv.Error, line: int) -> str:
        where = f"The row that begins in line {line} of {self.path.name}"
        if "field limit" in str(error):
            limit = f"{csv.field_size_limit():,}"
            return f"{where} has a cell of more than {limit} characters, as when a quotation mark is never closed."
        if "unexpected end" in str(error):
            return f"{where} opens a quotation mark that is never closed."
        if "expected after" in str(error):
            return (
                f"{where} goes on after a closing quotation mark. Either an earlier one in it is not closed, "
                "or one inside a cell is not doubled."
            )
        return f"{where} is not CSV: {error}."


def _checked(delimiter: str) -> str:
    sign = {"tab": "\t", "\\t": "\t"}.get(delimiter.casefold(), delimiter)
    if len(sign) != 1 or sign in '"\r\n' or sign.isalnum():
        raise FileRefused(f"“{delimiter}” cannot separate columns. Use one sign, such as , or ; or | or tab.")
    return sign


def _encoding_of(path: Path, given: str) -> str:
    """The encoding in which every byte of the file is text."""
    if not path.exists():
        raise FileRefused(f"There is no file {path}.")
    if not path.is_file():
        raise FileRefused(f"{path} is not a file.")
    with path.open("rb") as file:
        start = file.read(8)
    for signature, what in SIGNATURES.items():
        if start.startswith(signature):
            raise FileRefused(f"{path.name} is {what}.")
    marked = next((name for mark, name in BYTE_ORDER_MARKS.items() if start.startswith(mark)), "")
    for encoding in [given or marked] if given or marked else ["utf-8", "cp1252"]:
        fault = _first_fault(path, encoding)
        if fault is None:
            return encoding
    tried = given or marked or "UTF-8 nor Windows-1252"
    raise FileRefused(
        f"Line {fault} of {path.name} is not text in {tried}. Save the file as UTF-8, or say in which encoding it is."
    )


def _first_fault(path: Path, encoding: str) -> int | None:
    """The line of the first bytes that are not text, or None. Raises FileRefused for what no encoding can mend."""
    try:
        TextIOWrapper(BytesIO(), encoding=encoding)  # knows which codecs are of text
        decoder = codecs.getincrementaldecoder(encoding)()
    except (LookupError, UnicodeError, TypeError, ValueError):
        raise FileRefused(f"“{encoding}” is not an encoding. Use one such as utf-8, utf-16 or cp1252.") from None
    line = 1
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
                    f"Line {line} of {path.name} has a NUL sign in it, so it is not text as it stands. "
                    "If it is UTF-16, say so as its encoding."
                )
            if not block:
                return None
            line += text.count("\n")
