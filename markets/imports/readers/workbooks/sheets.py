"""The sheets of a workbook, and which of them is read."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

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
    return FileRefused(
        _("%(workbook)s has no sheet “%(wanted)s”. Its sheets are: %(listed)s.")
        % {"workbook": workbook, "wanted": wanted[:100], "listed": listed(names)}
    )


def listed(names: Iterable[str]) -> str:
    names = list(names)
    text = ", ".join(f"“{name}”" for name in names[:MAX_NAMED])
    return (
        _("%(names)s and %(count)s more") % {"names": text, "count": len(names) - MAX_NAMED}
        if len(names) > MAX_NAMED
        else text
    )
