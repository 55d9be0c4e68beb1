"""A hostile file: how a script makes it, and what must come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

BLANK = " ,;|\t\r\n\ufeff"


@dataclass(frozen=True)
class HostileFile:
    """Either it is refused whole, or each of its rows is created, updated, unchanged or rejected."""

    about: str
    make: Callable[[], bytes]
    rows: int = 0
    """How many rows that are not blank the script wrote under the header."""
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: Mapping[int, str] = field(default_factory=dict)
    """The code of each refused row by the line that it begins in."""
    refused: str = ""
    """Words of the sentence with which the file is refused whole."""
    refused_in_browser: str = ""
    """The same, where the command takes the file."""
    names: tuple[str, ...] = ()
    """People who must be known afterwards, by their names as they are stored."""
    mend: tuple[tuple[str, str], ...] = ()
    """What in the file of refused rows is replaced by what, so that all of them can be taken."""
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
