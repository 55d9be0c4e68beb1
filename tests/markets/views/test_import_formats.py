"""How a draft's file is read: the user can say where its table is, and what the words of a dialer mean."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from calls.models import Call
from markets.models import ImportJob, ImportPreset
from tests.factories import member
from tests.reading import metric
from tests.uploads import import_file, initial_fields, map_and_check, upload, url, work
from tests.workbooks import saved

SALESFORCE = (
    '"Partners in reach"\n"As of 2026-11-27 09:10"\n\n"Filtered By"\n"Show: All accounts"\n\n'
    '"First Name","Last Name","Account Name","Title","Email","Phone"\n'
    '"Ann","Lee","Wolf LLP","Partner","ann@w.example","(212) 555-0142"\n'
    '"Bob","Ray","Wolf LLP","Counsel","bob@w.example","not known yet"\n\n\n'
    '"Partners in reach"\n"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'
)


def test_a_report_with_lines_around_its_table_is_read_as_it_is(as_manager, market):
    job = import_file(as_manager, SALESFORCE, name="report.csv", market=market.pk)

    page = as_manager.get(url("detail", job.pk))
    text = page.content.decode()
    assert (job.created, job.rejected, metric(page, "incomplete")) == (2, 0, 1)
    assert "Lines outside the table" in text
    assert "salesforce.com, inc." in text
    assert "not known yet" in text
    assert "Recognised: Salesforce" in as_manager.get(url("map", upload(as_manager, SALESFORCE).pk)).content.decode()


def test_all_notes_of_an_import_are_a_list_that_can_be_filtered_and_exported(as_manager, market):
    job = import_file(as_manager, SALESFORCE, name="report.csv", market=market.pk)

    assert metric(as_manager.get(url("notes", job.pk)), "rows") == 1
    assert metric(as_manager.get(url("notes", job.pk) + "?kind=disagreement"), "rows") == 0
    export = b"".join(as_manager.get(url("notes", job.pk) + "?_export=csv")).decode("utf-8-sig")
    assert "not known yet" in export


def test_the_header_line_can_be_said(as_manager):
    job = upload(as_manager, "Email,Name\nx,y\nEmail,Firm\nann@f.example,Firm LLP\n")

    as_manager.post(url("reread", job.pk), {"header_line": "3"})

    job.refresh_from_db()
    assert (job.header, job.row_count) == (["Email", "Firm"], 1)


def test_a_first_line_that_is_data_can_be_said(as_manager):
    job = upload(as_manager, "Email,Name\nann@f.example,Ann\n")

    as_manager.post(url("reread", job.pk), {"no_header": "on"})

    job.refresh_from_db()
    assert (job.header, job.row_count) == (["Column 1", "Column 2"], 2)


def test_the_sheet_of_a_workbook_can_be_chosen(as_manager, tmp_path):
    book = Workbook()
    for name, email in (("Partners", "ann@f.example"), ("Associates", "bob@f.example")):
        sheet = book.create_sheet(name)
        sheet.append(["Email"])
        sheet.append([email])
    del book["Sheet"]
    content = saved(tmp_path, book).read_bytes()
    as_manager.post(url("create"), {"kind": "people", "file": SimpleUploadedFile("book.xlsx", content)})
    job = ImportJob.objects.get()
    page = as_manager.get(url("map", job.pk))
    assert [name for name, _ in page.context["file_format"]["sheet"].field.choices] == ["", "Partners", "Associates"]

    as_manager.post(url("reread", job.pk), {"sheet": "Associates"})

    job.refresh_from_db()
    assert "sheet “Associates”" in job.format_description


@pytest.mark.parametrize(
    "said",
    [{"header_line": "0"}, {"header_line": "x"}, {"header_lines": "9"}, {"last_line": "-1"}, {"delimiter": "x"}],
)
def test_a_place_that_cannot_be_is_refused_and_the_file_read_as_before(as_manager, said):
    job = upload(as_manager)

    page = as_manager.post(url("reread", job.pk), said, follow=True).content.decode()

    before = job.header
    job.refresh_from_db()
    assert job.header == before
    assert "The file is read as before." in page


def log(campaign, *results):
    person = member(campaign).contact
    started = campaign.status_changes.latest("pk").changed_at.isoformat()
    lines = [f"id{place},{person.email},{started},{result}" for place, result in enumerate(results)]
    return "\n".join(["Call ID,Contact,Started at,Result", *lines]) + "\n"


def test_a_word_that_means_nothing_yet_is_asked_once_and_remembered(as_manager, campaign):
    job = upload(as_manager, log(campaign, "Connected", "No answer"), kind="calls", name="log.csv")
    page = as_manager.get(url("map", job.pk))
    assert page.context["form"]["result-connected"].label == "“Connected” means"

    map_and_check(as_manager, job, campaign=campaign.pk, **{"result-connected": "future_potential"})
    as_manager.post(url("start", job.pk))
    work()

    assert sorted(Call.objects.values_list("disposition", flat=True)) == ["future_potential", "no_answer"]
    assert ImportPreset.objects.get().options["results"] == {"Connected": "future_potential"}
    again = upload(as_manager, log(campaign, "Connected"), kind="calls", name="log.csv")
    fields = initial_fields(as_manager.get(url("map", again.pk)))
    assert "result-connected" not in fields
    assert fields["results"] == "Connected = Future Potential"


def test_a_word_of_a_later_row_is_asked_for_too(as_manager, campaign):
    job = upload(as_manager, log(campaign, *["No answer"] * 60, "Spoke"), kind="calls")

    assert list(as_manager.get(url("map", job.pk)).context["form"].unknown.values()) == ["Spoke"]


def test_the_order_of_day_and_month_can_be_said(as_manager, campaign):
    person = member(campaign).contact
    content = f"Call ID,Contact,Started at,Result\nx,{person.email},02/03/2026 10:00,No answer\n"
    job = map_and_check(
        as_manager, upload(as_manager, content, kind="calls"), campaign=campaign.pk, historical="on", date_order="dmy"
    )

    assert job.dry_run_report["created"] == 1


def test_the_only_campaign_is_chosen_already(as_manager, campaign):
    job = upload(as_manager, log(campaign, "No answer"), kind="calls")

    assert as_manager.get(url("map", job.pk)).context["form"]["campaign"].value() == campaign.pk
