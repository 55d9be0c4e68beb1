"""Exports of lists as CSV or XLSX. Spreadsheets run no formulas from them, and imports read the same values again."""

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import FETCH_ONE, Model, QuerySet, prefetch_related_objects
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.utils.encoding import force_str
from django.utils.timezone import now
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from config.db.bulk import without_nested_loops
from config.db.timeouts.statements import without_statement_timeout
from config.ui.english import in_english
from config.ui.formats import number

if TYPE_CHECKING:
    from config.ui.lists.tables import Table

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BATCH = 500
MAX_ROWS = 1_048_576
"""The rows of an Excel sheet, with its header."""
MAX_CELL_CHARACTERS = 32_767
"""The longest text that Excel stores in one cell."""
PLAIN_TEXT = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
type Sheet = tuple[str, Iterable[Sequence[object]]]
"""The name of a sheet and its rows, the first of which is its header."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportRefused(Exception):
    """The list does not fit into the file format. The message tells the user what to do instead."""


def csv_response(table: "Table") -> StreamingHttpResponse:
    """All rows of a table in its order, streamed while they are read from the database."""
    response = StreamingHttpResponse(_csv_lines(_all_rows(table)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(table)}.csv"'
    return response


def xlsx_response(table: "Table") -> FileResponse:
    """All rows of a table as a workbook. The format cannot be streamed, so the file is completed first.

    Raises ExportRefused for more rows than a sheet holds.
    """
    count = row_count(table)
    if count >= MAX_ROWS:
        raise ExportRefused(
            _(
                "This list has %(count)s rows, and a sheet of Excel holds %(most)s below its header. "
                "Filter it, or export it as CSV."
            )
            % {"count": number(count), "most": number(MAX_ROWS - 1)}
        )
    return FileResponse(
        _open_workbook([("Sheet1", _all_rows(table))]),
        as_attachment=True,
        filename=f"{_file_name(table)}.xlsx",
        content_type=XLSX,
    )


def workbook_response(sheets: Iterable[Sheet], name: str) -> FileResponse:
    """Several tables as a workbook, a sheet for each."""
    return FileResponse(_open_workbook(sheets), as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


EXPORTS = {"csv": csv_response, "xlsx": xlsx_response}
"""The responses by the value of `_export` in the query string."""

EXPORT_OBSERVERS: list[Callable[[HttpRequest, "Table", str, int], None]] = []
"""Functions that learn of each export: the request, the table, the format and the number of rows. Apps add theirs."""


def export(request: HttpRequest, table: "Table", kind: str) -> FileResponse | StreamingHttpResponse:
    """The response for `_export=kind`. Raises ExportRefused."""
    response = EXPORTS[kind](table)
    if request.method != "HEAD":
        for observe in EXPORT_OBSERVERS:
            observe(request, table, kind, row_count(table))
    return response


def row_count(table: "Table") -> int:
    rows = table.data.data
    if isinstance(rows, list):
        return len(rows)
    if table.filterset is not None and table.filterset.counts_with_rows:
        with transaction.atomic(using=rows.db), without_nested_loops(rows.db):
            return rows.count()
    return rows.count()


def values(table: "Table") -> Iterator[list[object]]:
    """The header and then the rows of a table, in English for everybody: imports read them again. At most one batch of
    rows is in memory."""
    with in_english():
        yield from _values(table)


def _values(table: "Table") -> Iterator[list[object]]:
    columns = table.exported_columns
    yield [force_str(column.header) for column in columns]
    paths = [getattr(column.column, "text", "") or str(column.accessor) for column in columns]
    readers = [
        getattr(column.column, "read", None) or _reader(path) for column, path in zip(columns, paths, strict=True)
    ]
    rows = table.data.data
    prefetch = {column.column.prefetch for column in columns if getattr(column.column, "prefetch", "")}
    fetch = partial(table.fetch_cells, columns)
    for record in rows if isinstance(rows, list) else _in_batches(rows, paths, prefetch, fetch):
        yield [force_str(read(record), strings_only=True) for read in readers]


def _all_rows(table: "Table") -> Iterator[list[object]]:
    rows = table.data.data
    with without_statement_timeout(using=DEFAULT_DB_ALIAS if isinstance(rows, list) else rows.db):
        yield from values(table)


def escape_formula[Cell](cell: Cell) -> Cell | str:
    """Puts an apostrophe before text that a spreadsheet would run as a formula, and before an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith((*FORMULA_STARTS, "'")) else cell


def unescape_formula(cell: str) -> str:
    """Undoes `escape_formula`, for imports of exported files."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in (*FORMULA_STARTS, "'") else cell


def _reader(path: str) -> Callable[[object], object]:
    """A function that reads the column's value from a row: the label of a choice, any other value unchanged.

    django-tables2 resolves the accessor anew for each cell, which takes ten times as long.
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


def _in_batches(
    rows: QuerySet[Model], paths: Iterable[str], prefetch: Iterable[str], fetch: Callable[[list[Any]], None]
) -> Iterator[Any]:
    """The rows, a batch at a time, with the related objects on the paths, those to prefetch and what `fetch` adds.

    FETCH_PEERS would keep a reference to every row of the query, so memory would grow with the list.
    """
    relations = sorted({relation for path in paths if (relation := _relation(rows.model, path))}.union(prefetch))
    remaining = rows.fetch_mode(FETCH_ONE).iterator(chunk_size=BATCH)
    while batch := list(islice(remaining, BATCH)):
        prefetch_related_objects(batch, *relations)
        fetch(batch)
        yield from batch
        del batch  # frees it before the next one is read


def _relation(model: Any, path: str) -> str:
    """The part of a path that leads to a related object: `call__contact` of `call__contact__firm`."""
    names = []
    for name in path.split("__"):
        field = next((field for field in model._meta.get_fields() if field.name == name), None)
        if field is None or not (field.many_to_one or field.one_to_one):
            break
        names.append(name)
        model = field.related_model
    return "__".join(names)


def _file_name(table: Any) -> str:
    with in_english():
        plural = str(table.Meta.model._meta.verbose_name_plural).replace(" ", "-")
    return f"{plural}-{table.workspace.slug}-{table.workspace.day_of(now())}"


class Echo:
    """A file for `csv.writer` whose `write` returns the line, so that it can be streamed."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(rows: Iterable[list[object]]) -> Iterator[str]:
    writer = csv.writer(Echo())
    for row in rows:
        yield writer.writerow([escape_formula(cell) for cell in row])


def _open_workbook(sheets: Iterable[Sheet]) -> BinaryIO:
    """An open workbook with these sheets. Its file is unlinked already, so closing it frees the disk."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        with Workbook(path, {"constant_memory": True, "tmpdir": folder, **PLAIN_TEXT}) as book:
            quoted = book.add_format({"quote_prefix": True})
            for name, rows in sheets:
                sheet = book.add_worksheet(name)
                sheet.freeze_panes(1, 0)
                for row, cells in enumerate(rows):
                    for column, cell in enumerate(cells):
                        _write_cell(sheet, (row, column), cell, quoted)
        return path.open("rb")


def _write_cell(sheet: Any, position: tuple[int, int], cell: object, quoted: Any) -> None:
    """Writes text in the `quoted` format if it would become a formula when edited in the sheet.

    Text that is too long is cut and ends with a note about it.
    """
    if isinstance(cell, bool):
        sheet.write_boolean(*position, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(*position, cell)
    elif cell is not None and cell != "":
        text = _escape_apostrophe(str(cell))
        if len(text) > MAX_CELL_CHARACTERS:
            text = text[: MAX_CELL_CHARACTERS - 100] + f"… (cut here; the CSV export has all {len(text):,} characters)"
        sheet.write_string(*position, text, quoted if text.startswith(FORMULA_STARTS) else None)


def _escape_apostrophe(text: str) -> str:
    """Escapes text that `unescape_formula` would change. In a sheet, formulas themselves need no apostrophe."""
    return text if unescape_formula(text) == text else f"'{text}"
