"""How large a file may be, and the exception for files that are refused."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.ui.formats import number

MAX_CELL_LENGTH = 131_072
"""Characters in one cell: the limit of Python's csv reader."""


class FileRefused(Exception):
    """The file cannot be read, or not with the given options. The message tells the user what is wrong, and where."""


@dataclass(frozen=True)
class Limits:
    """What a file may contain. The defaults apply to uploads."""

    rows: int = 200_000
    columns: int = 100
    bytes: int = 20 * 1024 * 1024
    unpacked: int = 300 * 1024 * 1024
    """Bytes of a workbook after decompression, and of the text in its cells."""
    memory: int = 192 * 1024 * 1024
    """Bytes that the process reading an XLS or ODS file may allocate."""

    def check_bytes(self, name: str, size: int) -> None:
        if size > self.bytes:
            raise FileRefused(
                gettext("%(name)s has %(megabytes)s; at most %(most)s are read. Split it into several files.")
                % {"name": name, "megabytes": _megabytes(size), "most": _megabytes(self.bytes)}
            )

    def check_rows(self, name: str, count: int) -> None:
        if count > self.rows:
            raise FileRefused(
                gettext("%(name)s has more than %(rows)s rows. Split it into several files.")
                % {"name": name, "rows": number(self.rows)}
            )

    def check_columns(self, name: str, count: int) -> None:
        if count > self.columns:
            raise FileRefused(
                gettext(
                    "%(name)s has %(count)s columns; at most %(columns)s are read. Delete those that are not needed."
                )
                % {"name": name, "count": number(count), "columns": number(self.columns)}
            )

    def check_cell_column(self, name: str, row: int, column: int) -> None:
        if column > self.columns:
            raise FileRefused(
                gettext(
                    "%(name)s has something in row %(row)s, column %(column)s; at most %(columns)s columns are "
                    "read. Delete the columns that are not needed."
                )
                % {"name": name, "row": number(row), "column": number(column), "columns": number(self.columns)}
            )


NO_LIMITS = Limits(rows=10**9, columns=1_000, bytes=10**15, unpacked=4 * 1024**3, memory=1024**3)
"""For operators on the machine itself: only refuses what no table contains or what would fill the disk."""


def check_cell_length(name: str, length: int, where: str) -> None:
    if length > MAX_CELL_LENGTH:
        raise FileRefused(
            gettext("%(where)s of %(name)s has a cell of more than %(max_cell_length)s characters.")
            % {"where": where, "name": name, "max_cell_length": number(MAX_CELL_LENGTH)}
        )


NOT_CALCULATED = _(
    "The row has a formula whose result was never kept. Open the file in a spreadsheet and save it there."
)
"""The problem of a row whose cells are needed."""


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:,.1f}".removesuffix(".0") + " MB"
