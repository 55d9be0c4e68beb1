"""Maps the columns of a file without a header by what is in them."""

import re
from collections.abc import Sequence

from markets.imports.mapping import Layer
from markets.imports.readers import Row
from markets.models import ImportKind

UNNAMED = re.compile(r"Column (\d+)")
EMAIL = re.compile(r"\S*@\S+\.\S+")
NUMBER = re.compile(r"[+(*\dxX][\d\s().\-/xX*]{4,24}")
AREA_CODE = re.compile(r"\(?\d{2,4}\)?")
LOCAL_NUMBER = re.compile(r"\d{3,4}[\s.-]?\d{4}")


def layer_by_content(kind: str, header: Sequence[str], rows: Sequence[Row]) -> Layer:
    """The columns of phone numbers, area codes and email addresses. Nothing for files of calls, or with a header."""
    if kind == ImportKind.CALLS or not all(map(UNNAMED.fullmatch, header)):
        return Layer({})
    columns: dict[str, list[str]] = {}
    for position, name in enumerate(header):
        if _all_match(EMAIL, rows, position):
            columns.setdefault("email", []).append(name)
        elif _all_match(AREA_CODE, rows, position) and _all_match(LOCAL_NUMBER, rows, position + 1):
            columns.setdefault("area_code", []).append(name)
        elif _all_match(NUMBER, rows, position):
            columns.setdefault("phone", []).append(name)
    return Layer(columns)


def _all_match(pattern: re.Pattern[str], rows: Sequence[Row], position: int) -> bool:
    """Whether at least four in five of the filled cells match."""
    cells = [cells[position].strip() for _, cells in rows if position < len(cells) and cells[position].strip()]
    return bool(cells) and sum(bool(pattern.fullmatch(cell)) for cell in cells) * 5 >= len(cells) * 4
