"""Lists as files: safe to open in a spreadsheet, and read back as they were."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_response(table: Any) -> StreamingHttpResponse:
    """All rows of a table, in their order, as they are read from the database."""
    response = StreamingHttpResponse(_lines(table.as_values()), content_type="text/csv; charset=utf-8")
    name = table.Meta.model._meta.verbose_name_plural.replace(" ", "-")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def written(cell: Any) -> Any:
    """A cell as it is written: text that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith((*FORMULA_STARTS, "'")) else cell


def read_back(cell: str) -> str:
    """A cell of an exported file as it was: what an import does to take the apostrophe off again."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in (*FORMULA_STARTS, "'") else cell


def _lines(rows: Iterable[list[Any]]) -> Iterator[str]:
    class Line:
        def write(self, text: str) -> str:
            return text

    writer = csv.writer(Line())
    for row in rows:
        yield writer.writerow([written(cell) for cell in row])  # type: ignore[misc]
