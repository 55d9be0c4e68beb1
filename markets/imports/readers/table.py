"""A file of rows under a header, in any supported format.

The constructor reads the whole file once, so that an error in the last line shows before the first row is written. The
file is never held in memory.
"""

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from markets.contacts.normalization import clean_text
from markets.imports.readers.csv_reader import PREAMBLE, CsvFile
from markets.imports.readers.limits import NO_LIMITS, FileRefused, Limits
from markets.imports.readers.sniff import Container, detect_container
from markets.imports.readers.workbook import Workbook

Row = tuple[int, list[str]]
"""The line where the row begins, counted from 1 (in a workbook: the row number), and its unchanged cells."""


class TabularFile:
    """A CSV file or workbook that has been read without errors. Blank rows are skipped and not counted."""

    def __init__(
        self, path: Path, *, name: str = "", encoding: str = "", delimiter: str = "", limits: Limits | None = None
    ):
        """Detects the encoding and delimiter of a CSV file unless given. Messages refer to the file by `name`.

        Raises FileRefused.
        """
        self.path = path
        self.name = name or path.name
        self.limits = limits or NO_LIMITS
        try:
            self._check_path()
            self._source = self._open(encoding, delimiter)
            self._rows_above_header, self.header = self._find_header()
            self.row_count = self._count()
            with path.open("rb") as file:
                self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise FileRefused(f"{path} cannot be read: {error.strerror}.") from None

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

    def __len__(self) -> int:
        return self.row_count

    def __iter__(self) -> Iterator[Row]:
        return self.rows()

    def rows(self, after: int = 0) -> Generator[Row]:
        """The rows under the header, without the first `after`. Close the generator if you stop before the end."""
        with closing(self._source.records()) as records:
            yield from islice(records, self._rows_above_header + 1 + after, None)

    def preview(self, count: int = 20) -> list[Row]:
        with closing(self.rows()) as rows:
            return list(islice(rows, count))

    def _check_path(self) -> None:
        if not self.path.exists():
            raise FileRefused(f"There is no file {self.path}.")
        if not self.path.is_file():
            raise FileRefused(f"{self.path} is not a file.")
        self.limits.check_bytes(self.name, self.path.stat().st_size)

    def _open(self, encoding: str, delimiter: str) -> CsvFile | Workbook:
        container = detect_container(self.path, self.name)
        if container == Container.NONE:
            return CsvFile(self.path, self.name, encoding=encoding, delimiter=delimiter)
        return Workbook(self.path, self.name, self.limits, is_zip=container == Container.ZIP)

    def _find_header(self) -> tuple[int, list[str]]:
        """The number of records above the header, and the header. Raises FileRefused."""
        has_preamble = False
        with closing(self._source.records()) as records:
            for position, (_, cells) in enumerate(records):
                filled = [cell for cell in cells if cell.strip()]
                has_preamble = has_preamble or (position == 0 and clean_text(filled[0]).casefold() == PREAMBLE)
                if len(filled) > 1 or not has_preamble:
                    self._check_header(cells)
                    return position, cells
        raise FileRefused(f"{self.name} is empty. Its first line must name the columns.")

    def _check_header(self, cells: list[str]) -> None:
        self.limits.check_columns(self.name, len(cells))
        names = [clean_text(cell) for cell in cells]
        duplicates = sorted({name for name in names if name and names.count(name) > 1})
        if duplicates:
            raise FileRefused(f"{self.name} has more than one column named “{duplicates[0]}”. Rename all but one.")

    def _count(self) -> int:
        """Reads all rows, so that an error in any of them is raised now."""
        count = sum(1 for _ in islice(self.rows(), self.limits.rows + 1))
        self.limits.check_rows(self.name, count)
        return count
