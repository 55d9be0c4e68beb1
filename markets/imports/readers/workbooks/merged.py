"""Merged cells. Their value stands in the first row only, and applies to all rows of the range if the user says so."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from config.ui.formats import number
from markets.imports.readers.limits import FileRefused
from markets.imports.readers.rows import Row

MAX_MERGED = 100_000


class MergedRange(NamedTuple):
    """The first column of a range. Rows are counted from 1, columns from 0."""

    first_row: int
    last_row: int
    column: int


class MergedRanges:
    def __init__(self, name: str):
        self.name = name
        self._ranges: list[MergedRange] = []

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def add(self, merged: MergedRange) -> None:
        """Ignores ranges within one row, such as a title over several columns."""
        if merged.last_row > merged.first_row:
            self._ranges.append(merged)
        if len(self._ranges) > MAX_MERGED:
            raise FileRefused(
                _("%(name)s has more than %(max_merged)s merged cells. Save it as CSV.")
                % {"name": self.name, "max_merged": number(MAX_MERGED)}
            )

    def fill(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows, in which the blank cells of a range have its value."""
        ranges = sorted(self._ranges, reverse=True)
        values: dict[int, tuple[int, str]] = {}
        for line, cells in rows:
            while ranges and ranges[-1].first_row <= line:
                first_row, last_row, column = ranges.pop()
                if first_row == line and column < len(cells):
                    values[column] = last_row, cells[column]
            for column, (last_row, value) in list(values.items()):
                if line > last_row:
                    del values[column]
                elif not cells[column].strip():
                    cells[column] = value
            yield line, cells
