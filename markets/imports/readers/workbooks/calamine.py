"""XLS and ODS workbooks, read by python-calamine in a process of its own (calamine_process says why)."""

import json
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from markets.imports.readers.limits import FileRefused, check_cell_length
from markets.imports.readers.workbooks.archives import Archive, local_name, malformed
from markets.imports.readers.workbooks.cells import format_number
from markets.imports.readers.workbooks.merged import MergedRange
from markets.imports.readers.workbooks.sheets import Sheet, SheetsRead, no_such_sheet
from markets.imports.readers.workbooks.spool import UNCALCULATED, RowSpool

MAX_COLUMNS = 1_000
MAX_FORMULA_ROWS = 100_000
SCRIPT = Path(__file__).with_name("calamine_process.py")


class WorkbookFormat(NamedTuple):
    label: str | Promise
    extension: str


XLS = WorkbookFormat(gettext_lazy("old Excel workbook (XLS)"), "xls")
ODS = WorkbookFormat(gettext_lazy("OpenDocument file (ODS)"), "ods")


FormulaRows = list[tuple[int, int, frozenset[int]]]
"""First row and last row, counted from 1, and the columns, counted from 0, of formulas without a result."""


def read_with_calamine(
    path: Path,
    book: WorkbookFormat,
    spool: RowSpool,
    wanted: str = "",
    formulas: Callable[[str], FormulaRows] = lambda sheet: [],
    *,
    fills_merged: bool = False,
) -> SheetsRead:
    """Spools the sheet that is wanted, else the first visible one that has any data.

    calamine reads formulas without a result as blank cells; `formulas` finds those of a sheet.
    """
    options = {"memory": spool.limits.memory, "sheet": wanted, "merged": fills_merged}
    with closing(_output(path, spool.name, book, options)) as lines:
        head = next(lines)
        if head.get("is_encrypted"):
            raise FileRefused(
                gettext("%(name)s is protected with a password. Save it without one.") % {"name": spool.name}
            )
        if wanted and not head["sheet"]:
            raise no_such_sheet(spool.name, wanted, head["others"])
        for first_row, column, last_row in head["merged"]:
            spool.merged.add(MergedRange(first_row, last_row, column))
        rows = ((row_number, list(_checked_cells(spool, row_number, values))) for row_number, values in lines)
        for row_number, cells in _with_formulas(rows, formulas(head["sheet"]), spool):
            spool.add(row_number, cells)
    return SheetsRead(head["sheet"], head["others"], [Sheet(name) for name in head["visible"]])


def uncalculated_cells(archive: Archive, sheet: str) -> FormulaRows:
    """The formulas without a result in a sheet of an ODS file."""
    found: FormulaRows = []
    table, row, repeated, column, count = "", 0, 1, 0, 0
    columns: set[int] = set()

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal table, row, repeated, column
        tag = local_name(tag)
        if tag not in ("table", "table-row", "table-cell", "covered-table-cell"):
            return
        named = {local_name(name): value for name, value in attributes.items()}
        if tag == "table":
            table, row, repeated = named.get("name", ""), 0, 1
        elif tag == "table-row":
            row, repeated, column = row + repeated, int(named.get("number-rows-repeated", 1)), 0
        else:
            width = int(named.get("number-columns-repeated", 1))
            if table == sheet and "formula" in named and "value-type" not in named:
                columns.update(range(column, min(column + width, MAX_COLUMNS)))
            column += width

    def end(tag: str) -> None:
        nonlocal count
        if local_name(tag) == "table-row" and columns:
            found.append((row, row + repeated - 1, frozenset(columns)))
            count += repeated
            columns.clear()
            if count > MAX_FORMULA_ROWS:
                raise malformed(archive.name)

    archive.parse("content.xml", start, end)
    return found


def _with_formulas(
    rows: Iterator[tuple[int, list[str]]], formulas: FormulaRows, spool: RowSpool
) -> Iterator[tuple[int, list[str]]]:
    """The rows with UNCALCULATED in cells of formulas without a result, and those that have nothing else in them."""
    if not formulas:
        yield from rows
        return
    spool.has_uncalculated = True
    last = 0
    marks = ((row, columns) for first, end, columns in formulas for row in range(first, end + 1))
    mark = next(marks, None)
    for first, _, columns in formulas:
        spool.limits.check_cell_column(spool.name, first, max(columns) + 1)
    for row_number, cells in rows:
        while mark and mark[0] <= row_number:
            yield mark[0], _marked(cells if mark[0] == row_number else [], mark[1])
            last = mark[0]
            mark = next(marks, None)
        if last != row_number:
            yield row_number, cells
    while mark:
        yield mark[0], _marked([], mark[1])
        mark = next(marks, None)


def _marked(cells: list[str], columns: frozenset[int]) -> list[str]:
    cells = cells + [""] * (max(columns) + 1 - len(cells))
    for column in columns:
        cells[column] = cells[column] or UNCALCULATED
    return cells


def _output(path: Path, name: str, book: WorkbookFormat, options: dict[str, object]) -> Generator[Any]:
    """The lines that the script prints. Raises FileRefused if it fails, before or after them."""
    with TemporaryDirectory() as folder:
        link = Path(folder, f"workbook.{book.extension}")  # calamine chooses a parser by the extension
        link.symlink_to(path.absolute())
        command = [sys.executable, "-I", str(SCRIPT), str(link), json.dumps(options)]
        with subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout
            try:
                for line in process.stdout:
                    if line.endswith(b"\n"):  # else the script died while it wrote the line
                        yield json.loads(line)
            except BaseException:
                process.kill()
                raise
    if process.returncode:
        raise FileRefused(
            gettext("%(name)s is damaged or holds too much, though it is an %(label)s. Save it as XLSX or CSV.")
            % {"name": name, "label": book.label}
        )


def _checked_cells(spool: RowSpool, row_number: int, values: list[Any]) -> Iterator[str]:
    for column, value in enumerate(values, start=1):
        if text := _text(value):
            spool.limits.check_cell_column(spool.name, row_number, column)
            check_cell_length(spool.name, len(text), gettext("Row %(row_number)s") % {"row_number": row_number})
        yield text


def _text(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value if isinstance(value, str) else format_number(repr(value))
