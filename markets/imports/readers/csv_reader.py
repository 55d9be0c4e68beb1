"""CSV files: their delimiter, their records, and messages for malformed ones."""

import csv
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TextIO

from markets.imports.readers.encodings import MAX_LINE_LENGTH, detect_encoding, encoding_label
from markets.imports.readers.limits import MAX_CELL_LENGTH, FileRefused

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_HINT = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
"""A first line such as “sep=;”, which tells Excel the delimiter."""
HEAD = 1 << 18
"""Characters searched for the delimiter."""
TOO_LONG = f"longer than {MAX_LINE_LENGTH:,} characters"
PREAMBLE = "notes:"
"""LinkedIn's exports begin with this line, a paragraph and a blank line. The header follows."""


class CsvFile:
    """A CSV file that decodes without errors."""

    def __init__(self, path: Path, name: str, *, encoding: str = "", delimiter: str = ""):
        """Detects the encoding and delimiter unless given. Raises FileRefused."""
        self.path, self.name = path, name
        requested = _checked_delimiter(delimiter) if delimiter else ""
        self.encoding = detect_encoding(path, name, encoding)
        with self._open() as file:
            hint = DELIMITER_HINT.fullmatch(file.readline(HEAD))
        self._hint_lines = 1 if hint else 0
        self._is_line_length_checked = False
        self.delimiter = requested or (hint[1] if hint else self._guess_delimiter())

    @property
    def format_description(self) -> str:
        delimiter = {"\t": "tab"}.get(self.delimiter, self.delimiter)
        return f"CSV, {encoding_label(self.encoding)}, columns separated by {delimiter}"

    def records(self) -> Generator[tuple[int, list[str]]]:
        """All records except blank ones, each with the line where it begins."""
        with self._open() as file:
            for _ in range(self._hint_lines):
                file.readline()
            lines = _BoundedLines(file)
            reader = csv.reader(file if self._is_line_length_checked else lines, delimiter=self.delimiter, strict=True)
            first_line = 1 + self._hint_lines
            try:
                for cells in reader:
                    lines.pending = 0
                    if (cells and cells[0].strip()) or any(map(str.strip, cells)):
                        yield first_line, cells
                    first_line = reader.line_num + 1 + self._hint_lines
                self._is_line_length_checked = True
            except csv.Error as error:
                raise FileRefused(self._explain(error, first_line)) from None
            except UnicodeError:
                raise FileRefused(f"{self.name} changed while it was read. Try again.") from None

    def _open(self) -> TextIO:
        file = self.path.open(encoding=self.encoding, newline="")
        if file.read(1) != "\ufeff":
            file.seek(0)
        return file

    def _guess_delimiter(self) -> str:
        """The most frequent candidate in the header, not counting quoted text.

        csv.Sniffer is not used: it looks at all rows and mistakes letters for delimiters.
        """
        unquoted, has_preamble = "", False
        with self._open() as file:
            for record in _first_records(file):
                unquoted = "".join(record.split('"')[::2])
                has_preamble = has_preamble or unquoted.strip(", ;\t|\r\n").casefold() == PREAMBLE
                if not has_preamble or any(delimiter in unquoted for delimiter in DELIMITERS):
                    break
        return max(DELIMITERS, key=unquoted.count)

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


class _BoundedLines:
    """The lines of a file. Stops the csv reader from collecting one record from any number of lines."""

    def __init__(self, file: TextIO):
        self.file = file
        self.pending = 0

    def __iter__(self) -> Iterator[str]:
        for line in self.file:
            self.pending += len(line)
            if self.pending > MAX_LINE_LENGTH:
                raise csv.Error(TOO_LONG)
            yield line


def _first_records(file: TextIO) -> Iterator[str]:
    """The first records as raw text, without blank ones. Quoted line breaks do not end a record."""
    text, remaining = "", HEAD
    while remaining > 0 and (line := file.readline(remaining)):
        text, remaining = text + line, remaining - len(line)
        if text.strip() and text.count('"') % 2 == 0:
            yield text
            text = ""
    if text.strip():
        yield text


def _checked_delimiter(text: str) -> str:
    delimiter = {"tab": "\t", "\\t": "\t"}.get(text.casefold(), text)
    if len(delimiter) != 1 or delimiter in '"\r\n' or delimiter.isalnum():
        raise FileRefused(f"“{text}” cannot separate columns. Use one sign, such as , or ; or | or tab.")
    return delimiter
