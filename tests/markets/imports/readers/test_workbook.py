import io
import random
import subprocess
import sys
import zipfile
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook

from markets.imports.readers import FileRefused, Limits, TabularFile
from tests.workbooks import handmade, saved, text_cell, text_row, workbook, zipped


def rows(path, **options):
    return list(TabularFile(path, **options))


def refusal(path, **options):
    with pytest.raises(FileRefused) as refused:
        TabularFile(path, **options)
    return str(refused.value)


def sheet(*xml):
    return f"<sheetData>{''.join(xml)}</sheetData>"


def test_a_workbook_is_read_by_its_row_numbers(tmp_path):
    path = workbook(tmp_path, ["Name", "Firm"], ["Ann", "Smith"], [], [None, " "], ["Zoë “Z” Müller", None])
    table = TabularFile(path)

    assert table.header == ["Name", "Firm"]
    assert list(table) == [(2, ["Ann", "Smith"]), (5, ["Zoë “Z” Müller", ""])]
    assert (len(table), table.format_description) == (2, "Excel workbook, sheet “People”")
    assert table.preview(1) == list(table)[:1]
    assert list(table.rows(after=1)) == list(table)[1:]


def test_two_readings_at_once_do_not_disturb_each_other(tmp_path):
    table = TabularFile(workbook(tmp_path, ["N"], *([n] for n in range(5000))))

    assert [one == other for one, other in zip(table, table, strict=True)] == [True] * 5000


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (447700900123, "447700900123"),
        (4.47700900123e11, "447700900123"),
        (12125550100.0, "12125550100"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (-3, "-3"),
        (True, "TRUE"),
        (False, "FALSE"),
        ("#N/A", "#N/A"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 9, 30), "2026-01-31 09:30:00"),
        (datetime(2026, 1, 31), "2026-01-31 00:00:00"),
        (date(1900, 1, 1), "1900-01-01"),
        (date(1900, 3, 1), "1900-03-01"),
        (time(9, 30), "09:30:00"),
        (timedelta(minutes=3, seconds=20), "00:03:20"),
        ("line\nbreak", "line\nbreak"),
        ("'quoted", "'quoted"),
    ],
)
def test_a_cell_is_the_text_that_a_person_sees(tmp_path, value, shown):
    assert rows(workbook(tmp_path, ["Value"], [value])) == [(2, [shown])]


def test_days_are_counted_from_1904_where_the_workbook_says_so(tmp_path):
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)
    book.active.append(["Day"])
    book.active.append([date(2026, 1, 31)])

    assert rows(saved(tmp_path, book)) == [(2, ["2026-01-31"])]


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("00000", 1234, "01234"),
        ("0.00%", 0.5, "0.5"),
        ("[$-409]d\\-mmm\\-yy;@", 46053, "2026-01-31"),
        ("h:mm AM/PM", 0.5, "12:00:00"),
        ("[h]:mm:ss", 1.5, "36:00:00"),
        ('0 "days"', 3, "3"),
        ("[Red]General", 3, "3"),
        ("mmmm", 46053, "2026-01-31"),
    ],
)
def test_a_number_format_says_what_a_number_is(tmp_path, code, value, shown):
    book = Workbook()
    book.active.append(["Value"])
    book.active.append([value])
    book.active["A2"].number_format = code

    assert rows(saved(tmp_path, book)) == [(2, [shown])]


def test_the_first_visible_sheet_with_something_in_it_is_read_and_the_others_are_named(tmp_path):
    book = Workbook()
    book.active.title = "Empty"
    for name in ("Hidden", "People", "Old"):
        book.create_sheet(name).append([f"Name in {name}"])
    book["Hidden"].sheet_state = "hidden"
    table = TabularFile(saved(tmp_path, book))

    assert table.header == ["Name in People"]
    assert table.format_description == "Excel workbook, sheet “People”; not read: “Empty”, “Hidden”, “Old”"


def test_a_workbook_with_nothing_in_it_is_empty(tmp_path):
    assert "no visible sheet of it has anything in it" in refusal(workbook(tmp_path, [None], [" "]))


def test_shared_rich_and_phonetic_texts_are_read(tmp_path):
    rich = "<si><r><t>An</t></r><r><t>n</t></r><rPh><t>x</t></rPh></si>"
    strings = f"<si><t>Name</t></si>{rich}<si><t>a_x000D_b_x0000_</t></si>"
    cells = "".join(f'<row><c t="s"><v>{place}</v></c></row>' for place in range(3))

    assert rows(handmade(tmp_path, sheet(cells), strings=strings)) == [(2, ["Ann"]), (3, ["a\rb"])]


def test_tags_may_have_a_prefix_and_formulas_give_their_results(tmp_path):
    xml = '<x:sheetData><x:row r="1"><x:c r="B1" t="str"><x:f>A9</x:f><x:v>Name</x:v></x:c></x:row></x:sheetData>'
    part = f'<x:worksheet xmlns:x="m">{xml}</x:worksheet>'

    assert TabularFile(handmade(tmp_path, "", **{"xl/worksheets/sheet1.xml": part})).header == ["", "Name"]


def test_a_formula_without_its_result_is_refused_rather_than_lost(tmp_path):
    assert "formula in row 2 whose result was never kept" in refusal(workbook(tmp_path, ["Name"], ["=A1&B1"]))


def test_a_false_dimension_and_a_cell_in_the_last_corner_cost_nothing(tmp_path):
    rows_of_xml = text_row(1, "Name") + text_row(2, "Ann") + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    path = handmade(tmp_path, '<dimension ref="A1:XFD1048576"/>' + sheet(rows_of_xml))

    assert rows(path) == [(2, ["Ann"])]


def test_something_in_a_column_beyond_the_limit_is_refused_with_its_place(tmp_path):
    last = f'<row r="1048576">{text_cell("XFD1048576", "x")}</row>'
    path = handmade(tmp_path, sheet(text_row(1, "Name"), last))

    assert "row 1,048,576, column 16,384; at most 1,000 columns" in refusal(path)


def test_more_rows_and_columns_than_allowed_are_refused_with_the_figure(tmp_path):
    path = workbook(tmp_path, ["A", "B", "C"], *([n] for n in range(50)))

    assert "has more than 20 rows. Split it" in refusal(path, limits=Limits(rows=20))
    assert "at most 2 columns are read" in refusal(path, limits=Limits(columns=2))
    assert len(TabularFile(path, limits=Limits(rows=50, columns=3))) == 50


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = handmade(tmp_path, sheet(text_row(1, "a" * 100_000_000)))

    assert "packed more tightly than a table can be" in refusal(path)
    assert "would be 95 MB once unpacked; at most 50 MB" in refusal(path, limits=Limits(unpacked=50 * 1024**2))


def test_a_text_that_is_repeated_without_end_is_refused(tmp_path):
    cells = "".join('<row><c t="s"><v>0</v></c></row>' for _ in range(2000))
    path = handmade(tmp_path, sheet(cells), strings=f"<si><t>{'word ' * 6000}</t></si>")

    assert "repeat more text than is read" in refusal(path, limits=Limits(unpacked=10 * 1024**2))


ENTITIES = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "_rels/.rels"])
def test_entities_are_refused_in_every_part(tmp_path, part):
    path = handmade(tmp_path, "", **{part: f"{ENTITIES}<a>&b;</a>"})

    assert "declares XML entities" in refusal(path)


@pytest.mark.parametrize(
    "xml",
    [
        "<a>" * 200_000,
        "<c>" * 200_000,
        "<row>" * 200_000,
        "".join(f"<a{n}/>" for n in range(50_000)),
        "".join(f'<c a{n}=""/>' for n in range(50_000)),
        f'<c a="{random.Random(1).randbytes(1_500_000).hex()}"/>',
        f"<row>{text_cell('A1', 'x y' * 50_000)}</row>",
    ],
    ids=["deep", "cells in cells", "rows in rows", "names", "attributes", "one long tag", "a long cell"],
)
def test_xml_that_would_fill_the_memory_is_refused(tmp_path, xml):
    path = handmade(tmp_path, sheet(xml))

    assert refusal(path).startswith(
        ("file.xlsx is not made as a workbook is", "Row 1 of file.xlsx has a cell of more than 131,072")
    )


@pytest.mark.parametrize(
    "xml",
    [
        "<row",
        '<row r="0"/>',
        '<row r="x"/>',
        '<row r="99999999999999999999"/>',
        '<row><c r="ZZZ1" t="str"><v>a</v></c></row>',
        '<row><c r="!1"><v>1</v></c></row>',
        '<row><c t="s"><v>0</v></c></row>',
        '<row><c t="s"><v>-1</v></c></row>',
        '<row><c t="s"><v>x</v></c></row>',
        '<row><c s="x"><v>1</v></c></row>',
    ],
)
def test_xml_that_makes_no_sense_is_refused_in_words(tmp_path, xml):
    assert "is damaged" in refusal(handmade(tmp_path, sheet(xml)))


def test_an_archive_of_very_many_parts_is_refused(tmp_path):
    many = zipped(tmp_path, {f"part{n}": "" for n in range(6_000)}, "many.xlsx")
    so_many_that_their_list_is_not_read = zipped(tmp_path, {f"{n:0500}": "" for n in range(3_000)}, "more.xlsx")

    assert "has 6,000 parts" in refusal(many)
    assert "is damaged" in refusal(so_many_that_their_list_is_not_read)


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("content.xml", "is an OpenDocument file (ODS). Save it as XLSX or CSV"),
        ("word/document.xml", "is a Word document"),
        ("xl/workbook.bin", "is a binary Excel workbook (XLSB)"),
        ("holiday.jpg", "is a ZIP archive, not a workbook"),
    ],
)
def test_other_archives_are_told_apart(tmp_path, part, sentence):
    assert sentence in refusal(zipped(tmp_path, {part: "<a/>"}))


def test_a_workbook_with_macros_is_read_as_well(tmp_path):
    path = workbook(tmp_path, ["Name"], ["Ann"], name="file.xlsm")

    assert rows(path) == [(2, ["Ann"])]


@pytest.mark.parametrize(
    ("stream", "sentence"),
    [
        ("EncryptedPackage", "is protected with a password"),
        ("Workbook", "is an old Excel workbook (XLS). Save it as XLSX or CSV"),
        ("WordDocument", "is a document of an old Office program"),
    ],
)
def test_old_and_encrypted_workbooks_are_told_apart(tmp_path, stream, sentence):
    path = tmp_path / "file.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + stream.encode("utf-16-le") + b"\0\0")

    assert sentence in refusal(path)


def test_a_workbook_that_was_cut_off_or_garbled_anywhere_is_refused_or_read(tmp_path):
    whole = workbook(tmp_path, ["Name", "Firm"], *(["Ann", n] for n in range(40))).read_bytes()
    path = tmp_path / "broken.xlsx"
    for place in range(0, len(whole), 97):
        for broken in (whole[:place], whole[:place] + b"\xff" + whole[place + 1 :]):
            path.write_bytes(broken)
            with suppress(FileRefused):
                TabularFile(path)


def test_lying_about_sizes_is_seen_while_reading(tmp_path):
    path = handmade(tmp_path, sheet(text_row(1, "Name"), *(text_row(n, "x") for n in range(2, 3000))))
    content = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(content) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(content.getvalue().replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little")))

    assert "is damaged" in refusal(path)


def test_nothing_is_left_behind(tmp_path):
    path = workbook(tmp_path, ["Name"], ["Ann"])
    code = (
        "import os, pathlib, tempfile, django; django.setup();"
        "from markets.imports.readers import TabularFile;"
        "before = os.listdir(tempfile.gettempdir());"
        f"table = TabularFile(pathlib.Path({str(path)!r}));"
        "print(len(table), os.listdir(tempfile.gettempdir()) == before)"
    )
    (tmp_path / "temporary").mkdir()
    environment = {"TMPDIR": str(tmp_path / "temporary"), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    ran = subprocess.run([sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True)  # noqa: S603

    assert (ran.stdout, ran.stderr) == ("1 True\n", "")
