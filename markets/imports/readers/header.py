"""Finds the header of a table among the first records of a file, by content."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from markets.contacts.normalization import clean_text
from markets.imports.readers.csv_recovery import repaired
from markets.imports.readers.rows import BrokenCells, ReadOptions, Row
from markets.imports.readers.shapes import common_shape, is_data, shape_of

HEAD_RECORDS = 50
"""Records among which the header is searched for."""
NOTES = "notes:"
"""LinkedIn's exports begin with this line, a paragraph and a blank line. The header follows."""
ROWS_COMPARED = 10
MAX_HEADER_LINES = 5


@dataclass(frozen=True)
class Header:
    above: int = 0
    """Records above it."""
    records: int = 1
    """Records that it takes; 0 if the first row of the table is data."""
    names: list[str] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    """Of each column of a table without a header what its cells look like: a key of SHAPES, "area_code" or ""."""


def match_key(name: str) -> str:
    """The letters and digits of a name, case-folded: names with equal keys count as the same."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold()))


def read_header(head: Sequence[Row], known: Collection[str], options: ReadOptions) -> Header:
    """The header among the first records, as `options` say or as it is found. `known` are keys (`match_key`) of names.

    If `options` name the header's line, `head` begins there.
    """
    is_placed = bool(options.get("header_line"))
    count = min(max(options.get("header_lines") or 1, 1), MAX_HEADER_LINES)
    is_open = "no_header" not in options and not is_placed and count == 1
    if options.get("no_header") or (is_open and has_no_header(head, known)):
        return _without_header(head)
    above = 0 if is_placed else find_header(head, known)
    if is_open and not above and _is_title(head, known):
        return _without_header(head, above=1)
    if not is_placed and above and count > 1 and _has_data(head, above + count - 1):
        above = max(above - count + 1, 0)
    lines = [_as_cells(cells) for _, cells in head[above : above + count]]
    return Header(above, len(lines), joined(lines) if len(lines) > 1 else lines[0])


def find_header(head: Sequence[Row], known: Collection[str]) -> int:
    """The position of the header in the first records: 0 unless a later record is certainly the header.

    `known` are the keys (`match_key`) of column names that the caller can use.
    """
    rows = [cells for _, cells in head]
    if clean_text(_filled(rows[0])[0]).casefold() == NOTES:
        return next((position for position, cells in enumerate(rows) if len(_filled(cells)) > 1), 0)
    counts = [_known_count(cells, known) for cells in rows]
    if counts[0] >= 2:
        return 0
    candidates = [
        position for position in range(1, len(rows)) if _may_head(rows, position, is_known=counts[position] >= 2)
    ]
    named = next((position for position in candidates if counts[position] >= 2), 0)
    if named or counts[0]:
        return named
    if max(len(_filled(cells)) for cells in rows) == 1:
        return _header_of_one_column(rows, counts)
    return next((each for each in candidates if counts[each] or _differs_from_rows_below(rows, each)), 0)


def has_no_header(head: Sequence[Row], known: Collection[str]) -> bool:
    """True if the first record is certainly data: no cell is a known name, and one of them is a phone number, an email
    address or a time, as the rows below have it in the same column."""
    (_, first), *others = head
    if _known_count(first, known):
        return False
    if column_shapes(head)[:2] == ["area_code", "phone"]:
        return True
    is_anything_known = any(_known_count(cells, known) for _, cells in others)
    for column, cell in enumerate(first):
        shape = shape_of(cell)
        below = [cells[column] for _, cells in others if column < len(cells)]
        if shape in ("email", "phone", "moment", "domain") and common_shape([cell, *below]) == shape and any(below):
            return True
        if (shape in ("email", "phone") or cell.startswith("@")) and not is_anything_known:
            return True
    return len(head) == len(_filled(first)) == 1 and shape_of(first[0]) == "domain"


def column_shapes(head: Sequence[Row]) -> list[str]:
    """What the cells of each column look like. An area code stands before a number of seven digits."""
    width = max(len(cells) for _, cells in head)
    columns = [[cells[column] for _, cells in head if column < len(cells)] for column in range(width)]
    shapes = [common_shape(column) for column in columns]
    for left in range(width - 1):
        if _have_digits(columns[left], 3) and _have_digits(columns[left + 1], 7):
            shapes[left : left + 2] = ["area_code", "phone"]
    return shapes


def joined(lines: Sequence[Sequence[str]]) -> list[str]:
    """The names of a header over several lines. In all but the last a name holds for the blank cells behind it."""
    width = max(map(len, lines))
    upper = [_spread(cells, width) for cells in lines[:-1]]
    names = zip(*upper, [*lines[-1], *[""] * (width - len(lines[-1]))], strict=True)
    return [" ".join(dict.fromkeys(filter(None, map(str.strip, parts)))) for parts in names]


def numbered(names: Sequence[str]) -> list[str]:
    """The names, of which each that was there before gets a number: Phone, Phone (2)."""
    taken = {clean_text(name) for name in names}
    seen: set[str] = set()
    unique = []
    for name in names:
        key = clean_text(name)
        if key and key in seen:
            number = 2
            while f"{key} ({number})" in taken:
                number += 1
            name = key = f"{key} ({number})"
            taken.add(key)
        seen.add(key)
        unique.append(name)
    return unique


def _may_head(rows: Sequence[Sequence[str]], position: int, *, is_known: bool) -> bool:
    """True for as many texts as there are cells in the rows below, under records that are no rows of such a table."""
    texts = _filled(rows[position])
    if len(texts) < 2 or any(map(is_data, texts)):
        return False
    below = [len(_filled(cells)) for cells in rows[position + 1 : position + 1 + ROWS_COMPARED]]
    if below and 2 * len(texts) <= max(below):
        return False
    most_above = max(len(_filled(cells)) for cells in rows[:position])
    return most_above == 1 or (most_above == 2 and len(texts) >= 4) or (is_known and most_above < len(texts))


def _differs_from_rows_below(rows: Sequence[Sequence[str]], position: int) -> bool:
    """True if a column is named by a text and holds something else, such as numbers or addresses."""
    below = rows[position + 1 : position + 1 + ROWS_COMPARED]
    return any(
        cell.strip() and common_shape([cells[column] for cells in below if column < len(cells)])
        for column, cell in enumerate(rows[position])
    )


def _header_of_one_column(rows: Sequence[Sequence[str]], counts: Sequence[int]) -> int:
    """The position of a known name under titles and above numbers or addresses."""
    position = next((position for position, count in enumerate(counts) if count), 0)
    above = [cell for cells in rows[:position] for cell in cells]
    below = [cell for cells in rows[position + 1 :] for cell in cells]
    return position if common_shape(below) and not any(map(is_data, above)) else 0


def _is_title(head: Sequence[Row], known: Collection[str]) -> bool:
    """True for one text above rows of several cells that have no header."""
    (_, first), *rows = head
    return len(_filled(first)) == 1 and len(rows) > 0 and len(_filled(rows[0][1])) > 1 and has_no_header(rows, known)


def _without_header(head: Sequence[Row], above: int = 0) -> Header:
    shapes = column_shapes(head[above:])
    return Header(above, 0, [f"Column {number}" for number in range(1, len(shapes) + 1)], shapes)


def _known_count(cells: Sequence[str], known: Collection[str]) -> int:
    return len({key for cell in cells if (key := match_key(cell[:200])) in known})


def _as_cells(cells: list[str]) -> list[str]:
    return repaired(cells, len(cells)) if isinstance(cells, BrokenCells) and not cells.columns else cells


def _has_data(head: Sequence[Row], position: int) -> bool:
    """True if there is a row of data at this position, or nothing."""
    return position >= len(head) or any(map(is_data, head[position][1]))


def _filled(cells: Sequence[str]) -> list[str]:
    return [cell for cell in cells if cell.strip()]


def _have_digits(cells: Sequence[str], count: int) -> bool:
    digits = ["".join(filter(str.isdecimal, cell)) for cell in cells if cell.strip()]
    return bool(digits) and all(len(each) == count for each in digits) and not any(c.isalpha() for c in "".join(cells))


def _spread(cells: Sequence[str], width: int) -> list[str]:
    spread, last = [], ""
    for cell in [*cells, *[""] * (width - len(cells))]:
        last = cell if cell.strip() else last
        spread.append(last)
    return spread
