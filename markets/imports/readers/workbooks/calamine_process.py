"""Prints a sheet of an XLS or ODS file as lines of JSON: the one that is asked for, or the first visible one with data.

The module calamine runs this file as a separate process, because calamine allocates a whole sheet at once: an XLS file
of 6 KB made it take 1 GB, and native code that panics, aborts or loops would take the worker with it. The script
imports nothing of the project, so it starts in 50 ms.

Output: {"sheet": name, "others": [names], "visible": [names], "merged": [[first row, column, last row]]} and then
[row number, [cells]] for each row, or {"is_encrypted": true}. The name is empty if there is no such sheet.
"""

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

CPU_SECONDS = 30
MAX_MERGED = 100_001
COVER_ROWS = 50
DIGITS_OF_A_NUMBER = 7
MAX_TEXT = 200_000
"""Characters of a cell that are passed on. The caller refuses longer cells."""


def main(path: str, *, memory: int, sheet: str, merged: bool) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        workbook = CalamineWorkbook.from_path(path)
    except PasswordError:
        emit({"is_encrypted": True})
        return
    everything = workbook.sheets_metadata
    names = [each.name for each in everything]
    worksheets = [(at, each) for at, each in enumerate(everything) if each.typ == SheetTypeEnum.WorkSheet]
    visible = [(at, each) for at, each in worksheets if each.visible == SheetVisibleEnum.Visible]
    head = {"others": names, "visible": [each.name for _, each in visible], "merged": []}
    wanted = [each for each in worksheets if each[1].name.strip().casefold() == sheet.strip().casefold()]
    for position, each in wanted if sheet else covers_last(workbook, visible):
        content = workbook.get_sheet_by_index(position)
        rows = filled_rows(content)
        first = next(rows, None)
        if first or sheet:
            others = [name for name in names if name != each.name]
            emit(head | {"sheet": each.name, "others": others, "merged": merged_ranges(content) if merged else []})
            if first:
                emit(first)
            for row in rows:
                emit(row)
            return
    emit(head | {"sheet": ""})


def covers_last(workbook: CalamineWorkbook, sheets: list[Any]) -> Iterator[Any]:
    covers = []
    for each in sheets:
        if len(sheets) > 1 and is_cover(workbook.get_sheet_by_index(each[0])):
            covers.append(each)
        else:
            yield each
    yield from covers


def is_cover(sheet: CalamineSheet) -> bool:
    """True for a few lines of text, as on a sheet that explains the others. As RowSpool.is_cover."""
    rows = [[cell for cell in cells if cell != ""] for cells in islice(sheet.iter_rows(), COVER_ROWS + 1)]
    return len(rows) <= COVER_ROWS and all(len(cells) <= 1 and not any(map(is_data, cells)) for cells in rows)


def is_data(cell: object) -> bool:
    return not isinstance(cell, str) or "@" in cell or sum(map(str.isdecimal, cell)) >= DIGITS_OF_A_NUMBER


def merged_ranges(sheet: CalamineSheet) -> list[tuple[int, int, int]]:
    """First row and last row, counted from 1, and first column, counted from 0. ODS files give none."""
    ranges = (sheet.merged_cell_ranges or [])[:MAX_MERGED]
    return [(first[0] + 1, first[1], last[0] + 1) for first, last in ranges]


def filled_rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    """Rows are counted from 1; columns before the first one in use are filled with blanks."""
    blanks = [""] * (sheet.start[1] if sheet.start else 0)
    for row_number, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cell != "" for cell in cells):
            yield row_number, [*blanks, *map(plain, cells)]


def plain(value: object) -> Any:
    """A cell as JSON: dates and times as ISO text, rounded to seconds because workbooks store fractions of days."""
    if isinstance(value, datetime):
        return (value + timedelta(milliseconds=500)).isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        rounded = datetime.combine(date(2000, 1, 1), value) + timedelta(milliseconds=500)
        return rounded.time().isoformat("seconds")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return value[:MAX_TEXT] if isinstance(value, str) else value


def emit(line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], **json.loads(sys.argv[2]))
