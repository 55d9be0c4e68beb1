"""Rows that an import rejected, and the file that returns them to the user for correction."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

from django.utils.translation import gettext as _

from config.ui.lists.exports import escape_formula, unescape_formula
from markets.imports.readers import FileRefused, TabularFile

REJECT_COLUMNS = ("Rejected: line", "Rejected: code", "Rejected: why")
"""The columns added to a rejected row. An import of the corrected file ignores them."""


class RowRefused(Exception):
    """The row cannot be imported. `code` is short and stable; the message is a sentence for the user."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Rejection:
    """A rejected row: the line where it begins, the reason, and its unchanged cells."""

    line: int
    code: str
    message: str
    cells: Sequence[str]


class RejectedRows:
    """Formats rejected rows: the file's own columns in their order, then REJECT_COLUMNS.

    Cells are escaped so that spreadsheets do not run formulas in them, in a way that the import reverses.
    """

    def __init__(self, header: Sequence[str]):
        self._reject_positions = {position for position, name in enumerate(header) if name in REJECT_COLUMNS}
        self._header_width = len(header)
        self._own_width = self._header_width - len(self._reject_positions)
        self.header = [*self._own(header), *REJECT_COLUMNS]

    def row(self, rejection: Rejection) -> list[str]:
        return [*self._own(rejection.cells), str(rejection.line), rejection.code, escape_formula(rejection.message)]

    def _own(self, cells: Sequence[str]) -> list[str]:
        """The cells without the REJECT_COLUMNS of an earlier import, padded to the full width.

        A row with too many cells keeps all of them, as nobody can tell which ones are its own.
        """
        dropped = self._reject_positions if len(cells) <= self._header_width else ()
        own = [escape_formula(unescape_formula(cell)) for position, cell in enumerate(cells) if position not in dropped]
        return own + [""] * (self._own_width - len(own))


class RejectsFile:
    """A CSV file of rejected rows, in UTF-8 with a byte order mark for spreadsheets. Created with the first row."""

    def __init__(self, path: Path | None, table: TabularFile):
        """Writes nothing if `path` is None. Raises FileRefused if the path is not writable."""
        self.path, self.rows = path, RejectedRows(table.header)
        self._file: TextIO | None = None
        if path is None:
            return
        if path.exists() and path.samefile(table.path):
            raise FileRefused(
                _("%(path)s is the file to be imported; the refused rows need one of their own.") % {"path": path}
            )
        target = path if path.exists() else path.parent
        if path.is_dir() or not os.access(target, os.W_OK):
            raise FileRefused(_("%(path)s cannot be written, so refused rows would be lost.") % {"path": path})

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
