"""What a reader yields: rows, rows that are broken, and lines outside the table."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple, TypedDict, cast, get_type_hints

from django.utils.translation import gettext as _

from config.ui.formats import number

MAX_LISTED = 50
MAX_LISTED_TEXT = 120


class BrokenCells(list[str]):
    """The cells of a row that cannot be read as it stands. Every writer refuses such a row alone."""

    def __init__(self, cells: Iterable[str], problem: str, columns: Collection[int] = ()):
        """`columns` are the positions of the unreadable cells. If there are none, the whole row is in doubt."""
        super().__init__(cells)
        self.problem = problem
        self.columns = frozenset(columns)

    def resized(self, width: int) -> "BrokenCells":
        """Without the last cells if they are blank, or with more blank ones."""
        if any(map(str.strip, self[width:])):
            return self
        return BrokenCells([*self[:width], *[""] * (width - len(self))], self.problem, self.columns)

    def concerns(self, positions: Iterable[int]) -> bool:
        """True if a reader of these columns must refuse the row."""
        return not self.columns or not self.columns.isdisjoint(positions)


Row = tuple[int, list[str]]
"""The line where the row begins, counted from 1 (in a workbook: the row number), and its cells."""


class SkippedLine(NamedTuple):
    """A line above or below the table. The text is cut."""

    line: int
    text: str


class SkippedLines:
    """Lists the first lines and counts the others, as a file may have millions of them."""

    def __init__(self) -> None:
        self.listed: list[SkippedLine] = []
        self.count = self._last = 0

    def add(self, row: Row) -> bool:
        """Returns False, so that it can stand in a condition."""
        self.count, self._last = self.count + 1, row[0]
        if len(self.listed) < MAX_LISTED:
            text = " · ".join(cell.strip() for cell in row[1][:20] if cell.strip())
            self.listed.append(SkippedLine(row[0], text[:MAX_LISTED_TEXT]))
        return False

    def all(self) -> list[SkippedLine]:
        """With one more line that says how many are not listed."""
        if more := self.count - len(self.listed):
            return [*self.listed, SkippedLine(self._last, _("… and %(more)s more") % {"more": number(more)})]
        return list(self.listed)


class ReadOptions(TypedDict, total=False):
    """How a file is to be read, where that is not to be found out. Also keys of ImportJob.options."""

    encoding: str
    delimiter: str
    sheet: str
    header_line: int
    """The line of the header; without one, the line of the first row."""
    header_lines: int
    """Lines that the header takes. Their texts are joined."""
    no_header: bool
    last_line: int
    fill_merged: bool
    """Gives the value of a merged cell to all of its rows."""


def read_options(options: Mapping[str, Any]) -> ReadOptions:
    """Those that say how a file is read. Values of another type are ignored: presets come from files, too."""
    kinds = get_type_hints(ReadOptions)
    found = {name: options[name] for name, kind in kinds.items() if type(options.get(name)) is kind}
    return cast(ReadOptions, {name: value for name, value in found.items() if value != ""})
