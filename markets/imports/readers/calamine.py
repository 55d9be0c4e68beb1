"""XLS and ODS workbooks, read by python-calamine in a process of its own (calamine_process says why)."""

import json
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from markets.imports.readers.archives import Archive, local_name
from markets.imports.readers.cells import format_number
from markets.imports.readers.limits import FileRefused, Limits, check_cell_length, uncalculated_formula
from markets.imports.readers.spool import RowSpool

SCRIPT = Path(__file__).with_name("calamine_process.py")


class WorkbookFormat(NamedTuple):
    label: str
    extension: str


XLS = WorkbookFormat("old Excel workbook (XLS)", "xls")
ODS = WorkbookFormat("OpenDocument file (ODS)", "ods")


def read_with_calamine(path: Path, book: WorkbookFormat, spool: RowSpool) -> tuple[str, list[str]]:
    """Spools the first visible sheet that has any data.

    Returns the sheet's name, which is empty if there is none, and the names of all other sheets.
    """
    with closing(_output(path, spool.name, book, spool.limits)) as lines:
        head = next(lines)
        if head.get("is_encrypted"):
            raise FileRefused(f"{spool.name} is protected with a password. Save it without one.")
        for row_number, values in lines:
            spool.add(row_number, list(_checked_cells(spool, row_number, values)))
    return head["sheet"], head["others"]


def check_ods_formulas(archive: Archive, sheet: str) -> None:
    """Raises FileRefused for a formula without a result, which calamine reads as a blank cell."""
    table, row, repeated = "", 0, 1

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal table, row, repeated
        tag = local_name(tag)
        if tag in ("table", "table-row", "table-cell"):
            named = {local_name(name): value for name, value in attributes.items()}
        if tag == "table":
            table, row, repeated = named.get("name", ""), 0, 1
        elif tag == "table-row":
            row, repeated = row + repeated, int(named.get("number-rows-repeated", 1))
        elif tag == "table-cell" and table == sheet and "formula" in named and "value-type" not in named:
            raise uncalculated_formula(archive.name, row)

    archive.parse("content.xml", start)


def _output(path: Path, name: str, book: WorkbookFormat, limits: Limits) -> Generator[Any]:
    """The lines that the script prints. Raises FileRefused if it fails, before or after them."""
    with TemporaryDirectory() as folder:
        link = Path(folder, f"workbook.{book.extension}")  # calamine chooses a parser by the extension
        link.symlink_to(path.absolute())
        command = [sys.executable, "-I", str(SCRIPT), str(link), str(limits.memory)]
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
        raise FileRefused(f"{name} is damaged or holds too much, though it is an {book.label}. Save it as XLSX or CSV.")


def _checked_cells(spool: RowSpool, row_number: int, values: list[Any]) -> Iterator[str]:
    for column, value in enumerate(values, start=1):
        if text := _text(value):
            spool.limits.check_cell_column(spool.name, row_number, column)
            check_cell_length(spool.name, len(text), f"Row {row_number}")
        yield text


def _text(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value if isinstance(value, str) else format_number(repr(value))
