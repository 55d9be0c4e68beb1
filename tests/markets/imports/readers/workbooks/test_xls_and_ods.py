import random
from contextlib import suppress
from datetime import date, datetime, time
from itertools import chain

import pytest
import xlwt

from markets.imports.readers import FileRefused, Limits, TabularFile
from tests.workbooks import ods_row, ods_sheet, old_workbook, open_document, saved_old

ENCRYPTED = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'


def refusal(path, **options):
    with pytest.raises(FileRefused) as refused:
        TabularFile(path, **options)
    return str(refused.value)


def test_an_old_workbook_is_read_by_its_row_numbers_whatever_its_name(tmp_path):
    path = old_workbook(tmp_path, [], [None, "Name", "Firm"], [], [None, "Zoë “Z” Müller"], name="people.xlsx")
    table = TabularFile(path)

    assert (table.header, list(table)) == (["", "Name", "Firm"], [(4, ["", "Zoë “Z” Müller", ""])])
    assert table.format_description == "Old Excel workbook (XLS), sheet “People”"
    assert (table.encoding, table.delimiter, len(table)) == ("", "", 1)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (447700900123, "447700900123"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (True, "TRUE"),
        ((0.5, "0%"), "0.5"),
        ((date(2026, 1, 31), "yyyy-mm-dd"), "2026-01-31"),
        ((datetime(2026, 1, 31, 9, 30), "yyyy-mm-dd hh:mm"), "2026-01-31 09:30:00"),
        ((time(9, 30), "hh:mm"), "09:30:00"),
        ((1.5, "[h]:mm:ss"), "36:00:00"),
        ("line\nbreak", "line\nbreak"),
    ],
)
def test_a_cell_of_an_old_workbook_is_the_text_that_a_person_sees(tmp_path, value, shown):
    assert list(TabularFile(old_workbook(tmp_path, ["Value"], [value]))) == [(2, [shown])]


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ('office:value-type="float" office:value="447700900123"', "447700900123"),
        ('office:value-type="percentage" office:value="0.5"', "0.5"),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE"),
        ('office:value-type="date" office:date-value="2026-01-31"', "2026-01-31"),
        ('office:value-type="date" office:date-value="2026-01-31T09:30:00"', "2026-01-31 09:30:00"),
        ('office:value-type="time" office:time-value="PT09H30M00S"', "09:30:00"),
        ('table:formula="of:=[.A1]" office:value-type="float" office:value="3"', "3"),
    ],
)
def test_a_cell_of_an_open_document_is_its_value(tmp_path, attributes, shown):
    path = open_document(tmp_path, ods_sheet(ods_row("Value"), ods_row((attributes, "shown"))))

    assert list(TabularFile(path)) == [(2, [shown])]


def test_repeated_rows_and_cells_of_an_open_document_count(tmp_path):
    repeated = ('office:value-type="string" table:number-columns-repeated="2"', "x")
    end = ('table:number-columns-repeated="16000"', "")
    path = open_document(
        tmp_path, ods_sheet(ods_row("A", "B"), ods_row("", repeated=3), ods_row(repeated), ods_row(end, repeated=10**6))
    )

    assert list(TabularFile(path, limits=Limits())) == [(5, ["x", "x"])]
    assert TabularFile(path).format_description == "OpenDocument file (ODS), sheet “People”"


def test_the_first_visible_sheet_of_an_old_workbook_with_something_in_it_is_read(tmp_path):
    book = xlwt.Workbook()
    for name in ("Empty", "Hidden", "People", "Old"):
        sheet = book.add_sheet(name)
        sheet.visibility = int(name == "Hidden")
        if name != "Empty":
            sheet.write(0, 0, f"Name in {name}")
    table = TabularFile(saved_old(tmp_path, book))

    assert table.header == ["Name in People"]
    assert table.format_description.endswith("sheet “People”; not read: “Empty”, “Hidden”, “Old”")


def test_a_workbook_with_nothing_in_it_is_empty(tmp_path):
    assert "no visible sheet of it has anything in it" in refusal(old_workbook(tmp_path))
    assert "no visible sheet of it has anything in it" in refusal(open_document(tmp_path, ods_sheet()))


def test_a_row_of_an_open_document_knows_its_formulas_without_a_result(tmp_path):
    formula = ('table:formula="of:=[.A1]"', "")
    read = ods_sheet(
        ods_row("Name", "Firm"),
        ods_row("x", repeated=2),
        ods_row("y", formula),
        ods_row(formula, repeated=2),
        ods_row("z"),
    )
    not_read = ods_sheet(ods_row(formula), name="Other")

    table = list(TabularFile(open_document(tmp_path, read + not_read)))

    assert [(line, cells, getattr(cells, "columns", None)) for line, cells in table] == [
        (2, ["x", ""], None),
        (3, ["x", ""], None),
        (4, ["y", ""], {1}),
        (5, ["", ""], {0}),
        (6, ["", ""], {0}),
        (7, ["z", ""], None),
    ]


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(rows=20), "has more than 20 rows. Split it"),
        (Limits(columns=2), "something in row 1, column 3; at most 2 columns are read"),
        (Limits(unpacked=3), "repeat more text than is read"),
    ],
)
def test_more_than_allowed_is_refused_with_the_figure(tmp_path, limits, sentence):
    assert sentence in refusal(old_workbook(tmp_path, ["A", "B", "C"], *([n] for n in range(50))), limits=limits)


def test_a_cell_that_is_too_long_is_refused(tmp_path):
    path = open_document(tmp_path, ods_sheet(ods_row("Name"), ods_row("x y" * 50_000)))

    assert "Row 2 of file.ods has a cell of more than 131,072 characters" in refusal(path)


def test_a_protected_open_document_is_refused(tmp_path):
    assert "is protected with a password" in refusal(open_document(tmp_path, ods_sheet(), manifest=ENCRYPTED))


def test_entities_are_refused(tmp_path):
    path = open_document(tmp_path, ods_sheet(ods_row("Name")), doctype='<!DOCTYPE a [<!ENTITY b "ha">]>')

    assert "declares XML entities" in refusal(path)


def test_an_open_document_of_another_kind_is_told_apart(tmp_path):
    assert "an OpenDocument file of another kind" in refusal(open_document(tmp_path, "", kind="text"))


def test_a_small_file_that_would_fill_the_memory_is_refused(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("People")
    sheet.write(0, 0, "Name")
    sheet.write(65_535, 255, "x")
    repeated = ('office:value-type="string" table:number-columns-repeated="16000"', "x")
    bomb = ods_sheet(ods_row(repeated, repeated=6_000))

    for path, about in ((saved_old(tmp_path, book), "old Excel"), (open_document(tmp_path, bomb), "OpenDocument")):
        assert f"holds too much, though it is an {about}" in refusal(path, limits=Limits())


def test_a_file_that_was_cut_off_or_garbled_anywhere_is_refused_or_read(tmp_path):
    chance = random.Random(1)
    path = tmp_path / "broken"
    old = old_workbook(tmp_path, ["Name", "Firm"], *(["Ann", n] for n in range(40))).read_bytes()
    ods = open_document(tmp_path, ods_sheet(*(ods_row("Ann", str(n)) for n in range(40)))).read_bytes()
    for whole in (old, ods):
        places = [chance.randrange(len(whole)) for _ in range(12)]
        for broken in chain.from_iterable((whole[:at], whole[:at] + b"\xff" + whole[at + 1 :]) for at in places):
            path.write_bytes(broken)
            with suppress(FileRefused):
                TabularFile(path)
