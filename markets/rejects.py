"""Rows that an import could not take, and the file that hands them back to be mended."""

import csv
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

from markets.reading import FileRefused, Table


class RowRefused(Exception):
    """The row cannot be taken. `code` is short and stable, the message a sentence for whoever made the file."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Rejection:
    """A refused row: where it begins in the file, why, and its cells as they were."""

    line: int
    code: str
    message: str
    cells: Sequence[str]


class RejectsFile:
    """A CSV file in UTF-8: line number, code and message, then the row under its own header. Made when first needed."""

    def __init__(self, path: Path | None, table: Table):
        """Without a path nothing is written. Raises FileRefused for a path that could not be written later."""
        self.path, self.table = path, table
        self._file: TextIO | None = None
        if path is None:
            return
        if path.exists() and path.samefile(table.path):
            raise FileRefused(f"{path} is the file to be imported; the refused rows need one of their own.")
        target = path if path.exists() else path.parent
        if path.is_dir() or not os.access(target, os.W_OK):
            raise FileRefused(f"{path} cannot be written, so refused rows would be lost.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._file:
            self._file.close()

    def add(self, rejections: Iterable[Rejection]) -> None:
        for each in rejections:
            self._write([each.line, each.code, each.message, *each.cells])

    def _write(self, values: Sequence[object]) -> None:
        if self.path is None:
            return
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(["line number", "code", "message", *self.table.header])
        csv.writer(self._file).writerow(values)
