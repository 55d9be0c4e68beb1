"""CSV: text whose cells are separated by a sign."""

import csv
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TextIO

from markets.imports.readers.encodings import MAX_LINE_LENGTH, detect_encoding, encoding_label
from markets.imports.readers.limits import MAX_CELL_LENGTH, FileRefused

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_HINT = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
"""The line with which Excel is told the delimiter, before the header."""
HEAD = 1 << 18
TOO_LONG = f"longer than {MAX_LINE_LENGTH:,} characters"
PREAMBLE = "notes:"
"""How LinkedIn's exports begin: this, a paragraph and a blank line, and only then the header."""


class CsvFile:
    """A CSV file whose every byte is known to be text."""

    def __init__(self, path: Path, name: str, *, encoding: str = "", delimiter: str = ""):
        """`encoding` and `delimiter` are found where they are not given. Raises FileRefused."""
        self.path, self.name = path, name
        given = _checked(delimiter) if delimiter else ""
        self.encoding = detect_encoding(path, name, encoding)
        with self._open() as file:
            hint = DELIMITER_HINT.fullmatch(file.readline(HEAD))
        self._hints = 1 if hint else 0
        self._is_checked = False
        self.delimiter = given or (hint[1] if hint else self._guess_delimiter())

    @property
    def format_description(self) -> str:
        sign = {"\t": "tab"}.get(self.delimiter, self.delimiter)
        return f"CSV, {encoding_label(self.encoding)}, columns separated by {sign}"

    def records(self) -> Generator[tuple[int, list[str]]]:
        """Everything but blank rows, each with the line of the file that it begins in."""
        with self._open() as file:
            for _ in range(self._hints):
                file.readline()
            lines = _Lines(file)
            reader = csv.reader(file if self._is_checked else lines, delimiter=self.delimiter, strict=True)
            begins = 1 + self._hints
            try:
                for cells in reader:
                    lines.pending = 0
                    if (cells and cells[0].strip()) or any(map(str.strip, cells)):
                        yield begins, cells
                    begins = reader.line_num + 1 + self._hints
                self._is_checked = True
            except csv.Error as error:
                raise FileRefused(self._explain(error, begins)) from None
            except UnicodeError:
                raise FileRefused(f"{self.name} changed while it was read. Try again.") from None

    def _open(self) -> TextIO:
        file = self.path.open(encoding=self.encoding, newline="")
        if file.read(1) != "\ufeff":
            file.seek(0)
        return file

    def _guess_delimiter(self) -> str:
        """The sign that separates most columns of the header; what stands in quotation marks does not count."""
        outside, has_preamble = "", False
        with self._open() as file:
            for record in _quoted_lines(file):
                outside = "".join(record.split('"')[::2])
                has_preamble = has_preamble or outside.strip(", ;\t|\r\n").casefold() == PREAMBLE
                if not has_preamble or any(sign in outside for sign in DELIMITERS):
                    break
        return max(DELIMITERS, key=outside.count)

    def _explain(self, error: csv.Error, line: int) -> str:
        where = f"The row that begins in line {line} of {self.name}"
        if "field limit" in str(error):
            limit = f"{MAX_CELL_LENGTH:,}"
            return f"{where} has a cell of more than {limit} characters, as when a quotation mark is never closed."
        if "unexpected end" in str(error):
            return f"{where} opens a quotation mark that is never closed."
        if "expected after" in str(error):
            return (
                f"{where} goes on after a closing quotation mark. Either an earlier one in it is not closed, "
                "or one inside a cell is not doubled."
            )
        return f"{where} is {TOO_LONG}." if str(error) == TOO_LONG else f"{where} is not CSV: {error}."


class _Lines:
    """The lines of a file for the first csv reader, which would gather a row over any number of them."""

    def __init__(self, file: TextIO):
        self.file = file
        self.pending = 0

    def __iter__(self) -> Iterator[str]:
        for line in self.file:
            self.pending += len(line)
            if self.pending > MAX_LINE_LENGTH:
                raise csv.Error(TOO_LONG)
            yield line


def _quoted_lines(file: TextIO) -> Iterator[str]:
    """The first records that are not blank, as text: a line break in quotation marks does not end one."""
    text, left = "", HEAD
    while left > 0 and (line := file.readline(left)):
        text, left = text + line, left - len(line)
        if text.strip() and text.count('"') % 2 == 0:
            yield text
            text = ""
    if text.strip():
        yield text


def _checked(delimiter: str) -> str:
    sign = {"tab": "\t", "\\t": "\t"}.get(delimiter.casefold(), delimiter)
    if len(sign) != 1 or sign in '"\r\n' or sign.isalnum():
        raise FileRefused(f"“{delimiter}” cannot separate columns. Use one sign, such as , or ; or | or tab.")
    return sign
