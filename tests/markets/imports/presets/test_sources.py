"""What a file was told is remembered, and only then."""

import pytest
from openpyxl import Workbook

from markets.imports.presets.opening import open_file
from markets.models import Contact, ImportJob, ImportPreset, Suppression
from tests.commands import run_command, run_failing
from tests.factories import WorkspaceFactory, member
from tests.files import csv_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def words(market):
    return ["--workspace", market.workspace.slug, "--market", str(market)]


def test_every_import_has_a_source_that_is_made_once_for_a_set_of_headers(tmp_path, words):
    for name, email in (("may.csv", "a@x.example"), ("june.csv", "b@x.example")):
        run_command("import_contacts", csv_file(tmp_path, "Name,Email", f"Ann,{email}", name=name), *words)
    run_command("import_contacts", csv_file(tmp_path, "Name,E-mail 2", "Cy,c@x.example", name="other.csv"), *words)

    assert [job.preset.name for job in ImportJob.objects.order_by("pk")] == ["may.csv", "may.csv", "other.csv"]


def test_a_mapping_that_was_said_once_is_used_for_the_next_file(tmp_path, words):
    first = csv_file(tmp_path, "Ref,Who,House", "1,Ann,Wolf", name="1.csv")
    run_command("import_contacts", first, *words, "--map", "Ref=external_id", "--map", "Who=full_name")

    out = run_command("import_contacts", csv_file(tmp_path, "House,Ref,Who", "Wolf,2,Bob", name="2.csv"), *words)

    assert "With what was said before: 1.csv" in out
    assert Contact.objects.get(full_name="Bob").external_id == "2"


def test_what_is_said_later_replaces_what_was_said_of_that_field(tmp_path, words):
    file = csv_file(tmp_path, "Ref,Code,Email", "1,2,a@x.example")
    run_command("import_contacts", file, *words, "--map", "Ref=external_id", "--map", "Email=")
    run_command("import_contacts", file, *words, "--map", "Code=external_id")

    assert ImportPreset.objects.get().options["map"] == {"Code": "external_id", "Email": ""}


def test_a_dry_run_remembers_nothing(tmp_path, words):
    file = csv_file(tmp_path, "Ref,Email", "1,a@x.example")
    run_command("import_contacts", file, *words, "--map", "Ref=external_id", "--dry-run")

    assert not ImportPreset.objects.exists()


def test_the_meaning_of_a_result_is_asked_once(tmp_path, campaign):
    contact = member(campaign, email="ann@x.example").contact
    words = ["--workspace", campaign.workspace.slug, "--campaign", campaign.name, "--historical"]
    header = "Call ID,Contact,Start time,Outcome"
    file = csv_file(tmp_path, header, f"1,{contact.email},2026-01-05 10:00,Chatted", name="1.csv")

    _, out = run_failing("import_calls", file, *words)
    assert "Chatted" in out
    run_command("import_calls", file, *words, "--result", "Chatted=Future Potential")
    again = csv_file(tmp_path, header, f"2,{contact.email},2026-01-06 10:00,chatted", name="2.csv")
    run_command("import_calls", again, *words)

    assert list(contact.calls.values_list("disposition", flat=True)) == ["future_potential"] * 2


def test_a_preset_can_be_named_and_switched_off(tmp_path, words):
    file = csv_file(tmp_path, "Ref,Email", "1,a@x.example", name="crm.csv")
    run_command("import_contacts", file, *words, "--map", "Ref=external_id")
    other = csv_file(tmp_path, "Ref,Email,Note", "2,b@x.example,x", name="other.csv")

    run_command("import_contacts", other, *words, "--preset", "CRM.csv")
    off = run_command("import_contacts", file, *words, "--preset", "none")
    message, _ = run_failing("import_contacts", file, *words, "--preset", "Oracle")

    assert Contact.objects.get(email="b@x.example").external_id == "2"
    assert ImportJob.objects.filter(preset__name="crm.csv").count() == 3
    assert "Kept as custom fields: Ref" in off
    assert "There is no preset “Oracle” for people. There are: crm.csv" in message


def test_a_file_without_a_header_is_mapped_by_its_content(tmp_path, workspace):
    file = csv_file(tmp_path, "Column 1,Column 2,Column 3", "212,5550142,ann@x.example", "212,5550143,")

    run_command("import_suppressions", file, "--workspace", workspace.slug)

    assert set(Suppression.objects.values_list("phone_e164", "email")) == {
        ("+12125550142", "ann@x.example"),
        ("+12125550143", ""),
    }


def test_where_the_header_is_is_remembered(tmp_path, words):
    top = ["Export of May", "Ref,Who,House", "x,y,z", "Ref,Who,House,Mail"]
    first = csv_file(tmp_path, *top, "1,Ann,Wolf,a@x.example", name="1.csv")
    said = ["--header-line", 4, "--map", "Mail=email", "--map", "Ref=external_id"]
    run_command("import_contacts", first, *words, *said)

    again = csv_file(tmp_path, *top, "2,Bob,Wolf,b@x.example", name="2.csv")
    out = run_command("import_contacts", again, *words)

    assert "With what was said before: 1.csv" in out
    assert set(Contact.objects.values_list("external_id", "email")) == {("1", "a@x.example"), ("2", "b@x.example")}


def test_that_the_first_line_is_data_is_remembered_but_not_the_last_line(tmp_path, words):
    said = ["--no-header", "--map", "Column 1=full_name", "--map", "Column 2=firm", "--last-line", 1]
    run_command("import_contacts", csv_file(tmp_path, "Ann,Wolf", "Total,1", name="1.csv"), *words, *said)

    run_command("import_contacts", csv_file(tmp_path, "Bob,Ray", "Cy,Ray", name="2.csv"), *words)

    assert set(Contact.objects.values_list("full_name", flat=True)) == {"Ann", "Bob", "Cy"}
    assert "last_line" not in ImportPreset.objects.get().options


def test_a_file_with_known_names_is_not_taken_for_one_without_a_header(tmp_path, words):
    said = ["--no-header", "--map", "Column 1=full_name", "--map", "Column 2=firm"]
    run_command("import_contacts", csv_file(tmp_path, "Ann,Wolf", name="1.csv"), *words, *said)

    run_command("import_contacts", csv_file(tmp_path, "Name,Firm", "Bob,Ray", name="2.csv"), *words)

    assert set(Contact.objects.values_list("full_name", flat=True)) == {"Ann", "Bob"}


def test_a_remembered_sheet_is_asked_only_of_workbooks_that_have_it(tmp_path, words):
    book = Workbook()
    book.active.append(["Nothing here"])
    sheet = book.create_sheet("People")
    for row in (["Name", "Email"], ["Ann", "a@x.example"]):
        sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    run_command("import_contacts", tmp_path / "book.xlsx", *words, "--sheet", "People")
    Contact.objects.update(full_name="Anne")

    run_command("import_contacts", tmp_path / "book.xlsx", *words)
    run_command("import_contacts", csv_file(tmp_path, "Name,Email", "Bob,b@x.example"), *words)

    assert set(Contact.objects.values_list("email", flat=True)) == {"a@x.example", "b@x.example"}
    assert set(ImportJob.objects.values_list("rejected", flat=True)) == {0}


def test_a_remembered_header_line_gives_way_to_a_header_that_is_found(tmp_path, words):
    lines = ["Ref,Who,House", "x,y,z", "Name,Email"]
    run_command("import_contacts", csv_file(tmp_path, *lines, "Ann,a@x.example"), *words, "--header-line", 3)

    run_command("import_contacts", csv_file(tmp_path, "Name,Email", "Bob,b@x.example", "Cy,c@x.example"), *words)

    assert Contact.objects.count() == 3


def test_what_another_workspace_remembers_of_a_preset_that_ships_does_not_apply(tmp_path, workspace):
    ImportPreset.objects.create(
        workspace=WorkspaceFactory(),
        kind="people",
        header_key="apollo-contacts",
        name="Ours",
        options={"delimiter": ";"},
    )
    file = csv_file(tmp_path, "Email,First Name", "a@x.example,Ann")

    opened = open_file(file, workspace=workspace, kind="people", said={}, preset="apollo-contacts")

    assert opened.remembered is None
