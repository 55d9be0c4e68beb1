import pytest

from markets.mapping import PEOPLE, Columns
from markets.reading import FileRefused, Table
from markets.rejects import Rejection, RejectsFile
from tests.files import csv_file, real_file


def rows(path, **options):
    return list(Table(path, **options))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_are_found(tmp_path, encoding):
    table = Table(csv_file(tmp_path, "Name,Firm", "Zoë Müller,Œuvre", encoding=encoding))

    assert table.header == ["Name", "Firm"]
    assert list(table) == [(2, ["Zoë Müller", "Œuvre"])]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_found_in_the_header(tmp_path, sign):
    table = Table(csv_file(tmp_path, sign.join(["Name", '"Firm, the; one"', "City"]), sign.join("abc")))

    assert table.delimiter == sign
    assert table.header == ["Name", "Firm, the; one", "City"]


def test_a_given_encoding_and_delimiter_are_taken(tmp_path):
    path = csv_file(tmp_path, "a,b;c", "é,1;2", encoding="cp1252")

    assert rows(path, encoding="cp1252", delimiter=";") == [(2, ["é,1", "2"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_row_knows_the_line_it_begins_in(tmp_path, end):
    path = csv_file(tmp_path, "a,b", f'"one{end}two",1', "", "x,2", " , ", "y,3", end=end)

    assert [(line, cells[1]) for line, cells in rows(path)] == [(2, "1"), (5, "2"), (7, "3")]


def test_ragged_rows_are_for_the_import_to_refuse(tmp_path):
    table = Table(csv_file(tmp_path, "Name,Firm", "a", "b,c,d"))
    columns = Columns(table.header, PEOPLE)

    assert [columns.misfit(cells) for _, cells in table] == [
        "The row has 1 cells, but the header names 2 columns.",
        "The row has 3 cells, but the header names 2 columns.",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n,,\r\n", "is empty"),
        (b"Name,Email,Name\n", "more than one column named “Name”"),
        (b"Name\nAnn\nB\0b\n", "Line 3 of file.csv has a NUL sign"),
        ("Name\nAnn\n".encode("utf-16-le"), "If it is UTF-16, say so"),
        (
            b'Name,Firm\nAnn,A\nBob,"B\nCy,C\n',
            "begins in line 3 of file.csv opens a quotation mark that is never closed",
        ),
        (b'Name,Firm\nAnn,"A" and B\n', "in line 2 of file.csv goes on after a closing quotation mark"),
        (b'Name,Firm\nAnn,"' + b"x" * 131_073 + b'"\n', "line 2 of file.csv has a cell of more than 131,072"),
        (b"Name\n" + b"x," * 600_000, "Line 2 of file.csv is longer"),
        (b"Name\nAnn\n\x81\n", "Line 3 of file.csv is not text in UTF-8 nor Windows-1252"),
        (b"PK\x03\x04 and so on", "XLSX is not read yet: save it as CSV"),
        (b"\x89PNG\r\n\x1a\n", "is a PNG image"),
    ],
)
def test_what_cannot_be_read_is_refused_whole_with_a_sentence(tmp_path, content, sentence):
    path = tmp_path / "file.csv"
    path.write_bytes(content)

    with pytest.raises(FileRefused, match=sentence):
        Table(path)


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
        Table(path, **options)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(FileRefused, match="There is no file"):
        Table(tmp_path / "none.csv")
    with pytest.raises(FileRefused, match="is not a file"):
        Table(tmp_path)


def test_a_header_that_says_the_same_needs_no_map():
    columns = Columns(["E-Mail", "FULL NAME", "Company name", "Shoe size", ""], PEOPLE)

    assert columns.used == {"E-Mail": "email", "FULL NAME": "full_name", "Company name": "firm"}
    assert columns.unused == ["Shoe size", "column 5, which has no name"]


def test_the_fields_own_name_wins_over_other_names_and_else_the_first():
    columns = Columns(["Mobile", "Phone", "Surname", "Family name"], PEOPLE)

    assert columns.used == {"Phone": "phone", "Surname": "last_name"}
    assert columns.unused == ["Mobile", "Family name"]


def test_what_is_said_wins_over_what_is_guessed():
    columns = Columns(["Email", "Login=mail", "ID"], PEOPLE, explicit=["Login=mail=email", "Email=city"])

    assert columns.used == {"Email": "city", "Login=mail": "email", "ID": "external_id"}
    assert columns.pick(["a", "b", "c"]) == {"city": "a", "email": "b", "external_id": "c"}


@pytest.mark.parametrize(
    ("explicit", "sentence"),
    [
        (["Shoe=email"], "no column “Shoe”. Its columns are: “A”, “B”"),
        (["A=shoe"], "“shoe” is not a field. The fields are: external_id, full_name"),
        (["A=email", "B=email"], "Both “A” and “B” are to be email"),
        (["A=email", "A=phone"], "“A” is to be both email and phone"),
        (["A"], "write “header=field”"),
        ([], "None of the columns is known: “A”, “B”"),
    ],
)
def test_a_map_that_cannot_be_is_refused(explicit, sentence):
    with pytest.raises(FileRefused, match=sentence):
        Columns(["A", "B"], PEOPLE, explicit=explicit)


def test_refused_rows_come_back_as_they_were(tmp_path):
    table = Table(csv_file(tmp_path, "Name;Note", "Ann;=1+1"))
    path = tmp_path / "refused.csv"

    with RejectsFile(path, table) as file:
        assert not path.exists()
        file.add([Rejection(2, "no_key", "Nothing, really.", ["Ann", "=1+1"])])

    assert path.read_text().splitlines() == [
        "line number,code,message,Name,Note",
        '2,no_key,"Nothing, really.",Ann,=1+1',
    ]


def test_refused_rows_never_overwrite_the_file_itself(tmp_path):
    table = Table(csv_file(tmp_path, "Name", "Ann"))

    with pytest.raises(FileRefused, match="is the file to be imported"):
        RejectsFile(table.path, table)
    with pytest.raises(FileRefused, match="cannot be written"):
        RejectsFile(tmp_path / "no" / "folder.csv", table)


def test_the_real_offices_are_read_with_semicolons_and_a_byte_order_mark():
    table = Table(real_file("congress-district-offices.csv"))

    assert (len(table), table.delimiter, table.header[0]) == (1312, ";", "office_id")
