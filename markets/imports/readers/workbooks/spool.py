"""The rows of a workbook as CSV in an unnamed temporary file: converted once, then read as often as needed."""

import csv
import io
import os
import weakref
from collections.abc import Generator, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from markets.imports.readers.limits import NOT_CALCULATED, FileRefused, Limits
from markets.imports.readers.rows import BrokenCells, Row
from markets.imports.readers.shapes import is_data
from markets.imports.readers.workbooks.merged import MergedRanges

BLOCK = 1 << 18
ROWS_AROUND = 1_000
"""Rows allowed on top of the limit: the header, and what stands above and below the table."""
COVER_ROWS = 50
UNCALCULATED = "\ufdd0"
"""Stands in the file for a formula without a result. A character that no text contains."""


class RowSpool:
    """Write all rows, call `finish`, then read. The file has no name, so it disappears with the process."""

    def __init__(self, name: str, limits: Limits):
        self.name, self.limits = name, limits
        self.row_count = 0
        self.merged = MergedRanges(name)
        self.has_uncalculated = False
        self._has_columns = False
        self._file: BinaryIO = TemporaryFile()  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._text = io.TextIOWrapper(self._file, encoding="utf-8", newline="")
        self._writer = csv.writer(self._text)
        self._size = self._width = 0

    def add(self, row_number: int, cells: list[str]) -> None:
        """Skips blank rows. Raises FileRefused beyond the limits."""
        if not any(map(str.strip, cells)):
            return
        self.row_count += 1
        if self.row_count <= COVER_ROWS and not self._has_columns:
            self._has_columns = len(filled := [cell for cell in cells if cell]) > 1 or any(map(is_data, filled))
        self._size += sum(map(len, cells))
        self._width = max(self._width, len(cells))
        if self.row_count > self.limits.rows + ROWS_AROUND:
            self.limits.check_rows(self.name, self.row_count)
        if self._size > self.limits.unpacked:
            raise FileRefused(
                _("The cells of %(name)s repeat more text than is read. Split it, or save it as CSV.")
                % {"name": self.name}
            )
        self._writer.writerow([row_number, *cells])

    @property
    def is_cover(self) -> bool:
        """True for a few lines of text, as on a sheet that explains the others."""
        return 0 < self.row_count <= COVER_ROWS and not self._has_columns

    def clear(self) -> None:
        self._text.seek(0)
        self._text.truncate()
        self.row_count = self._size = self._width = 0
        self.has_uncalculated, self.merged = False, MergedRanges(self.name)

    def finish(self) -> None:
        self._text.flush()
        self._text.detach()

    def rows(self) -> Generator[Row]:
        """Each row with its number, padded to the width of the widest."""
        with io.TextIOWrapper(_opened(self._file), encoding="utf-8", newline="") as text:
            rows: Iterator[Row] = self._padded(text)
            if self.merged:
                rows = self.merged.fill(rows)
            yield from map(_marked, rows) if self.has_uncalculated else rows

    def _padded(self, text: io.TextIOWrapper) -> Iterator[Row]:
        width = self._width
        for row_number, *cells in csv.reader(text):
            if len(cells) < width:
                cells.extend([""] * (width - len(cells)))
            yield int(row_number), cells


class HeldFile:
    """An open file, which may be deleted meanwhile. Several readers do not disturb each other."""

    def __init__(self, path: Path):
        self._file = path.open("rb")
        weakref.finalize(self, self._file.close)

    def open(self) -> BinaryIO:
        return _opened(self._file)


def _opened(file: BinaryIO) -> io.BufferedReader:
    return io.BufferedReader(_PositionedReader(file), BLOCK)


def _marked(row: Row) -> Row:
    line, cells = row
    columns = [column for column, cell in enumerate(cells) if cell == UNCALCULATED]
    if not columns:
        return row
    return line, BrokenCells(["" if cell == UNCALCULATED else cell for cell in cells], str(NOT_CALCULATED), columns)


class _PositionedReader(io.RawIOBase):
    """Reads a shared file from a position of its own."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.position}[whence]
        self.position = start + offset
        return self.position

    def readinto(self, buffer: Any, /) -> int:
        block = os.pread(self.file.fileno(), len(buffer), self.position)
        buffer[: len(block)] = block
        self.position += len(block)
        return len(block)
