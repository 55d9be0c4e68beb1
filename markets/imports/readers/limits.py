"""How large a file may be, and how it is refused."""

from dataclasses import dataclass

LONGEST_CELL = 131_072
"""Characters of one cell, which is what Python's csv reader takes at most."""


class FileRefused(Exception):
    """The file cannot be read, or not as it was asked for. The message is a sentence that says what and where."""


@dataclass(frozen=True)
class Limits:
    """What a file may have at most. As they stand, they are those of a file that somebody sends in."""

    rows: int = 200_000
    columns: int = 100
    bytes: int = 20 * 1024 * 1024
    unpacked: int = 300 * 1024 * 1024
    """Bytes of a workbook once unpacked, and of the text that its cells come to."""

    def check_bytes(self, name: str, size: int) -> None:
        if size > self.bytes:
            raise FileRefused(
                f"{name} has {_megabytes(size)}; at most {_megabytes(self.bytes)} are read. "
                "Split it into several files."
            )

    def check_rows(self, name: str, count: int) -> None:
        if count > self.rows:
            raise FileRefused(f"{name} has more than {self.rows:,} rows. Split it into several files.")

    def check_columns(self, name: str, count: int) -> None:
        if count > self.columns:
            raise FileRefused(
                f"{name} has {count:,} columns; at most {self.columns:,} are read. Delete those that are not needed."
            )


NO_LIMITS = Limits(rows=10**9, columns=1_000, bytes=10**15, unpacked=4 * 1024**3)
"""For whoever has the machine: only what no table has, and no disk should be filled with, is refused."""


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:,.1f}".removesuffix(".0") + " MB"
