import pytest
import xlwt
from openpyxl import Workbook

from markets.imports.readers import FileRefused, TabularFile
from tests.files import csv_file
from tests.workbooks import ods_row, ods_sheet, open_document, saved, saved_old


def book_of(folder, kind, sheets, *, hidden=""):
    """A workbook with these rows by sheet. ODS files have no hidden sheets here."""
    folder.mkdir(exist_ok=True)
    if kind == "ods":
        xml = {name: [ods_row(*cells) for cells in rows] for name, rows in sheets.items() if name != hidden}
        return open_document(folder, "".join(ods_sheet(*rows, name=name) for name, rows in xml.items()))
    new = Workbook() if kind == "xlsx" else xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = new.create_sheet(name) if kind == "xlsx" else new.add_sheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if kind == "xlsx":
                    sheet.cell(row + 1, column + 1, cell)
                else:
                    sheet.write(row, column, cell)
        if name == hidden and kind == "xlsx":
            sheet.sheet_state = "hidden"
        elif name == hidden:
            sheet.visibility = 1
    if kind == "xls":
        return saved_old(folder, new)
    new.remove(new["Sheet"])
    return saved(folder, new)


@pytest.fixture(params=["xlsx", "xls", "ods"])
def book(request, tmp_path):
    """A workbook with the visible sheets Partners and Associates, and a hidden one (not in ODS)."""
    sheets = {"Partners": ["Ann"], "Associates": ["Bob", "Cy"], "Old": ["Di"]}
    rows = {name: [["Name"], *([each] for each in names)] for name, names in sheets.items()}
    return book_of(tmp_path, request.param, rows, hidden="Old")


def test_a_sheet_can_be_chosen_by_its_name(book):
    chosen = TabularFile(book, sheet=" associates")

    assert [cells for _, cells in chosen] == [["Bob"], ["Cy"]]
    assert "sheet “Associates”; not read: “Partners”" in chosen.format_description
    assert [cells for _, cells in TabularFile(book)] == [["Ann"]]


def test_the_sheets_that_can_be_chosen_are_listed(book):
    sheets = TabularFile(book).sheets

    assert [sheet.name for sheet in sheets] == ["Partners", "Associates"]
    assert sheets[0].rows == 2
    assert sheets[1].rows == (3 if book.suffix == ".xlsx" else None)


def test_a_hidden_sheet_is_read_only_where_it_is_named(book):
    if book.suffix != ".ods":
        assert [cells for _, cells in TabularFile(book, sheet="Old")] == [["Di"]]


@pytest.mark.parametrize("name", ["Nobody", "\0", "x" * 10_000])
def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(book, name):
    with pytest.raises(FileRefused, match=r"has no sheet “.*”\. Its sheets are: “Partners”, “Associates”"):
        TabularFile(book, sheet=name)


def test_a_csv_file_has_no_sheets(tmp_path):
    assert TabularFile(csv_file(tmp_path, "Name", "Ann"), sheet="Partners").sheets == ()


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_sheet_that_explains_the_others_is_passed_over(tmp_path, kind):
    cover, people = [["Read me first"], ["All lists are confidential."]], [["Name", "Email"], ["Ann", "a@f.example"]]
    path = book_of(tmp_path, kind, {"About": cover, "People": people, "More": people})
    alone = book_of(tmp_path / "alone", kind, {"About": cover, "Notes": [["Nothing"]]})
    numbers = book_of(tmp_path / "numbers", kind, {"Numbers": [["Phone"], ["212 555 0101"]], "People": people})

    assert "sheet “People”; not read: “About”, “More”" in TabularFile(path).format_description
    assert TabularFile(path, sheet="About").header == ["Read me first"]
    assert TabularFile(alone).header == ["Read me first"]
    assert TabularFile(numbers).header == ["Phone"]
