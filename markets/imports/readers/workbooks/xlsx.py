"""XLSX workbooks: which sheet is read, and the parts of the package that its cells refer to.

Read with expat in a stream, not with python-calamine: calamine holds the whole sheet in memory (408 MB for 200,000 rows
of 20 columns), drops number formats and formulas, and accepts rows out of order. See docs/decisions/0015.
"""

import re
from typing import NamedTuple

from markets.imports.readers.workbooks.archives import Archive, local_name
from markets.imports.readers.workbooks.sheets import Sheet, SheetsRead, no_such_sheet, same_sheet
from markets.imports.readers.workbooks.spool import RowSpool
from markets.imports.readers.workbooks.xlsx_sheet import SharedStrings, SheetReader, read_number_formats

MAX_SHEETS = 10_000
MAX_COUNTED = 100
DEFAULT_WORKBOOK_PART = "xl/workbook.xml"
DIMENSION = re.compile(rb"""<(?:\w+:)?dimension[^>]{0,200}?\sref=["'][A-Z]+(\d+)(?::[A-Z]+(\d+))?["']""")
SHEET_START = 4096


class SheetEntry(NamedTuple):
    name: str
    relationship_id: str
    is_visible: bool


def read_xlsx(archive: Archive, spool: RowSpool, wanted: str = "", *, fills_merged: bool = False) -> SheetsRead:
    """Spools the sheet that is wanted, else the first visible one that has any data and is not a mere cover."""
    roots = archive.relationships("")
    workbook = next((each.path for each in roots if each.kind == "officeDocument"), DEFAULT_WORKBOOK_PART)
    relationships = list(archive.relationships(workbook))
    sheet_parts = {each.id: each.path for each in relationships if each.kind == "worksheet"}
    parts = {each.kind: each.path for each in relationships if each.path in archive.parts}
    entries, since_1904 = _read_workbook_part(archive, workbook)
    readable = [entry for entry in entries if entry.relationship_id in sheet_parts]
    candidates = [entry for entry in readable if (same_sheet(entry.name, wanted) if wanted else entry.is_visible)]
    if wanted and not candidates:
        raise no_such_sheet(archive.name, wanted, [entry.name for entry in readable])
    strings = SharedStrings(archive, parts.get("sharedStrings", ""))
    formats = read_number_formats(archive, parts.get("styles", ""))

    def read(entry: SheetEntry) -> None:
        reader = SheetReader(archive.name, spool, strings, formats, since_1904=since_1904, fills_merged=fills_merged)
        reader.read(archive, sheet_parts[entry.relationship_id])

    name, cover = candidates[0].name if wanted else "", None
    for entry in candidates:
        read(entry)
        if spool.is_cover and not wanted:
            cover = cover or entry
            spool.clear()
        elif spool.row_count:
            name = entry.name
            break
    else:
        if cover:
            read(cover)
            name = cover.name
    visible = [entry for entry in readable if entry.is_visible or entry.name == name]
    return SheetsRead(
        name,
        [entry.name for entry in entries if entry.name != name],
        [
            Sheet(entry.name, _claimed_rows(archive, sheet_parts[entry.relationship_id]) if at < MAX_COUNTED else None)
            for at, entry in enumerate(visible)
        ],
    )


def _claimed_rows(archive: Archive, part: str) -> int | None:
    """The number of rows that the sheet says it has. Not to be relied on."""
    if part not in archive.parts:
        return None
    with archive.zip.open(part) as file:
        found = DIMENSION.search(file.read(SHEET_START))
    return int(found[2] or found[1]) - int(found[1]) + 1 if found else None


def _read_workbook_part(archive: Archive, part: str) -> tuple[list[SheetEntry], bool]:
    """The sheets in workbook order, and whether dates count from 1904 instead of 1900."""
    sheets: list[SheetEntry] = []
    since_1904 = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal since_1904
        tag = local_name(tag)
        if tag == "workbookPr":
            since_1904 = attributes.get("date1904") in ("1", "true")
        elif tag == "sheet" and len(sheets) < MAX_SHEETS:
            key = next((value for name, value in attributes.items() if local_name(name) == "id"), "")
            is_visible = attributes.get("state", "visible") == "visible"
            sheets.append(SheetEntry(attributes.get("name", "")[:100], key, is_visible))

    archive.parse(part, start)
    return sheets, since_1904
