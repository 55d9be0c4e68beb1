"""Workbooks that are too big, broken or hostile are refused with a sentence."""

import io
import random
import zipfile
from contextlib import suppress

import pytest

from markets.imports.readers import FileRefused, Limits, TabularFile
from tests.markets.imports.readers.workbooks.workbook_helpers import refusal, sheet
from tests.workbooks import handmade, text_cell, text_row, workbook, zipped


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
        ("holiday.jpg", "is a ZIP archive without a table in it"),
    ],
)
def test_other_archives_are_told_apart(tmp_path, part, sentence):
    assert sentence in refusal(zipped(tmp_path, {part: "<a/>"}))


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
