"""Workbooks for tests: valid ones, and handmade ones with arbitrary XML."""

from zipfile import ZIP_DEFLATED, ZipFile

import xlwt
from openpyxl import Workbook

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
OPEN_DOCUMENT = " ".join(f'xmlns:{name}="{OASIS}:{name}:1.0"' for name in ("office", "table", "text"))
MANIFEST = f'xmlns:manifest="{OASIS}:manifest:1.0"'
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": f'<Relationships {RELATIONS}><Relationship Id="r1" Type="{KIND}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f"<Relationships {RELATIONS}>"
    f'<Relationship Id="r1" Type="{KIND}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{KIND}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{KIND}"><sheets><sheet name="People" sheetId="1" r:id="r1"/>'
    "</sheets></workbook>",
}


def workbook(folder, *rows, name="file.xlsx", sheet="People"):
    """A workbook with one sheet of these rows."""
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    return saved(folder, book, name)


def saved(folder, book, name="file.xlsx"):
    path = folder / name
    book.save(path)
    book.close()
    return path


def handmade(folder, sheet, *, strings="", name="file.xlsx", **parts):
    """A workbook of one sheet with this XML in it, and with other parts by their paths."""
    content = PARTS | {
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}>{sheet}</worksheet>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{strings}</sst>",
    }
    return zipped(folder, content | parts, name)


def zipped(folder, parts, name="file.xlsx"):
    path = folder / name
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return path


def old_workbook(folder, *rows, name="file.xls", sheet="People"):
    """An XLS workbook with one sheet. A cell that is a pair is a value and its number format."""
    book = xlwt.Workbook()
    page = book.add_sheet(sheet)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            value, code = cell if isinstance(cell, tuple) else (cell, "General")
            if value is not None:
                page.write(row, column, value, xlwt.easyxf(num_format_str=code))
    return saved_old(folder, book, name)


def saved_old(folder, book, name="file.xls"):
    path = folder / name
    book.save(str(path))
    return path


def open_document(folder, body, *, name="file.ods", kind="spreadsheet", manifest="", doctype=""):
    """An ODS workbook with this XML as its sheets."""
    content = f"<office:document-content {OPEN_DOCUMENT}><office:body><office:spreadsheet>{body}"
    parts = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "META-INF/manifest.xml": f"<manifest:manifest {MANIFEST}>{manifest}</manifest:manifest>",
        "content.xml": doctype + content + "</office:spreadsheet></office:body></office:document-content>",
    }
    return zipped(folder, parts, name)


def ods_sheet(*rows, name="People"):
    return f'<table:table table:name="{name}">{"".join(rows)}</table:table>'


def ods_row(*cells, repeated=1):
    """A cell is a text, or a pair of its attributes and what it shows."""
    pairs = [cell if isinstance(cell, tuple) else ('office:value-type="string"', cell) for cell in cells]
    xml = "".join(f"<table:table-cell {given}><text:p>{text}</text:p></table:table-cell>" for given, text in pairs)
    return f'<table:table-row table:number-rows-repeated="{repeated}">{xml}</table:table-row>'


def text_row(number, *cells):
    """The XML of a row with text in its first columns."""
    columns = zip("ABCDEFGHIJ", cells, strict=False)
    return f'<row r="{number}">{"".join(text_cell(f"{column}{number}", cell) for column, cell in columns)}</row>'


def text_cell(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'
