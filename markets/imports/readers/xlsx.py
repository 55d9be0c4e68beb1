"""XLSX workbooks: which sheet is read, and the parts of the package that its cells refer to.

Read with expat in a stream, not with python-calamine: calamine holds the whole sheet in memory (408 MB for 200,000 rows
of 20 columns), drops number formats and formulas, and accepts rows out of order. See docs/decisions/0015.
"""

from collections.abc import Iterator
from typing import NamedTuple

from markets.imports.readers.archives import Archive, local_name
from markets.imports.readers.spool import RowSpool
from markets.imports.readers.xlsx_sheet import SharedStrings, SheetReader, read_number_formats

MAX_SHEETS = 10_000
DEFAULT_WORKBOOK_PART = "xl/workbook.xml"


class Sheet(NamedTuple):
    name: str
    relationship_id: str
    is_visible: bool


def read_xlsx(archive: Archive, spool: RowSpool) -> tuple[str, list[str]]:
    """Spools the first visible sheet that has any data.

    Returns the sheet's name, which is empty if there is none, and the names of all other sheets.
    """
    roots = archive.relationships("")
    workbook = next((each.path for each in roots if each.kind == "officeDocument"), DEFAULT_WORKBOOK_PART)
    relationships = list(archive.relationships(workbook))
    sheet_parts = {each.id: each.path for each in relationships if each.kind == "worksheet"}
    parts = {each.kind: each.path for each in relationships if each.path in archive.parts}
    sheets, since_1904 = _read_workbook_part(archive, workbook)
    strings = SharedStrings(archive, parts.get("sharedStrings", ""))
    formats = read_number_formats(archive, parts.get("styles", ""))
    for sheet in _readable(sheets, sheet_parts):
        reader = SheetReader(archive.name, spool, strings, formats, since_1904=since_1904)
        reader.read(archive, sheet_parts[sheet.relationship_id])
        if spool.row_count:
            return sheet.name, [other.name for other in sheets if other.name != sheet.name]
    return "", [sheet.name for sheet in sheets]


def _readable(sheets: list[Sheet], sheet_parts: dict[str, str]) -> Iterator[Sheet]:
    return (sheet for sheet in sheets if sheet.is_visible and sheet.relationship_id in sheet_parts)


def _read_workbook_part(archive: Archive, part: str) -> tuple[list[Sheet], bool]:
    """The sheets in workbook order, and whether dates count from 1904 instead of 1900."""
    sheets: list[Sheet] = []
    since_1904 = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal since_1904
        tag = local_name(tag)
        if tag == "workbookPr":
            since_1904 = attributes.get("date1904") in ("1", "true")
        elif tag == "sheet" and len(sheets) < MAX_SHEETS:
            key = next((value for name, value in attributes.items() if local_name(name) == "id"), "")
            sheets.append(Sheet(attributes.get("name", "")[:100], key, attributes.get("state", "visible") == "visible"))

    archive.parse(part, start)
    return sheets, since_1904
