"""A table in a file of any supported format: its header, its rows, and the lines around it.

The constructor reads the whole file once, so that an error in the last line shows before the first row is written. The
file is never held in memory.
"""

import hashlib
from collections.abc import Collection, Generator, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Unpack

from django.utils.translation import gettext as _

from config.ui.formats import number
from markets.imports.readers.csv_reader import CsvFile
from markets.imports.readers.csv_recovery import repaired
from markets.imports.readers.encodings import Opener
from markets.imports.readers.footer import MAX_LINES, Footer
from markets.imports.readers.header import HEAD_RECORDS, numbered, read_header
from markets.imports.readers.limits import NO_LIMITS, FileRefused, Limits
from markets.imports.readers.rows import BrokenCells, ReadOptions, Row, SkippedLines
from markets.imports.readers.sniff import Container, detect_container
from markets.imports.readers.workbooks import Sheet, Workbook
from markets.imports.readers.workbooks.spool import HeldFile
from markets.imports.readers.zipped import table_in_archive

SHORT_ROWS = 3
SHORT_SHARE = 5
"""Rows with fewer cells than the header are filled up if there are three of them, and one row in five is so."""


class TabularFile:
    """A table that has been read without errors. Blank rows are skipped and not counted."""

    def __init__(
        self,
        path: Path,
        *,
        name: str = "",
        limits: Limits | None = None,
        known: Collection[str] = (),
        **options: Unpack[ReadOptions],
    ):
        """Finds out what `options` do not say. Messages refer to the file by `name`.

        `known` are the keys (`match_key`) of column names that the caller can use: they help to find the header.
        Raises FileRefused.
        """
        self.path = path
        self.name = name or path.name
        self.limits = limits or NO_LIMITS
        self.options = options
        try:
            self._check_path()
            self._source = self._open(path)
            self._read_header(known)
            self._read_rows()
            with path.open("rb") as file:
                self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise FileRefused(
                _("%(path)s cannot be read: %(strerror)s.") % {"path": path, "strerror": error.strerror}
            ) from None

    @property
    def format_description(self) -> str:
        """The format, encoding, delimiter and sheets, as a phrase for the user."""
        return self._source.format_description

    @property
    def encoding(self) -> str:
        """Empty unless the file is CSV."""
        return self._source.encoding

    @property
    def delimiter(self) -> str:
        return self._source.delimiter

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets that can be chosen, in their order. Empty unless the file is a workbook."""
        return self._source.sheets

    @property
    def has_header(self) -> bool:
        """False if the first line is data. The columns are then named “Column 1”, “Column 2” and so on."""
        return bool(self._header.records)

    @property
    def shapes(self) -> list[str]:
        """If there is no header, what each column looks like: "phone", "area_code", "email", "domain", ... or ""."""
        return self._header.shapes

    def __len__(self) -> int:
        return self.row_count

    def __iter__(self) -> Iterator[Row]:
        return self.rows()

    def rows(self, after: int = 0) -> Generator[Row]:
        """The rows of the table, without the first `after`. Close the generator if you stop before the end."""
        with closing(self._source.records()) as records:
            rows = islice(records, self._first + after, self._first + self.row_count)
            yield from rows if self._is_regular else map(self._fitted, rows)

    def preview(self, count: int = 20) -> list[Row]:
        with closing(self.rows()) as rows:
            return list(islice(rows, count))

    def _check_path(self) -> None:
        if not self.path.exists():
            raise FileRefused(_("There is no file %(path)s.") % {"path": self.path})
        if not self.path.is_file():
            raise FileRefused(_("%(path)s is not a file.") % {"path": self.path})
        self.limits.check_bytes(self.name, self.path.stat().st_size)

    def _open(self, path: Path, *, is_inner: bool = False) -> CsvFile | Workbook:
        container = detect_container(path, self.name)
        if container == Container.ZIP and not is_inner:
            with table_in_archive(path, self.name, self.limits) as table:
                if table:
                    return self._open(table, is_inner=True)
        if container != Container.NONE:
            return Workbook(path, self.name, self.limits, self.options, is_zip=container == Container.ZIP)
        opener: Opener = HeldFile(path).open if is_inner else lambda: path.open("rb")
        encoding, delimiter = self.options.get("encoding", ""), self.options.get("delimiter", "")
        return CsvFile(opener, self.name, encoding=encoding, delimiter=delimiter)

    def _read_header(self, known: Collection[str]) -> None:
        """Decides on the first records, so that nothing in the middle of a table is taken for a header."""
        first_line = self.options.get("header_line") or 0
        skipped, head = SkippedLines(), list[Row]()
        with closing(self._source.records()) as records:
            for row in records:
                if row[0] < first_line:
                    skipped.add(row)
                else:
                    head.append(row)
                if len(head) == HEAD_RECORDS:
                    break
        if not head and skipped.count:
            raise FileRefused(
                _("%(name)s has nothing in line %(first_line)s or below it. Its header is further up.")
                % {"name": self.name, "first_line": number(first_line)}
            )
        if not head:
            raise FileRefused(_("%(name)s is empty. Its first line must name the columns.") % {"name": self.name})
        self._header = read_header(head, known, self.options)
        for row in head[: self._header.above]:
            skipped.add(row)
        self._first = skipped.count + self._header.records
        self._lines_above = skipped.all()
        self.header = self._checked(self._header.names)

    def _checked(self, names: list[str]) -> list[str]:
        named = next((place for place in range(len(names), 0, -1) if names[place - 1].strip()), 0)
        if len(names) > self.limits.columns:
            names = names[:named]
        self.limits.check_columns(self.name, len(names))
        self._named_width = named
        return numbered(names)

    def _read_rows(self) -> None:
        """Reads all rows, so that an error in any of them is raised now. Finds the end of the table."""
        width = len(self.header)
        footer = Footer(is_wide=self._named_width > 1, is_padded=self._source.pads_rows)
        below = SkippedLines()
        count = short = short_at_end = misfits = 0
        may_be_below = width == 1
        with closing(self._source.records()) as records:
            previous: Row | None = None
            for row in self._until_last_line(islice(records, self._first, None), below):
                cells = row[1]
                # this is done for each row of any file, so the first two cells have to do
                if may_be_below or len(cells) != width or not cells[0] or not cells[1]:
                    is_after_gap = previous is not None and row[0] > self._source.line_after(previous)
                    is_short = len(cells) < width
                    footer.see(count, row, is_after_gap=is_after_gap, is_short=is_short)
                    misfits += len(cells) != width
                    short += is_short
                    short_at_end = short_at_end + is_short if footer.is_open else 0
                    may_be_below = footer.is_open or width == 1
                count += 1
                previous = row
        if previous and not footer.is_open:
            footer.see(count - 1, previous, is_after_gap=False, is_short=False)
        if footer.is_too_long:
            raise FileRefused(
                _("%(name)s has more than %(max_lines)s lines below its table. Delete them, or say where it ends.")
                % {"name": self.name, "max_lines": number(MAX_LINES)}
            )
        self.row_count, lines_below = footer.close(count)
        self.limits.check_rows(self.name, self.row_count)
        short -= short_at_end if self.row_count < count else 0
        self._fills_short_rows = short >= SHORT_ROWS and short * SHORT_SHARE >= self.row_count
        self._is_regular = not misfits and not self._source.has_broken_rows
        self.skipped = [*self._lines_above, *lines_below, *below.all()]

    def _until_last_line(self, rows: Iterator[Row], below: SkippedLines) -> Iterator[Row]:
        """The rows up to the line that the options name. Adds the others to `below`."""
        last_line = self.options.get("last_line")
        return (row for row in rows if row[0] <= last_line or below.add(row)) if last_line else rows

    def _fitted(self, row: Row) -> Row:
        """The row with as many cells as the header, unless it has more content or lacks cells that others have."""
        line, cells = row
        width = len(self.header)
        if isinstance(cells, BrokenCells):
            return line, cells.resized(width) if cells.columns else repaired(cells, width)
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            return line, cells[:width]
        if len(cells) < width and (len(cells) >= self._named_width or self._fills_short_rows):
            return line, cells + [""] * (width - len(cells))
        return row
