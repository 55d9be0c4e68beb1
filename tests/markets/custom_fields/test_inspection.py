import pytest

from markets.custom_fields.inspection import ColumnValues, inspect_people
from markets.imports.fields import CONTACT_FIELDS
from markets.imports.mapping import ColumnMapping
from markets.models import CustomField
from tests.factories import WorkspaceFactory
from tests.importing import new_job


def kind_of(*cells, date_order=""):
    values = ColumnValues(date_order)
    values.add(cells)
    return values.kind


def inspect(workspace, header, *rows, explicit=(), **options):
    columns = ColumnMapping(header, CONTACT_FIELDS, explicit=explicit)
    return inspect_people(new_job(workspace, **options), columns, enumerate(map(list, rows), start=2))


def kinds(found):
    return {each["header"]: each["kind"] for each in found["custom"]}


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2.5", "n/a", "1,000"], "number"),
        (["1", "2", "x"], "text"),
        (["2026-01-31", "2026-02-01"], "date"),
        (["31/01/2026", "05/06/2026"], "date"),
        (["01/31/2026", "05/06/2026"], "date"),
        (["31/01/2026", "01/31/2026"], "text"),
        (["05/06/2026", "06/07/2026"], "text"),
        (["Red", "Blue", "Red"] * 2, "choice"),
        (["Red", "Blue", "Red"], "text"),
        ([f"Team {number % 12}" for number in range(36)], "choice"),
        ([f"Team {number % 13}" for number in range(39)], "text"),
        (["long " * 20] * 9, "text"),
    ],
)
def test_the_whole_column_says_what_it_is(cells, kind):
    assert kind_of(*cells) == kind


def test_dates_in_question_follow_the_order_that_the_user_said():
    assert kind_of("05/06/2026", date_order="dmy") == "date"


def test_columns_that_no_field_takes_are_kept_unless_they_are_empty_or_left_out(workspace):
    header = ["Email", "Size", "Empty", "Secret", "", "Column 6"]

    found = inspect(workspace, header, ["a@x.example", "42", "n/a", "x", "y", "z"], explicit=["Secret="])

    assert kinds(found) == {"Size": "number"}


def test_a_known_field_keeps_its_kind_if_all_values_fit(workspace):
    CustomField.objects.create(workspace=workspace, key="size", name="Shoe size", kind="number")
    CustomField.objects.create(workspace=workspace, key="team", name="Team", kind="choice", choices=["Red", "Blue"])
    header = ["Email", "shoe_size", "Team"]

    fits = inspect(workspace, header, ["a@x.example", "42", "Green"])
    differs = inspect(workspace, header, ["a@x.example", "tall", "Green"])

    assert {each["key"] for each in fits["custom"]} == {"size", "team"}  # found by the new name and by the key
    assert kinds(fits) == {"shoe_size": "number", "Team": "choice"}
    assert kinds(differs) == {"shoe_size": "text", "Team": "choice"}


def test_fields_of_other_workspaces_do_not_count(workspace):
    CustomField.objects.create(workspace=WorkspaceFactory(), key="size", name="Size", kind="text")

    assert kinds(inspect(workspace, ["Email", "Size"], ["a@x.example", "42"])) == {"Size": "number"}


def test_more_than_fifty_are_named_and_not_kept(workspace):
    header = ["Email", *(f"Extra {number}" for number in range(52))]

    found = inspect(workspace, header, ["a@x.example", *["x"] * 52])

    assert len(found["custom"]) == 50
    assert found["custom_left_out"] == ["Extra 50", "Extra 51"]


def test_reading_stops_once_every_column_is_a_text(workspace):
    read = []

    def rows():
        for number in range(100_000):
            read.append(number)
            yield number, ["a@x.example", f"text {number}"]

    columns = ColumnMapping(["Email", "Remark"], CONTACT_FIELDS)
    inspect_people(new_job(workspace), columns, rows())

    assert len(read) < 5000
