"""Rows that an import could not take, and the file that hands them back to be mended."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

from config.ui.exports import read_back, written
from markets.imports.readers import FileRefused, TabularFile

REJECT_COLUMNS = ("Rejected: line", "Rejected: code", "Rejected: why")
"""The columns after a refused row's own. An import of the mended file passes them over."""


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


class RejectedRows:
    """Refused rows as they are handed back: under the file's own columns, in their order, then line, code and why.

    A cell stands as the import reads it, made safe to open in a spreadsheet, so that it is read as the same again.
    """

    def __init__(self, header: Sequence[str]):
        self._earlier = {place for place, name in enumerate(header) if name in REJECT_COLUMNS}
        self._places = len(header)
        self._width = self._places - len(self._earlier)
        self.header = [*self._own(header), *REJECT_COLUMNS]

    def row(self, rejection: Rejection) -> list[str]:
        return [*self._own(rejection.cells), str(rejection.line), rejection.code, written(rejection.message)]

    def _own(self, cells: Sequence[str]) -> list[str]:
        """The cells without why they were refused before, and with blanks for those that are missing.

        A row with too many keeps all of them: which are its own cannot be told, and it fits only once it is mended.
        """
        earlier = self._earlier if len(cells) <= self._places else ()
        own = [written(read_back(cell)) for place, cell in enumerate(cells) if place not in earlier]
        return own + [""] * (self._width - len(own))


class RejectsFile:
    """A CSV file of refused rows, in UTF-8 with the mark that spreadsheets know it by. Made when first needed."""

    def __init__(self, path: Path | None, table: TabularFile):
        """Without a path nothing is written. Raises FileRefused for a path that could not be written later."""
        self.path, self.rows = path, RejectedRows(table.header)
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

    def add(self, rejections: Sequence[Rejection]) -> None:
        if self.path is None or not rejections:
            return
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(self.rows.header)
        csv.writer(self._file).writerows(map(self.rows.row, rejections))
