import pytest
import xlwt
from openpyxl import Workbook

from markets.imports.readers import FileRefused, TabularFile
from tests.files import csv_file
from tests.workbooks import ods_row, ods_sheet, open_document, saved, saved_old


@pytest.fixture(params=["xlsx", "xls", "ods"])
def book(request, tmp_path):
    """A workbook with the visible sheets Partners and Associates, and a hidden one (not in ODS)."""
    sheets = {"Partners": ["Ann"], "Associates": ["Bob", "Cy"]}
    if request.param == "ods":
        rows = {name: [ods_row("Name"), *map(ods_row, names)] for name, names in sheets.items()}
        return open_document(tmp_path, "".join(ods_sheet(*xml, name=name) for name, xml in rows.items()))
    new = Workbook() if request.param == "xlsx" else xlwt.Workbook()
    for name, names in (sheets | {"Old": ["Di"]}).items():
        if request.param == "xlsx":
            sheet = new.create_sheet(name)
            for row in ("Name", *names):
                sheet.append([row])
            sheet.sheet_state = "hidden" if name == "Old" else "visible"
        else:
            sheet = new.add_sheet(name)
            sheet.visibility = int(name == "Old")
            for row, value in enumerate(["Name", *names]):
                sheet.write(row, 0, value)
    if request.param == "xlsx":
        new.remove(new["Sheet"])
        return saved(tmp_path, new)
    return saved_old(tmp_path, new)


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
