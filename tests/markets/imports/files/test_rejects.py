import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets.imports.fields import CONTACT_FIELDS
from markets.imports.files.rejects import Rejection, RejectsFile
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import FileRefused, TabularFile
from tests.files import csv_file

HEADER = ["Name", "Firm", "Email", "Notes"]
REASONS = ["Rejected: line", "Rejected: code", "Rejected: why"]


def rejects_of(folder, table, *rows, name="refused.csv"):
    """The file of refused rows, read as the next file to import."""
    path = folder / name
    with RejectsFile(path, table) as file:
        file.add([Rejection(line, "no_key", "Nothing, really.", cells) for line, cells in rows])
    return TabularFile(path)


def test_refused_rows_stand_under_their_own_header_and_then_why(tmp_path):
    table = TabularFile(csv_file(tmp_path, "Name;Note", "Ann;=1+1"))

    refused = rejects_of(tmp_path, table, (2, ["Ann", "=1+1"]))

    assert refused.header == ["Name", "Note", *REASONS]
    assert refused.preview() == [(2, ["Ann", "'=1+1", "2", "no_key", "Nothing, really."])]


def test_there_is_no_file_without_refused_rows(tmp_path):
    table = TabularFile(csv_file(tmp_path, "Name", "Ann"))
    path = tmp_path / "refused.csv"

    with RejectsFile(path, table) as file:
        file.add([])
        assert not path.exists()
        file.add([Rejection(2, "no_key", "Nothing.", ["Ann"])])
    assert len(TabularFile(path)) == 1


def test_a_mended_file_is_refused_again_without_its_earlier_reasons(tmp_path):
    table = TabularFile(csv_file(tmp_path, "Name,Note", "Ann,x"))
    once = rejects_of(tmp_path, table, (2, ["Ann", "x"]))

    twice = rejects_of(tmp_path, once, *once, name="again.csv")

    assert (twice.header, list(twice)) == (once.header, list(once))


def test_a_row_with_too_few_cells_is_filled_up_and_one_with_too_many_keeps_them(tmp_path):
    table = TabularFile(csv_file(tmp_path, "Name,Firm", "a", "b,c,d"))
    once = rejects_of(tmp_path, table, *table)
    twice = rejects_of(tmp_path, once, *once, name="again.csv")
    columns = ColumnMapping(once.header, CONTACT_FIELDS)

    assert [cells[:3] for _, cells in once] == [["a", "", "2"], ["b", "c", "d"]]
    assert [bool(columns.width_error(cells)) for _, cells in once] == [False, True]
    assert twice.preview()[1][1][:6] == once.preview()[1][1]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.tuples(st.sampled_from(["", "", "=", "+", "-", "@", "\t", "\r", "'", "''", "'="]), st.text(max_size=9)),
        min_size=4,
        max_size=4,
    )
)
def test_any_cell_is_read_from_the_rejects_as_from_the_file(tmp_path, cells):
    row = ["x" + cells[0][1].replace("\0", ""), *("".join(cell).replace("\0", "") for cell in cells[1:])]
    path = tmp_path / "file.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file).writerows([HEADER, row])
    table = TabularFile(path)
    refused = rejects_of(tmp_path, table, *table)

    ((_, original),) = table
    ((_, again),) = refused
    read_again = ColumnMapping(refused.header, CONTACT_FIELDS).pick(again)
    assert read_again == ColumnMapping(table.header, CONTACT_FIELDS).pick(original)
    assert not [cell for cell in again if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_refused_rows_never_overwrite_the_file_itself(tmp_path):
    table = TabularFile(csv_file(tmp_path, "Name", "Ann"))

    with pytest.raises(FileRefused, match="is the file to be imported"):
        RejectsFile(table.path, table)
    with pytest.raises(FileRefused, match="cannot be written"):
        RejectsFile(tmp_path / "no" / "folder.csv", table)
