import pytest
import xlwt
from openpyxl import Workbook

from markets.imports.readers import FileRefused, TabularFile
from markets.imports.readers.workbooks.merged import MAX_MERGED, MergedRange, MergedRanges
from tests.workbooks import handmade, saved, saved_old, text_row

ROWS = ["Firm", "Name"], ["Wolf", "Ann"], [None, "Bob"], [None, "Cy"], [None, "Di"]
FILLED = [["Wolf", "Ann"], ["Wolf", "Bob"], ["Wolf", "Cy"], ["", "Di"]]


def merged_workbook(folder, *ranges):
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    for each in ranges:
        book.active.merge_cells(each)
    return saved(folder, book)


def merged_old_workbook(folder):
    book = xlwt.Workbook()
    sheet = book.add_sheet("People")
    for row, (_, name) in enumerate(ROWS):
        sheet.write(row, 1, name)
    sheet.write(0, 0, "Firm")
    sheet.write_merge(1, 3, 0, 0, "Wolf")
    return saved_old(folder, book)


def test_a_merged_value_applies_to_all_of_its_rows_if_it_is_said(tmp_path):
    for path in (merged_workbook(tmp_path, "A2:A4"), merged_old_workbook(tmp_path)):
        table = TabularFile(path, fill_merged=True)

        assert [cells for _, cells in table] == FILLED
        assert list(table.rows(after=2)) == list(table)[2:]
        assert [cells[0] for _, cells in TabularFile(path)] == ["Wolf", "", "", ""]


def test_a_merged_title_does_not_fill_its_columns(tmp_path):
    table = TabularFile(merged_workbook(tmp_path, "A1:B1"), fill_merged=True)

    assert table.header == ["Firm", ""]


def test_overlapping_and_endless_ranges_do_no_harm(tmp_path):
    ranges = "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(1, 2_000))
    rows = "".join(text_row(n, f"x{n}", "y") for n in range(1, 2_000))
    path = handmade(tmp_path, f"<sheetData>{rows}</sheetData><mergeCells>{ranges}</mergeCells>")

    assert len(TabularFile(path, fill_merged=True)) == 1_998


@pytest.mark.parametrize("reference", ["A1:", "1:2", "ZZZZ1:A9", "A1:B", "<"])
def test_a_range_that_is_none_is_refused(tmp_path, reference):
    merge = f'<mergeCells><mergeCell ref="{reference.replace("<", "&lt;")}"/></mergeCells>'
    path = handmade(tmp_path, f"<sheetData>{text_row(1, 'Name')}</sheetData>{merge}")

    assert TabularFile(path).header == ["Name"]
    if reference not in ("A1:",):
        with pytest.raises(FileRefused, match="is damaged"):
            TabularFile(path, fill_merged=True)


def test_very_many_ranges_are_refused():
    ranges = MergedRanges("people.xlsx")
    for _ in range(MAX_MERGED):
        ranges.add(MergedRange(1, 2, 0))

    with pytest.raises(FileRefused, match="more than 100,000 merged cells"):
        ranges.add(MergedRange(1, 2, 0))
