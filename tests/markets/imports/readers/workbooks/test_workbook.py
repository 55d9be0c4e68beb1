import subprocess
import sys
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook

from markets.imports.readers import TabularFile
from tests.markets.imports.readers.workbooks.workbook_helpers import refusal, rows, sheet
from tests.workbooks import handmade, saved, text_row, workbook


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


def test_a_row_knows_its_formulas_without_a_result(tmp_path):
    ((line, cells),) = rows(workbook(tmp_path, ["Name", "Firm"], ["Ann", "=A1&B1"]))

    assert (line, cells, cells.columns) == (2, ["Ann", ""], {1})
    assert "has a formula whose result was never kept" in cells.problem
    assert [cells.concerns(positions) for positions in ([0], [0, 1])] == [False, True]


def test_a_false_dimension_and_a_cell_in_the_last_corner_cost_nothing(tmp_path):
    rows_of_xml = text_row(1, "Name") + text_row(2, "Ann") + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    path = handmade(tmp_path, '<dimension ref="A1:XFD1048576"/>' + sheet(rows_of_xml))

    assert rows(path) == [(2, ["Ann"])]


def test_a_workbook_with_macros_is_read_as_well(tmp_path):
    path = workbook(tmp_path, ["Name"], ["Ann"], name="file.xlsm")

    assert rows(path) == [(2, ["Ann"])]


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
