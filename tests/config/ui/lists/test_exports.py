import csv
import io
import tracemalloc
from datetime import UTC, datetime
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
import time_machine
from django.db import models
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from calls.ingest.times.moments import MomentParser
from campaigns.models import CampaignContact
from campaigns.tables import MemberTable
from config.ui.lists.exports import BATCH, ExportRefused, csv_response, values, xlsx_response
from markets.contacts.normalization import FIELDS, clean_text, normalise
from markets.imports.fields import CONTACT_FIELDS
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import TabularFile
from markets.models import Contact
from markets.tables import ContactTable
from tests.access_rows import CANARY, ROWS, url_of
from tests.factories import CampaignFactory, ContactFactory, active_campaign, call
from tests.firms import firm

KINDS = {"csv": csv_response, "xlsx": xlsx_response}
EXPORTED = ("full_name", "firm", "title", "seniority", "city", "phone", "email", "external_id")


def content(response):
    """What is downloaded, whole. Without a client nobody closes the file; the response would close the database too."""
    body = response.getvalue()
    if getattr(response, "file_to_stream", None):
        response.file_to_stream.close()
    return body


def people_table(workspace):
    return ContactTable(workspace.contacts.order_by("pk"), workspace=workspace)


def reimported(folder, workspace, kind):
    """The contacts of a workspace, exported and read again as an import reads them."""
    path = folder / f"export.{kind}"
    path.write_bytes(content(KINDS[kind](people_table(workspace))))
    table = TabularFile(path)
    columns = ColumnMapping(table.header, CONTACT_FIELDS)
    assert not any(columns.width_error(cells) for _, cells in table)
    return [normalise(columns.pick(cells), region=workspace.phone_region).fields for _, cells in table]


def stored_contacts(workspace):
    people = workspace.contacts.order_by("pk").values(*EXPORTED, "name_key", "phone_e164")
    return [{name: value for name, value in person.items() if value} for person in people]


def text(longest):
    """Text as it may be stored, and often as a spreadsheet would run it."""
    starts = st.sampled_from(["", "", "", "=", "+", "-", "@", "\t", "'", "''", "'=", "_x0041_", "٣", "1E9", "007"])
    rest = st.text(st.characters(codec="utf-8"), max_size=longest - 10)
    return st.builds(lambda start, rest: clean_text(start + rest), starts, rest)


person = st.fixed_dictionaries({name: text(40) for name in ("full_name", "firm", "title", "seniority", "city")})


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(person, min_size=1, max_size=4))
def test_what_is_exported_is_imported_as_it_was(tmp_path, workspace, kind, people):
    workspace.contacts.all().delete()
    for number, fields in enumerate(people):
        kept = normalise(
            fields | {"external_id": f"'={number}", "phone": f"+1 212 555 010{number}"}, region="US"
        ).fields
        Contact.objects.create(workspace=workspace, **kept)

    assert reimported(tmp_path, workspace, kind) == stored_contacts(workspace)


@pytest.mark.parametrize("kind", KINDS)
def test_every_exported_field_of_a_person_is_one_that_imports_know(workspace, kind, tmp_path):
    fields = {name: f"{name} of Ann" for name in EXPORTED} | {"email": "ann@people.example", "phone": "212 555 0100"}
    ContactFactory(workspace=workspace, **fields)

    assert reimported(tmp_path, workspace, kind) == stored_contacts(workspace)
    assert set(EXPORTED) <= set(FIELDS)


@time_machine.travel(datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
@pytest.mark.parametrize(("kind", "day"), [("csv", "2026-11-23"), ("xlsx", "2026-11-23")])
def test_a_download_is_named_for_its_list_its_workspace_and_the_day_there(workspace, kind, day):
    workspace.timezone = "America/New_York"

    response = KINDS[kind](people_table(workspace))

    assert response["Content-Disposition"] == f'attachment; filename="contacts-acme-{day}.{kind}"'
    content(response)


def test_text_in_a_workbook_is_never_a_formula_even_when_edited(workspace):
    ContactFactory(workspace=workspace, full_name="=SUM(1)", firm="+1", title="http://x.example", external_id="007")

    book = load_workbook(io.BytesIO(content(xlsx_response(people_table(workspace)))))

    cells = {cell.value: cell for cell in book.active[2]}
    assert {"=SUM(1)", "+1", "http://x.example", "007"} <= cells.keys()
    assert {cell.data_type for cell in cells.values()} <= {"s", "n"}
    assert [cells[each].quotePrefix for each in ("=SUM(1)", "+1", "007")] == [True, True, False]


def test_a_text_too_long_for_a_sheet_says_that_it_was_cut(as_viewer, workspace):
    notes = "x" * 40_000
    call(active_campaign(1, market__workspace=workspace), notes=notes)

    url = reverse("calls:list", args=["acme"])
    book = load_workbook(io.BytesIO(content(as_viewer.get(url, {"_export": "xlsx"}))))
    lines = content(as_viewer.get(url, {"_export": "csv"})).decode()

    cell = next(str(cell.value) for cell in book.active[2] if str(cell.value).startswith("xxx"))
    assert len(cell) < 32_767
    assert cell.endswith("… (cut here; the CSV export has all 40,000 characters)")
    assert notes in lines


@pytest.mark.parametrize("kind", KINDS)
def test_moments_are_exported_as_imports_read_them(as_viewer, workspace, kind, tmp_path):
    made = call(active_campaign(1, market__workspace=workspace), started_at=datetime(2026, 3, 1, 9, 30, 5, tzinfo=UTC))
    path = tmp_path / "calls"
    path.write_bytes(content(as_viewer.get(reverse("calls:list", args=["acme"]), {"_export": kind})))

    table = TabularFile(path)
    ((_, cells),) = table

    moment = cells[table.header.index("Started")]
    assert moment == "2026-03-01 09:30:05+00:00"
    assert MomentParser(workspace.zone).parse(moment) == made.started_at


def test_a_list_that_no_sheet_holds_is_told_so():
    too_long = SimpleNamespace(data=SimpleNamespace(data=SimpleNamespace(count=lambda: 1_048_576)), filterset=None)

    with pytest.raises(ExportRefused, match="has 1,048,576 rows, and a sheet of Excel holds 1,048,575 below"):
        xlsx_response(too_long)


@pytest.fixture
def many(workspace):
    """A campaign with over two batches of people."""
    campaign = CampaignFactory(market__workspace=workspace)
    people = [Contact(workspace=workspace, full_name=f"P{n}", external_id=f"{n}") for n in range(BATCH * 2 + 10)]
    Contact.objects.bulk_create(people)
    CampaignContact.objects.bulk_create(
        CampaignContact(workspace=workspace, campaign=campaign, contact=contact) for contact in people
    )
    return campaign


def member_table(members):
    return MemberTable(members, workspace=members[0].workspace, can_call=False, can_manage=False)


def test_what_belongs_to_the_rows_is_fetched_once_for_many(many, django_assert_num_queries):
    table = member_table(many.members.order_by("pk").fetch_mode(models.FETCH_PEERS))

    with django_assert_num_queries(4):  # the rows, and the people of each batch
        names = [row[0] for row in values(table)]

    assert len(names) == BATCH * 2 + 11
    assert str(names[1]) == "P0"


def test_an_export_holds_some_rows_only(many):
    def peak(count):
        members = many.members.order_by("pk").filter(contact__external_id__in=map(str, range(count)))
        lines = csv_response(member_table(members.fetch_mode(models.FETCH_PEERS))).streaming_content
        tracemalloc.start()
        size = sum(map(len, lines))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return size, most

    peak(10)
    (some, at_most), (twice, still_at_most) = peak(BATCH), peak(BATCH * 2)
    assert twice > some * 1.9
    assert still_at_most < at_most * 1.4


NOBODY_TO_SHOW = {"campaigns:choose", "campaigns:queue", "signals:rules"}
"""Nobody of the firm is left to choose or to call, and rules are the portal's own words."""


def test_nothing_of_another_workspace_is_in_a_workbook(client, db):
    ours, _ = firm("Lisbon", "ours"), firm(CANARY, "theirs")
    client.force_login(ours.manager)
    for row in [row for row in ROWS if "GET" in row.methods]:
        page = client.get(url_of(row, "ours", ours.ids) + "?_export=xlsx")

        body = content(page)
        is_workbook = "spreadsheetml" in page["Content-Type"]
        shown = unzipped(body) if is_workbook else body.decode()
        assert is_workbook or not row.name.endswith(":list")
        assert CANARY not in shown, row.name
        if is_workbook and row.name not in NOBODY_TO_SHOW:
            assert "Lisbon" in shown, f"{row.name} has nothing of its own either, so the test could not fail"


def unzipped(body):
    with ZipFile(io.BytesIO(body)) as archive:
        return "".join(archive.read(part).decode() for part in archive.namelist())


def test_an_export_has_the_rows_of_the_filter_in_their_order(as_viewer, workspace):
    for name in ("Ann Lee", "Bob Lee", "Cy Wood"):
        ContactFactory(workspace=workspace, full_name=name)
    query = {"q": "Lee", "sort": "-full_name"}
    url = reverse("contacts:list", args=["acme"])

    lines = content(as_viewer.get(url, query | {"_export": "csv"})).decode().splitlines()
    book = load_workbook(io.BytesIO(content(as_viewer.get(url, query | {"_export": "xlsx"}))))

    assert [row[0] for row in csv.reader(lines)] == ["Name", "Bob Lee", "Ann Lee"]
    assert [row[0] for row in book.active.values] == ["Name", "Bob Lee", "Ann Lee"]


def test_a_filter_that_cannot_be_read_is_not_exported(as_viewer, workspace):
    page = as_viewer.get(reverse("calls:list", args=["acme"]), {"from": "2026-02-30", "_export": "xlsx"})

    assert page.status_code == 400
    assert "cannot be filtered by" in page.content.decode()
    assert "There is no export" not in page.content.decode()


def test_a_list_offers_both_kinds(as_viewer, workspace):
    page = as_viewer.get(reverse("contacts:list", args=["acme"]), {"q": "Lee"}).content.decode()

    assert "?q=Lee&amp;_export=csv" in page
    assert "?q=Lee&amp;_export=xlsx" in page
