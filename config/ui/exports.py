"""Lists as files: safe to open in a spreadsheet, and read back as they were."""

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import batched
from pathlib import Path
from typing import Any, BinaryIO

from django.db.models import Model
from django.http import FileResponse, StreamingHttpResponse
from django.utils.encoding import force_str
from django.utils.timezone import now
from xlsxwriter import Workbook

from config.db.statement_timeouts import without_statement_timeout

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BATCH = 500
MOST_ROWS = 1_048_576
MOST_SIGNS = 32_767
"""What Excel keeps in one cell."""
AS_TYPED = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NotExported(Exception):
    """The list does not fit into a file of this kind. The message is a sentence that says what to do instead."""


def csv_response(table: Any) -> StreamingHttpResponse:
    """All rows of a table, in their order, as they are read from the database."""
    response = StreamingHttpResponse(_lines(_unhurried(values(table))), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_name(table)}.csv"'
    return response


def xlsx_response(table: Any) -> FileResponse:
    """All rows of a table as a workbook, which is finished first, as its format demands. Raises NotExported."""
    rows = table.data.data
    count = len(rows) if isinstance(rows, list) else rows.count()
    if count >= MOST_ROWS:
        raise NotExported(
            f"This list has {count:,} rows, and a sheet of Excel holds {MOST_ROWS - 1:,} below its header. "
            "Filter it, or export it as CSV."
        )
    return FileResponse(
        _workbook(_unhurried(values(table))), as_attachment=True, filename=f"{_name(table)}.xlsx", content_type=XLSX
    )


EXPORTS = {"csv": csv_response, "xlsx": xlsx_response}
"""The kinds of files by what a query calls them."""


def values(table: Any) -> Iterator[list[Any]]:
    """The header and the rows of a table, of which never more than some are in memory."""
    columns = [column for column in table.columns.iterall() if not column.column.exclude_from_export]
    yield [force_str(column.header) for column in columns]
    readers = [getattr(column.column, "read", None) or _reader(str(column.accessor)) for column in columns]
    rows = table.data.data
    for records in batched(rows if isinstance(rows, list) else rows.iterator(chunk_size=BATCH), BATCH):
        for record in records:
            yield [force_str(read(record), strings_only=True) for read in readers]
        if isinstance(records[-1], Model):
            _forget_peers(records[-1])


def _unhurried(rows: Iterator[list[object]]) -> Iterator[list[object]]:
    with without_statement_timeout():
        yield from rows


def written(cell: Any) -> Any:
    """A cell as it is written: text that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith((*FORMULA_STARTS, "'")) else cell


def read_back(cell: str) -> str:
    """A cell of an exported file as it was: what an import does to take the apostrophe off again."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in (*FORMULA_STARTS, "'") else cell


def _reader(path: str) -> Callable[[object], object]:
    """What finds the value of a column in a row: a choice by its label, and else as it is kept.

    django-tables2 looks at each cell as if it knew none of its column, which takes ten times as long.
    """
    *parents, name = path.split("__")
    label = f"get_{name}_display"

    def read(record: object) -> object:
        for parent in parents:
            record = getattr(record, parent)
            if record is None:
                return None
        value = getattr(record, label, None) or getattr(record, name)
        return value() if callable(value) else value

    return read


def _forget_peers(record: Model, reached_from: Model | None = None) -> None:
    """Every row knows those that were read with it, which would be all of them in the end.

    What is linked one to one knows the row that it was reached from.
    """
    if isinstance(record._state.peers, list):
        record._state.peers.clear()
    for related in record._state.fields_cache.values():
        if isinstance(related, Model) and related is not reached_from:
            _forget_peers(related, record)


def _name(table: Any) -> str:
    what = table.Meta.model._meta.verbose_name_plural.replace(" ", "-")
    return f"{what}-{table.workspace.slug}-{table.workspace.day_of(now())}"


def _lines(rows: Iterable[list[object]]) -> Iterator[str]:
    class Line:
        def write(self, text: str) -> str:
            return text

    writer = csv.writer(Line())
    for row in rows:
        yield writer.writerow([written(cell) for cell in row])


def _workbook(rows: Iterator[list[object]]) -> BinaryIO:
    """An open workbook with these rows, which is gone from the disk once it is closed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        with Workbook(path, {"constant_memory": True, "tmpdir": folder, **AS_TYPED}) as book:
            sheet = book.add_worksheet()
            as_text = book.add_format({"quote_prefix": True})
            sheet.freeze_panes(1, 0)
            for line, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    _write(sheet, (line, column), cell, as_text)
        return path.open("rb")


def _write(sheet: Any, place: tuple[int, int], cell: Any, as_text: Any) -> None:
    """Text stays text, also when somebody edits it in the sheet. What is too long says so at its end."""
    if isinstance(cell, bool):
        sheet.write_boolean(*place, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(*place, cell)
    elif cell is not None and cell != "":
        text = _marked(str(cell))
        if len(text) > MOST_SIGNS:
            text = text[: MOST_SIGNS - 100] + f"… (cut here; the CSV export has all {len(text):,} characters)"
        sheet.write_string(*place, text, as_text if text.startswith(FORMULA_STARTS) else None)


def _marked(text: str) -> str:
    """A sheet needs no apostrophe before a formula, but one that stands there must not be taken for ours."""
    return text if read_back(text) == text else f"'{text}"
