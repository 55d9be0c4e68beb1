"""A hostile file: how to generate it, and the outcome that is expected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

BLANK = " ,;|\t\r\n\ufeff"


@dataclass(frozen=True)
class HostileFile:
    """The file is refused as a whole, or each row is created, updated, unchanged or rejected."""

    about: str
    make: Callable[[], bytes]
    rows: int = 0
    """Rows under the header, without blank ones."""
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: Mapping[int, str] = field(default_factory=dict)
    """The code of each rejected row, by the line where it begins."""
    refused: str = ""
    """Part of the message if the whole file is refused."""
    refused_in_browser: str = ""
    """Part of the message if only the browser refuses the file."""
    names: tuple[str, ...] = ()
    """Stored names of contacts that must exist afterwards."""
    mend: tuple[tuple[str, str], ...] = ()
    """Replacements in the rejects file that make all of its rows importable."""
    again: tuple[str, ...] | None = None
    """The codes of what is refused once more when it comes back as it is, where not all of it is: a row that only stood
    against an earlier one is taken when it comes alone, and so is a short one, which comes back filled up."""
    kind: str = "people"
    file_name: str = "people.csv"

    def __post_init__(self) -> None:
        taken = self.created + self.updated + self.unchanged + len(self.rejected)
        assert self.refused or self.rows == taken, f"{self.about}: {self.rows} rows, but {taken} outcomes"

    def __str__(self) -> str:
        return self.about

    @property
    def counts(self) -> dict[str, int]:
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": len(self.rejected),
        }


def table(
    about: str, header: str, *lines: str, encoding: str = "utf-8", end: str = "\n", mark: bytes = b"", **expected
) -> HostileFile:
    """A text file of these lines. `mark` is put before them as it is."""
    expected.setdefault("rows", sum(1 for line in lines if line.strip(BLANK)))
    content = mark + "".join(line + end for line in (header, *lines)).encode(encoding, "surrogatepass")
    return HostileFile(about, lambda: content, **expected)


def raw(about: str, content: bytes, **expected) -> HostileFile:
    return HostileFile(about, lambda: content, **expected)
