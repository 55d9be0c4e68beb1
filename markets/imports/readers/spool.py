"""The rows of a workbook as CSV in an unnamed temporary file: converted once, then read as often as needed."""

import csv
import io
import os
import weakref
from collections.abc import Generator
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from markets.imports.readers.limits import FileRefused, Limits

BLOCK = 1 << 18
ROWS_ABOVE = 10
"""Rows allowed on top of the limit: the header and what stands above it."""


class RowSpool:
    """Write all rows, call `finish`, then read. The file has no name, so it disappears with the process."""

    def __init__(self, name: str, limits: Limits):
        self.name, self.limits = name, limits
        self.row_count = 0
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
        self._size += sum(map(len, cells))
        self._width = max(self._width, len(cells))
        if self.row_count > self.limits.rows + ROWS_ABOVE:
            self.limits.check_rows(self.name, self.row_count)
        if self._size > self.limits.unpacked:
            raise FileRefused(f"The cells of {self.name} repeat more text than is read. Split it, or save it as CSV.")
        self._writer.writerow([row_number, *cells])

    def finish(self) -> None:
        self._text.flush()
        self._text.detach()

    def rows(self) -> Generator[tuple[int, list[str]]]:
        """Each row with its number, padded to the width of the widest."""
        width = self._width
        with io.TextIOWrapper(
            io.BufferedReader(_PositionedReader(self._file), BLOCK), encoding="utf-8", newline=""
        ) as text:
            for row_number, *cells in csv.reader(text):
                if len(cells) < width:
                    cells.extend([""] * (width - len(cells)))
                yield int(row_number), cells


class _PositionedReader(io.RawIOBase):
    """Reads a shared file from a position of its own, so that several readers do not disturb each other."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        block = os.pread(self.file.fileno(), len(buffer), self.position)
        buffer[: len(block)] = block
        self.position += len(block)
        return len(block)
