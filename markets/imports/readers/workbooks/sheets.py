"""The sheets of a workbook, and which of them is read."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markets.imports.readers.limits import FileRefused

MAX_NAMED = 5


class Sheet(NamedTuple):
    """A visible sheet. The number of its rows is None if the workbook does not say it and it was not read."""

    name: str
    rows: int | None = None


class SheetsRead(NamedTuple):
    name: str
    """The sheet that was read; empty if none has any data."""
    others: list[str]
    visible: list[Sheet]


def same_sheet(name: str, wanted: str) -> bool:
    return name.strip().casefold() == wanted.strip().casefold()


def no_such_sheet(workbook: str, wanted: str, names: Sequence[str]) -> FileRefused:
    return FileRefused(f"{workbook} has no sheet “{wanted[:100]}”. Its sheets are: {listed(names)}.")


def listed(names: Iterable[str]) -> str:
    names = list(names)
    text = ", ".join(f"“{name}”" for name in names[:MAX_NAMED])
    return f"{text} and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else text
