"""The rows of a CSV file after the first one that is not valid CSV. Each broken row is refused alone.

A quotation mark that is never closed makes the csv reader take the lines behind it as one cell. They are given back:
only the line where the broken record begins is refused, and reading goes on with the next line.
"""

import csv
import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator

from django.utils.translation import gettext

from config.ui.formats import number
from markets.imports.readers.encodings import MAX_LINE_LENGTH
from markets.imports.readers.limits import MAX_CELL_LENGTH, FileRefused
from markets.imports.readers.rows import BrokenCells

TOO_LONG = f"longer than {MAX_LINE_LENGTH:,} characters"
HIDES_ROWS = "other rows in a cell"
HIDING_WIDTH = 5
"""In a narrow table, an address over two lines has as many commas as a row."""
CLOSING_MARK = re.compile(r'[^"]*\S"\s')
"""In “"Bob" and "Al"” the marks do not enclose the cell: the first one inside closes a word."""
MAX_LINES_GIVEN_BACK = 10_000
MAX_READ_TWICE = 5_000_000
"""Characters given back in all. Beyond, lines that were given back are read as one record each, so that no file takes
time that grows with the square of its size."""


class RecoveringReader:
    """Reads records from lines. Yields the number of the line where each begins."""

    def __init__(self, lines: Iterable[str], *, delimiter: str, first_line: int, name: str):
        self.delimiter, self.line, self.name = delimiter, first_line, name
        self._unread = iter(lines)
        self._given_back: deque[str] = deque()
        self._taken: list[str] = []
        """The lines of the record that is being read."""
        self._size = self._read_twice = 0

    def __iter__(self) -> Generator[tuple[int, list[str]]]:
        while True:
            try:
                # A new reader after each error, as an error ends the generator of lines.
                for cells in csv.reader(self._lines(), delimiter=self.delimiter, strict=True):
                    if len(self._taken) > 1:
                        check_hides_no_rows(cells, self.delimiter)
                    yield self.line, cells
                    self._begin_next()
                return
            except csv.Error as error:
                yield self.line, self._broken(error)
                self._begin_next()
            if self._read_twice > MAX_READ_TWICE:
                yield from self._single_lines()

    def _lines(self) -> Iterator[str]:
        while line := self._given_back.popleft() if self._given_back else next(self._unread, ""):
            self._taken.append(line)
            self._size += len(line)
            if self._size > MAX_LINE_LENGTH:
                raise csv.Error(TOO_LONG)
            yield line

    def _begin_next(self) -> None:
        self.line += len(self._taken)
        self._taken.clear()
        self._size = 0

    def _broken(self, error: csv.Error) -> BrokenCells:
        """The first line of the broken record. Gives the others back."""
        first, *others = self._taken
        if len(others) > MAX_LINES_GIVEN_BACK:
            raise FileRefused(
                gettext("The row that begins in line %(line)s of %(name)s %(explain)s")
                % {"line": number(self.line), "name": self.name, "explain": explain(error)}
            )
        self._given_back.extendleft(reversed(others))
        self._read_twice += sum(map(len, others))
        self._taken = [first]
        return BrokenCells(
            first.rstrip("\r\n").split(self.delimiter), gettext("The row %(explain)s") % {"explain": explain(error)}
        )

    def _single_lines(self) -> Iterator[tuple[int, list[str]]]:
        """The lines that were given back, each as a record of its own."""
        while self._given_back:
            self._taken = [self._given_back.popleft()]
            for cells in self._single_line(self._taken[0]):
                yield self.line, cells
            self._begin_next()

    def _single_line(self, line: str) -> list[list[str]]:
        try:
            return list(csv.reader([line], delimiter=self.delimiter, strict=True))
        except csv.Error as error:
            return [
                BrokenCells(
                    line.rstrip("\r\n").split(self.delimiter),
                    gettext("The row %(explain)s") % {"explain": explain(error)},
                )
            ]


def check_hides_no_rows(cells: list[str], delimiter: str) -> None:
    """Raises csv.Error if each line of a record could be a row of as many cells as the record has.

    That is what two stray quotation marks in the same column make of the rows between them.
    """
    width = len(cells)
    lines = delimiter.join(cells).splitlines()
    if width >= HIDING_WIDTH and all(line.count(delimiter) == width - 1 for line in lines):
        raise csv.Error(HIDES_ROWS)


def repaired(cells: BrokenCells, width: int) -> list[str]:
    """The cells if they can be read without doubt: each sign between columns separates two of them, and in a cell that
    begins with a quotation mark each has its other half. Otherwise `cells`."""
    if len(cells) != width or any(len(cell) > MAX_CELL_LENGTH for cell in cells):
        return cells
    texts = [cell.strip(" ") if '"' in cell else cell for cell in cells]
    if any(text.startswith('"') and text.count('"') % 2 for text in texts):
        return cells
    return [_unquoted(text) if text.startswith('"') and text.endswith('"') else text for text in texts]


def explain(error: csv.Error) -> str:
    """The end of a sentence about a row."""
    text = str(error)
    if "field limit" in text:
        return gettext("has a cell of more than %(limit)s characters, as when a quotation mark is never closed.") % {
            "limit": number(MAX_CELL_LENGTH)
        }
    if "unexpected end" in text:
        return gettext("opens a quotation mark that is never closed.")
    if text == HIDES_ROWS:
        return gettext("opens a quotation mark that is closed in a later row only.")
    if "expected after" in text:
        return gettext(
            "goes on after a closing quotation mark. Either an earlier one in it is not closed, "
            "or one inside a cell is not doubled."
        )
    return (
        gettext("is longer than %(most)s characters.") % {"most": number(MAX_LINE_LENGTH)}
        if text == TOO_LONG
        else gettext("is not CSV: %(text)s.") % {"text": text}
    )


def _unquoted(text: str) -> str:
    """Doubled quotation marks, or those with a backslash, stand for one only if all in the cell are written so."""
    inner = text[1:-1]
    for escaped in ('""', '\\"'):
        if '"' not in inner.replace(escaped, ""):
            return inner.replace(escaped, '"')
    return text if CLOSING_MARK.match(inner) else inner
