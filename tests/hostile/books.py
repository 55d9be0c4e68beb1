"""Workbooks with unusual values, and handmade ones that attack the parser."""

import io
import random
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from tests.hostile.cells import SCRIPT
from tests.hostile.files import HostileFile
from tests.workbooks import (
    PARTS,
    handmade,
    ods_row,
    ods_sheet,
    old_workbook,
    open_document,
    text_cell,
    text_row,
    workbook,
    zipped,
)

HEAD = text_row(1, "Name", "Email")
ANN = text_row(2, "Ann", "ann@f.example")
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def book(about: str, make: Callable[..., Path], *content, file_name: str = "people.xlsx", **expected) -> HostileFile:
    """A file made by a function of tests.workbooks. Keywords that are paths of parts are passed to it."""
    parts = {name: expected.pop(name) for name in list(expected) if "/" in name}

    def made() -> bytes:
        with TemporaryDirectory() as folder:
            return make(Path(folder), *(each() if callable(each) else each for each in content), **parts).read_bytes()

    return HostileFile(about, made, file_name=file_name, **expected)


def by_hand(about: str, *rows: str, before: str = "", **expected) -> HostileFile:
    return book(about, handmade, f"{before}<sheetData>{''.join(rows)}</sheetData>", **expected)


def of_bytes(about: str, make: Callable[[bytes], bytes], **expected) -> HostileFile:
    """A valid workbook of one contact, altered by `make`."""
    sound = by_hand("", HEAD, ANN, rows=1, created=1).make
    return HostileFile(about, lambda: make(sound()), file_name="people.xlsx", **expected)


def rewritten(content: bytes, *, compression: int | None = None, **changed: str | bytes | ZipInfo) -> bytes:
    """The archive with some parts replaced or added."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as archive, ZipFile(out, "w") as other:
        for entry in archive.infolist():
            other.writestr(entry, archive.read(entry), compression)
        for name, text in changed.items():
            other.writestr(name, text)
    return out.getvalue()


def with_link(content: bytes) -> bytes:
    out = io.BytesIO(content)
    with ZipFile(out, "a") as archive:
        link = ZipInfo("xl/worksheets/sheet2.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def with_wrong_sum(content: bytes) -> bytes:
    return rewritten(content, compression=ZIP_STORED).replace(b"ann@f.example", b"bob@f.example")


VALUES = [
    book("numbers where texts are asked for", workbook, ["Name", "Phone", "City"], ["Ann", 12125550101, 1.5],
         ["Bob", 2125550102.0, True], [7, 4.47e11, None], rows=3, created=2, rejected={4: "phone"},
         names=("Ann", "Bob"), mend=(("447000000000", "212 555 0103"),)),
    book("days, hours and errors", workbook, ["Name", "Email", "City"], [date(2026, 1, 31), "a@f.example", time(9, 30)],
         ["#N/A", "#REF!", "#DIV/0!"], [datetime(2026, 1, 31, 9, 30), "b@f.example", "#N/A"], rows=3, created=2,
         rejected={3: "no_key"}, names=("2026-01-31", "2026-01-31 09:30:00"), mend=(("#REF!", "c@f.example"),)),
    book("a dialer's log with real times", workbook, ["Call ID", "Lead ID", "Start", "Result", "Talk time"],
         [1, "lead-1", datetime(2026, 5, 4, 9), "Voicemail", 12.0], [2, "lead-1", date(2026, 5, 4), "Voicemail", 1],
         [3, "lead-1", datetime(2026, 3, 8, 2, 30), "Voicemail", -1], rows=3, created=1, kind="calls",
         rejected={3: "started_at", 4: "started_at"}),
    book("a formula that was never worked out", workbook, ["Name", "Email"], ["=A1&B1", "a@f.example"],
         ["Bob", "b@f.example"], rows=2, created=1, rejected={2: "columns"}, again=()),
    book("a formula that was never worked out in a column that nobody needs", workbook, ["Name", "Email", "Score"],
         ["Ann", "a@f.example", "=A1&B1"], rows=1, created=1),
    by_hand("formulas with what they came to", HEAD,
            '<row r="2"><c r="A2" t="str"><f>cmd|A0</f><v>=1+1</v></c><c r="B2" t="str"><v>a@f.example</v></c></row>',
            rows=1, created=1, names=("=1+1",)),
    by_hand("signs that XML cannot hold", HEAD, text_row(2, "An_x0000_n_x000D__xD800_", "ann@f.example"), rows=1,
            created=1, names=("Ann _xD800_",)),
    book("text that looks like markup", workbook, ["Name", "Email"], [SCRIPT, "a@f.example"],
         [SCRIPT, "]]>"], rows=2, created=1, names=(SCRIPT,), rejected={3: "email"}, mend=(("]]>", "b@f.example"),)),
    book("a workbook with nothing in it", workbook, [None], [" "], refused="is empty"),
]  # fmt: skip

BOMBS = [
    by_hand("a part packed a thousand to one", text_row(1, "a" * 2_000_000), refused="more tightly"),
    book("an archive in an archive", zipped, {"people.xlsx": "PK\x03\x04"}, refused="is damaged"),
    by_hand("a billion laughs", HEAD, refused="declares XML entities",
            **{"xl/sharedStrings.xml": f'<!DOCTYPE l [<!ENTITY l0 "ha">{ENTITIES}]><sst><si><t>&l9;</t></si></sst>'}),
    by_hand("a file of the machine as an entity", HEAD, refused="declares XML entities", **{
        "xl/worksheets/sheet1.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}),
    by_hand("a false dimension", HEAD, ANN, before='<dimension ref="A1:XFD1048576"/>', rows=1, created=1),
    by_hand("a blank cell in the last corner", HEAD, ANN, '<row r="1048576"><c r="XFD1048576" s="0"/></row>',
            rows=1, created=1),
    by_hand("a text in the last corner", HEAD, ANN, f'<row r="1048576">{text_cell("XFD1048576", "x")}</row>',
            refused="column 16,384"),
    by_hand("16,384 columns", "<row>" + '<c t="str"><v>x</v></c>' * 16_384 + "</row>", refused="columns are read"),
    by_hand("texts that are not there", '<row><c t="s"><v>0</v></c></row>', refused="is damaged"),
    by_hand("elements without end", "<a>" * 200_000, refused="not made as a workbook is"),
    by_hand("a cell of 200,000 signs", HEAD, text_row(2, "x y" * 70_000, "a@f.example"), refused="more than 131,072"),
]  # fmt: skip

PLACES = [
    by_hand("a row below zero", '<row r="-1"/>', refused="is damaged"),
    by_hand("a row number twice", HEAD, ANN, text_row(2, "Bob", "no address"), text_row(2, "Cy", "nor here"),
            refused="row 2 more than once"),
    by_hand("rows out of order", HEAD, text_row(9, "Ann", "ann@f.example"), text_row(4, "Bob", "bob@f.example"),
            refused="row 4 after row 9"),
    by_hand("a row in a row", HEAD, f'<row r="2">{text_cell("A2", "Ann")}{text_row(3, "Bob", "bob@f.example")}</row>',
            refused="not made as a workbook is"),
    by_hand("a cell beside the rows", HEAD, ANN, text_cell("A3", "Bob"), refused="not made as a workbook is"),
    by_hand("a cell twice", HEAD, f'<row r="2">{text_cell("A2", "Ann")}{text_cell("A2", "Bob")}</row>',
            refused="cell more than once"),
    by_hand("cells out of order", HEAD, f'<row r="2">{text_cell("B2", "ann@f.example")}{text_cell("A2", "Ann")}</row>',
            rows=1, created=1, names=("Ann",)),
    by_hand("a cell of another row", HEAD, f'<row r="2">{text_cell("A7", "Ann")}{text_cell("B7", "a@f.example")}</row>',
            rows=1, created=1),
    book("a sheet that is not there", zipped, PARTS, refused="is damaged"),
    by_hand("parts outside of the archive", HEAD, ANN, rows=1, created=1, **{"../../evil.txt": "x", "/evil.txt": "x"}),
    by_hand("a sheet outside of the archive", HEAD, refused="is damaged", **{
        "xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"].replace(
            "worksheets/sheet1.xml", "../../../../etc/passwd")}),
    by_hand("a sheet somewhere else in the world", HEAD, refused="is damaged", **{
        "xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"].replace(
            "worksheets/sheet1.xml", "http://127.0.0.1:1/sheet.xml")}),
]  # fmt: skip

BROKEN = [
    of_bytes("a link among the parts", with_link, rows=1, created=1),
    of_bytes("an archive cut in half", lambda content: content[: len(content) // 2], refused="is damaged"),
    of_bytes("an archive without its end", lambda content: content[:-30], refused="is damaged"),
    of_bytes("a part that is not what its sum says", with_wrong_sum, refused="is damaged"),
    of_bytes("an archive of noise", lambda content: content[:40] + random.Random(1).randbytes(9999), refused="damaged"),
    of_bytes("a workbook named as text", lambda content: content, rows=1, created=1),
    HostileFile("a workbook with a password", lambda: OLE + "EncryptedPackage".encode("utf-16-le") + b"\0\0",
                file_name="people.xlsx", refused="is protected with a password"),
    HostileFile("an old workbook", lambda: OLE + "Workbook".encode("utf-16-le") + b"\0\0", file_name="people.xls",
                refused="is an old Excel workbook"),
    book("an OpenDocument sheet", zipped, {"content.xml": "<a/>"}, file_name="people.xlsx", refused="OpenDocument"),
    book("a Word document", zipped, {"word/document.xml": "<a/>", "[Content_Types].xml": "<a/>"}, refused="Word"),
    of_bytes("a part that is said to be encrypted", lambda content: content.replace(b"PK\x01\x02\x14\x03\x14\0\0",
             b"PK\x01\x02\x14\x03\x14\0\1"), refused="protected with a password"),
]  # fmt: skip

WIDE = ('office:value-type="string" table:number-columns-repeated="16000"', "x")
OTHER_FORMATS = [
    book("an old workbook of people", old_workbook, ["Name", "Email"], [SCRIPT, "a@f.example"], ["=1+1", "no address"],
         file_name="people.xls", rows=2, created=1, rejected={3: "email"}, names=(SCRIPT,),
         mend=(("no address", "b@f.example"),)),
    book("a formula of an OpenDocument sheet that is repeated without end", open_document,
         ods_sheet(ods_row("Name"), ods_row(('table:formula="of:=[.A1]"', ""), repeated=1_000_000)),
         file_name="people.ods", refused="is not made as a workbook is"),
    of_bytes("an old workbook of noise", lambda content: OLE + "Workbook".encode("utf-16-le") + b"\0\0" + content,
             refused="is an old Excel workbook"),
    book("an OpenDocument sheet of people", open_document, ods_sheet(ods_row("Name", "Email"), ods_row("", repeated=5),
         ods_row("Ann", "ann@f.example"), ods_row("", repeated=1_000_000)), file_name="people.ods", rows=1, created=1),
    book("a cell of an OpenDocument sheet that is repeated without end", open_document,
         ods_sheet(ods_row("Name"), ods_row(WIDE, repeated=1_000_000)), refused="holds too much"),
    book("a formula of an OpenDocument sheet that was never worked out", open_document,
         ods_sheet(ods_row("Email", "Name"), ods_row(('table:formula="of:=[.A1]"', ""), "Ann"),
                   ods_row("b@f.example", ('table:formula="of:=[.A1]"', ""), repeated=2)),
         file_name="people.ods", rows=3, rejected=dict.fromkeys([2, 3, 4], "columns"), again=("no_key",)),
]  # fmt: skip

BOOKS = [*VALUES, *BOMBS, *PLACES, *BROKEN, *OTHER_FORMATS]
