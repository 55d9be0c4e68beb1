import hashlib
import tracemalloc

import pytest

from markets.imports.readers import FileRefused, Limits, TabularFile
from markets.imports.readers.encodings import encoding_label
from tests.files import csv_file, real_file


def rows(path, **options):
    return list(TabularFile(path, **options))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
def test_the_usual_encodings_are_found(tmp_path, encoding):
    table = TabularFile(csv_file(tmp_path, "Name,Firm", "Zoë Müller,Œuvre", "Renée O’Neil,Smith", encoding=encoding))

    assert table.header == ["Name", "Firm"]
    assert list(table) == [(2, ["Zoë Müller", "Œuvre"]), (3, ["Renée O’Neil", "Smith"])]


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("cp1252", "José Núñez;Málaga"),
        ("cp1252", "Ann “Tippy” Lee – Smith;Åre"),
        ("cp1250", "Łukasz Wójcik;Łódź"),
        ("cp1250", "Żaneta Święcicka;Gdańsk"),
        ("cp1251", "Иван Петров;Москва"),
        ("cp1253", "Γιώργος Παπαδόπουλος;Αθήνα"),
        ("shift_jis", "山田太郎;トヨタ自動車"),
        ("gb18030", "王伟;华为技术有限公司"),
        ("big5", "王偉;台灣積體電路"),
        ("euc_kr", "김철수;삼성전자"),
        ("koi8_r", "Иван Петров;Москва"),
    ],
)
def test_an_encoding_is_told_by_what_its_words_look_like(tmp_path, encoding, line):
    plain = ["Ann Lee;Boston"] * 40_000
    table = TabularFile(csv_file(tmp_path, "Name;City", *plain, line, encoding=encoding))

    assert table.preview(1) == [(2, ["Ann Lee", "Boston"])]
    assert list(table)[-1] == (40_002, line.split(";"))
    assert table.format_description == f"CSV, {encoding_label(encoding)}, columns separated by ;"


def test_a_damaged_line_does_not_make_a_file_of_utf_8_something_else(tmp_path):
    path = csv_file(tmp_path, "Name,City", "Ann,Rome", "Zoë,Zürich", "Ann,Malmö")
    path.write_bytes(path.read_bytes() + b"Ren\xe9e,Rome\n")

    with pytest.raises(FileRefused, match=r"Line 5 of file\.csv is not text in UTF-8, though most of the file is"):
        TabularFile(path)
    assert rows(path, encoding="cp1252")[-1] == (5, ["Renée", "Rome"])


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_found_in_the_header(tmp_path, sign):
    table = TabularFile(csv_file(tmp_path, sign.join(["Name", '"Firm, the; one"', "City"]), sign.join("abc")))

    assert table.delimiter == sign
    assert table.header == ["Name", "Firm, the; one", "City"]


@pytest.mark.parametrize(
    "lines",
    [
        ["Email", "a@f.example; b@f.example", "c@f.example; d@f.example"],
        ["Phone", "212 555 0101 | 212 555 0102", "212 555 0103 | 212 555 0104"],
        ["Notes", "one; two", "three; four"],
    ],
)
def test_lists_in_a_column_alone_are_no_columns(tmp_path, lines):
    table = TabularFile(csv_file(tmp_path, *lines))

    assert (table.header, [cells for _, cells in table]) == (lines[:1], [[line] for line in lines[1:]])


def test_the_sign_between_cells_is_found_under_titles(tmp_path):
    table = TabularFile(csv_file(tmp_path, "Targets, all", "Name;Firm;City", "Lee, Ann;Wolf, LLP;Rome"))

    assert table.delimiter == ";"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_line_that_tells_excel_the_sign_is_no_row(tmp_path, encoding):
    table = TabularFile(csv_file(tmp_path, "sep=;", "Name,all;City", "Ann;Rome", encoding=encoding))

    assert (table.delimiter, table.header) == (";", ["Name,all", "City"])
    assert list(table) == [(3, ["Ann", "Rome"])]


@pytest.mark.parametrize("after", ["", ",,"])
def test_the_notes_before_the_header_are_passed_over(tmp_path, after):
    notes = ["Notes:" + after, '"You may notice that some are missing,\nfor one reason, or another."' + after, after]
    table = TabularFile(csv_file(tmp_path, *notes, "First Name,Last Name,Company", "Ann,Lee,Smith"))

    assert table.header == ["First Name", "Last Name", "Company"]
    assert list(table) == list(table.rows()) == [(6, ["Ann", "Lee", "Smith"])]


def test_a_table_says_what_it_found(tmp_path):
    path = csv_file(tmp_path, "Name\tCity", "Zoë\tRome", name="people.tsv")
    table = TabularFile(path)

    assert table.format_description == "CSV, UTF-8, columns separated by tab"
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_reading_goes_on_after_some_rows(tmp_path):
    table = TabularFile(csv_file(tmp_path, "Name", "a", "", "b", " ", "c"))

    assert [list(table.rows(after=count)) for count in (0, 1, 3, 9)] == [
        [(2, ["a"]), (4, ["b"]), (6, ["c"])],
        [(4, ["b"]), (6, ["c"])],
        [],
        [],
    ]
    assert table.preview(2) == [(2, ["a"]), (4, ["b"])]
    assert table.row_count == len(table) == 3


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(rows=2), "people.csv has more than 2 rows. Split it"),
        (Limits(columns=1), "people.csv has 2 columns; at most 1 are read. Delete"),
        (Limits(bytes=1), "people.csv has 0 MB; at most 0 MB are read. Split it"),
    ],
)
def test_a_file_beyond_the_limits_is_refused_with_the_figure(tmp_path, limits, sentence):
    path = csv_file(tmp_path, "Name,City", "a,1", "b,2", "c,3", name="abc123")

    with pytest.raises(FileRefused, match=sentence):
        TabularFile(path, name="people.csv", limits=limits)
    assert len(TabularFile(path, limits=Limits(rows=3, columns=2, bytes=24))) == 3


def test_a_file_is_never_held_in_memory(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"Name,City\n" + b'Ann,"Rome\n"\n' * 60_000)
    tracemalloc.start()

    count = sum(1 for _ in TabularFile(path))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 60_000
    assert peak < 2_000_000


def test_a_given_encoding_and_delimiter_are_taken(tmp_path):
    path = csv_file(tmp_path, "a,b;c", "é,1;2", encoding="cp1252")

    assert rows(path, encoding="cp1252", delimiter=";") == [(2, ["é,1", "2"])]


def test_blank_cells_at_the_end_of_a_row_are_surplus(tmp_path):
    lines = ["Name,Firm,Email", "Ann,Wolf,a@f.example,", "Bob,Wolf,b@f.example,, ,", "Cy,Wolf,c@f.example,x", "Di,Wolf"]

    assert [cells for _, cells in TabularFile(csv_file(tmp_path, *lines))] == [
        ["Ann", "Wolf", "a@f.example"],
        ["Bob", "Wolf", "b@f.example"],
        ["Cy", "Wolf", "c@f.example", "x"],
        ["Di", "Wolf"],
    ]


def test_rows_without_their_last_cells_are_filled_up_if_the_file_has_many(tmp_path):
    full, short = [f"p{n},F,p{n}@f.example,x" for n in range(12)], [f"q{n},F,q{n}@f.example" for n in range(3)]
    widths = [
        {len(cells) for _, cells in TabularFile(csv_file(tmp_path, "Name,Firm,Email,Notes", *lines))}
        for lines in (full + short, full + short[:2])
    ]

    assert widths == [{4}, {3, 4}]


def test_columns_without_a_name_need_not_be_there(tmp_path):
    table = TabularFile(csv_file(tmp_path, "Name,Email,,", "Ann,a@f.example", "Bob,b@f.example,,x"))

    assert [cells for _, cells in table] == [["Ann", "a@f.example", "", ""], ["Bob", "b@f.example", "", "x"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_row_knows_the_line_it_begins_in(tmp_path, end):
    path = csv_file(tmp_path, "a,b", f'"one{end}two",1', "", "x,2", " , ", "y,3", end=end)

    assert [(line, cells[1]) for line, cells in rows(path)] == [(2, "1"), (5, "2"), (7, "3")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n,,\r\n", "is empty"),
        (b"Name\nAnn\nB\0b\n", "Line 3 of file.csv has a NUL sign"),
        (
            b'Name,Firm\nAnn,A\nBob,"B' + b"\n" * 20_000,
            "begins in line 3 of file.csv opens a quotation mark that is never closed",
        ),
        (b"Name\n" + b"x," * 600_000, "Line 2 of file.csv is longer"),
        (b"Name\n" + b'"x\n",' * 300_000, "in line 2 of file.csv is longer than 1,000,000 characters"),
        (b"Name\nAnn\n\xff\xfe\x00\xd8\xff\x81\x8d\n", "Line 3 of file.csv is not text in UTF-8 nor in another"),
        (b"PK\x03\x04 and so on", "is damaged, or not what its name says"),
        (b"\x89PNG\r\n\x1a\n", "is a PNG image"),
        (b"%PDF-1.7", "is a PDF document"),
        (b"  <HTML><table>", "is a web page or an XML document, whatever its name says"),
        (b"BEGIN:VCARD\n", "is a vCard file"),
    ],
)
def test_what_cannot_be_read_is_refused_whole_with_a_sentence(tmp_path, content, sentence):
    path = tmp_path / "file.csv"
    path.write_bytes(content)

    with pytest.raises(FileRefused, match=sentence):
        TabularFile(path)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"encoding": "utf-8"}, "Line 2 of file.csv is not text in utf-8"),
        ({"encoding": "klingon"}, "“klingon” is not an encoding"),
        ({"encoding": "base64"}, "“base64” is not an encoding"),
        ({"delimiter": "ab"}, "cannot separate columns"),
        ({"delimiter": '"'}, "cannot separate columns"),
    ],
)
def test_what_is_asked_for_but_cannot_be_is_refused(tmp_path, options, sentence):
    path = csv_file(tmp_path, "Name", "Zoë", encoding="cp1252")

    with pytest.raises(FileRefused, match=sentence):
        TabularFile(path, **options)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(FileRefused, match="There is no file"):
        TabularFile(tmp_path / "none.csv")
    with pytest.raises(FileRefused, match="is not a file"):
        TabularFile(tmp_path)


def test_the_real_offices_are_read_with_semicolons_and_a_byte_order_mark():
    table = TabularFile(real_file("congress-district-offices.csv"))

    assert (len(table), table.delimiter, table.header[0]) == (1312, ";", "office_id")
