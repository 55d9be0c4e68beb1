"""CSV files: their encoding, their delimiter and their records."""

import csv
import re
from collections.abc import Callable, Generator, Iterator
from io import TextIOWrapper
from itertools import groupby, islice
from typing import BinaryIO, TextIO

from django.utils.translation import gettext

from markets.imports.readers.csv_recovery import TOO_LONG, RecoveringReader, check_hides_no_rows
from markets.imports.readers.encodings import MAX_LINE_LENGTH, detect_encoding, encoding_label
from markets.imports.readers.limits import FileRefused
from markets.imports.readers.rows import BrokenCells, Row
from markets.imports.readers.shapes import is_data

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_HINT = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
"""A first line such as “sep=;”, which tells Excel the delimiter."""
HEAD = 1 << 18
"""Characters searched for the delimiter."""
HEAD_RECORDS = 50


class CsvFile:
    """A CSV file that decodes without errors."""

    sheets: tuple[()] = ()
    pads_rows = False
    has_broken_rows = False
    """Known once all records were read."""

    def __init__(self, open_bytes: Callable[[], BinaryIO], name: str, *, encoding: str = "", delimiter: str = ""):
        """Detects the encoding and delimiter unless given. Raises FileRefused."""
        self.open_bytes, self.name = open_bytes, name
        requested = _checked_delimiter(delimiter) if delimiter else ""
        self.encoding = detect_encoding(open_bytes, name, encoding)
        with self._open() as file:
            hint = DELIMITER_HINT.fullmatch(file.readline(HEAD))
        self._hint_lines = 1 if hint else 0
        self._is_line_length_checked = False
        self.delimiter = requested or (hint[1] if hint else self._guess_delimiter())

    @property
    def format_description(self) -> str:
        delimiter = {"\t": "tab"}.get(self.delimiter, self.delimiter)
        return gettext("CSV, %(encoding_label)s, columns separated by %(delimiter)s") % {
            "encoding_label": encoding_label(self.encoding),
            "delimiter": delimiter,
        }

    def records(self) -> Generator[Row]:
        """All records except blank ones, each with the line where it begins. Broken ones are BrokenCells."""
        first_line = line_after_hint = 1 + self._hint_lines
        try:
            with self._open() as file:
                for _ in range(self._hint_lines):
                    file.readline()
                lines = _BoundedLines(file)
                source = file if self._is_line_length_checked else lines
                reader = csv.reader(source, delimiter=self.delimiter, strict=True)
                try:
                    for cells in reader:
                        lines.pending = 0
                        next_line = reader.line_num + line_after_hint
                        if next_line > first_line + 1:
                            check_hides_no_rows(cells, self.delimiter)
                        if (cells and cells[0].strip()) or any(map(str.strip, cells)):
                            yield first_line, cells
                        first_line = next_line
                    self._is_line_length_checked = True
                    return
                except csv.Error:
                    pass
            yield from self._recovered(first_line)
        except UnicodeError:
            raise FileRefused(gettext("%(name)s changed while it was read. Try again.") % {"name": self.name}) from None

    @staticmethod
    def line_after(row: Row) -> int:
        """The line that follows the row if no line between them is blank."""
        line, cells = row
        if isinstance(cells, BrokenCells):
            return line + 1
        texts = "".join(cells).replace("\r\n", "\n")
        return line + 1 + texts.count("\n") + texts.count("\r")

    def _recovered(self, first_line: int) -> Generator[Row]:
        """The records from this line on, of which the first is broken."""
        self.has_broken_rows = True
        with self._open() as file:
            lines = islice(file, first_line - 1, None)
            for line, cells in RecoveringReader(lines, delimiter=self.delimiter, first_line=first_line, name=self.name):
                if any(map(str.strip, cells)):
                    yield line, cells

    def _open(self) -> TextIO:
        file = TextIOWrapper(self.open_bytes(), encoding=self.encoding, newline="")
        if file.read(1) != "\ufeff":
            file.seek(0)
        return file

    def _guess_delimiter(self) -> str:
        """The most frequent candidate in the first record, or the one that makes a table of the records under it.

        Quoted text does not count. csv.Sniffer is not used: it mistakes letters for delimiters.
        """
        with self._open() as file:
            unquoted = ["".join(record.split('"')[::2]) for record in islice(_first_records(file), HEAD_RECORDS)]
        if not unquoted:
            return DELIMITERS[0]
        first, *others = unquoted
        delimiter = max(DELIMITERS, key=first.count)
        count = first.count(delimiter)
        if count and (not others or any(record.count(delimiter) == count for record in others[:3])):
            return delimiter
        sizes = {candidate: _table_size(unquoted, candidate) for candidate in DELIMITERS}
        return max(sizes, key=lambda candidate: sizes[candidate]) if any(sizes.values()) else delimiter


def _table_size(records: list[str], delimiter: str) -> int:
    """The most delimiters in records that follow each other, have equally many, and begin as a table does: with texts,
    of which there are three, or under which there is something else. Others are lists in the cells of one column."""
    size = 0
    for count, group in groupby(records, key=lambda record: record.count(delimiter)):
        header, *rows = (record.split(delimiter) for record in group)
        if count and rows and not any(map(is_data, header)) and (count > 1 or any(map(is_data, rows[0]))):
            size = max(size, count * (1 + len(rows)))
    return size


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
    lines, quotes, remaining = list[str](), 0, HEAD
    while remaining > 0 and (line := file.readline(remaining)):
        lines.append(line)
        quotes, remaining = quotes + line.count('"'), remaining - len(line)
        if quotes % 2 == 0:
            if text := "".join(lines).strip("\r\n "):
                yield text
            lines.clear()
    if text := "".join(lines).strip("\r\n "):
        yield text


def _checked_delimiter(text: str) -> str:
    delimiter = {"tab": "\t", "\\t": "\t"}.get(text.casefold(), text)
    if len(delimiter) != 1 or delimiter in '"\r\n' or delimiter.isalnum():
        raise FileRefused(
            gettext("“%(text)s” cannot separate columns. Use one sign, such as , or ; or | or tab.") % {"text": text}
        )
    return delimiter
