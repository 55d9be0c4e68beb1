from zipfile import ZipFile

import pytest

from markets.imports.readers import FileRefused, Limits, TabularFile
from tests.files import csv_file
from tests.workbooks import ods_row, ods_sheet, old_workbook, open_document, workbook, zipped


def packed(folder, path, name="people.zip"):
    target = folder / name
    with ZipFile(target, "w") as archive:
        archive.write(path, path.name)
    return target


def tables(folder):
    rows = ["Name", "Email"], ["Ann", "ann@f.example"]
    return [
        csv_file(folder, *map(",".join, rows)),
        workbook(folder, *rows),
        old_workbook(folder, *rows),
        open_document(folder, ods_sheet(*(ods_row(*row) for row in rows))),
    ]


def test_the_one_table_in_an_archive_is_read_and_nothing_is_left_behind(tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    for path in tables(tmp_path):
        table = TabularFile(packed(tmp_path, path))

        assert list((tmp_path / "temporary").iterdir()) == []
        assert list(table) == list(table) == [(2, ["Ann", "ann@f.example"])]
        assert table.format_description == TabularFile(path).format_description


def test_the_encoding_and_the_limits_hold_for_the_table_inside(tmp_path):
    path = packed(tmp_path, csv_file(tmp_path, "Name;City", *["Zoë;Zürich"] * 500, encoding="cp1252"))

    assert TabularFile(path).preview(1) == [(2, ["Zoë", "Zürich"])]
    with pytest.raises(FileRefused, match="more than 20 rows"):
        TabularFile(path, limits=Limits(rows=20))
    path = zipped(tmp_path, {"people.csv": "Name\n" + "x\n" * 5_000}, "people.zip")
    with pytest.raises(FileRefused, match=r"people.csv in people.zip has 0 MB"):
        TabularFile(path, limits=Limits(bytes=path.stat().st_size))


def test_of_several_tables_none_is_read_and_all_are_named(tmp_path):
    parts = {f"in/{n}.csv": "Name\nAnn" for n in range(7)}

    with pytest.raises(FileRefused, match=r"several tables: “0.csv”, .* “4.csv” and 2 more. Unpack it"):
        TabularFile(zipped(tmp_path, parts, "people.zip"))


def test_what_archivers_add_is_no_table(tmp_path):
    parts = {"__MACOSX/._people.csv": "x", ".hidden.csv": "x", "in/.DS_Store": "x", "in/people.csv": "Name\nAnn"}

    assert list(TabularFile(zipped(tmp_path, parts, "people.zip"))) == [(2, ["Ann"])]
