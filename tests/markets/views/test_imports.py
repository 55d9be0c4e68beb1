"""A file's whole way through the browser: sent, looked at, mapped, checked, imported, mended and undone."""

import csv
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import now

from calls.models import Call
from campaigns.lifecycle.transitions import change_status
from markets.models import Contact, ImportJob, Suppression
from tests.factories import CampaignFactory, ContactFactory, MarketFactory, member, timedelta
from tests.reading import metric
from tests.uploads import import_file, initial_fields, map_and_check, post_file, shown_counts, upload, url, work
from tests.workbooks import workbook


def test_people_come_in_from_a_file(as_manager, market):
    job = upload(as_manager)
    page = as_manager.get(url("map", job.pk))
    assert page.context["preview"][0] == (2, ["ann@f.example", "Ann", "Firm LLP", "38"])
    assert [choice.value() for choice in page.context["form"].columns] == ["email", "full_name", "firm", "custom"]

    checking = as_manager.post(url("map", job.pk), initial_fields(page) | {"market": market.pk}, follow=True)
    assert "Looking at what the import would do" in checking.content.decode()
    work()
    checked = as_manager.get(url("detail", job.pk))
    assert "What the import would do" in checked.content.decode()
    assert (shown_counts(checked, job), Contact.objects.count()) == ([3, 2, 0, 0, 1], 0)

    waiting = as_manager.post(url("start", job.pk), follow=True)
    assert "Waiting for a worker" in waiting.content.decode()
    work()
    done = as_manager.get(url("detail", job.pk))
    assert shown_counts(done, job) == [3, 2, 0, 0, 1]
    assert "“no address” is not an email address" in done.content.decode()
    assert {str(contact) for contact in market.contacts.all()} == {"Ann", "Bob"}
    ContactFactory(workspace=market.workspace)
    assert metric(as_manager.get(reverse("contacts:list", args=["acme"]), {"imported_by": job.pk}), "rows") == 2

    ann = Contact.objects.get(full_name="Ann")
    person = as_manager.get(reverse("contacts:detail", args=["acme", ann.pk])).content.decode()
    assert f'Brought by <a href="{url("detail", job.pk)}">people.csv</a>, line 2' in person


def test_a_workbook_comes_in_like_any_file(as_manager, market, tmp_path):
    path = workbook(tmp_path, ["Email", "Name"], ["ann@f.example", "Ann"], ["no address", "Bob"])
    uploaded = SimpleUploadedFile("people.xlsx", path.read_bytes())

    as_manager.post(url("create"), {"kind": "people", "file": uploaded})
    job = map_and_check(as_manager, ImportJob.objects.get(), market=market.pk)
    as_manager.post(url("start", job.pk))
    work()

    job.refresh_from_db()
    assert job.format_description == "Excel workbook, sheet “People”"
    assert (job.state, job.created, job.rejected) == ("completed", 1, 1)


def test_a_file_without_rows_comes_to_nothing(as_manager, market):
    job = import_file(as_manager, "Email,Name\n", market=market.pk)

    assert (job.state, job.counts["rows"]) == ("completed", 0)
    assert as_manager.get(url("undo", job.pk)).status_code == 200
    as_manager.post(url("undo", job.pk))
    assert "Left as it is" in as_manager.get(url("detail", job.pk)).content.decode()


def test_refused_rows_come_back_as_a_file_that_can_be_sent_again_once_mended(as_manager, market):
    job = import_file(as_manager, market=market.pk)

    answer = as_manager.get(url("rejects", job.pk))
    text = answer.getvalue().decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))

    assert rows[0] == ["Email", "Name", "Firm", "Shoe size", "Rejected: line", "Rejected: code", "Rejected: why"]
    assert rows[1][:6] == ["no address", "Cy", "", "40", "4", "email"]
    assert answer["Content-Disposition"] == 'attachment; filename="people.rejects.csv"'
    again = import_file(as_manager, text.replace("no address", "cy@f.example"), market=market.pk)
    assert (again.state, again.created, again.rejected) == ("completed", 1, 0)


def test_an_import_is_taken_back_after_a_look_at_what_that_means(as_manager, market):
    job = import_file(as_manager, market=market.pk)
    member(CampaignFactory(market=market), email="else@f.example")

    confirmation = as_manager.get(url("undo", job.pk)).content.decode()
    assert "2 whom only this import knew" in confirmation
    assert Contact.objects.count() == 3
    as_manager.post(url("undo", job.pk))
    page = as_manager.get(url("detail", job.pk)).content.decode()

    assert "What was taken back" in page
    assert [contact.email for contact in Contact.objects.all()] == ["else@f.example"]
    again = as_manager.post(url("undo", job.pk), follow=True).content.decode()
    assert "only an ended one is undone" in again


def test_a_dialers_log_comes_in_from_a_file(as_manager, campaign):
    contact = campaign.members.first().contact
    day = now() - timedelta(days=30)
    log = (
        f"Call ID,Email,Start,Result\nc1,{contact.email},{day:%Y-%m-%d} 09:00,No Answer\n"
        f"c2,nobody@x.example,{day:%Y-%m-%d} 10:00,Voicemail\n"
    )

    job = import_file(as_manager, log, kind="calls", campaign=campaign.pk, timezone="Asia/Tokyo")
    page = as_manager.get(url("detail", job.pk))

    assert shown_counts(page, job) == [2, 1, 0, 0, 1]
    assert Call.objects.get().started_at.isoformat() == f"{day:%Y-%m-%d}T00:00:00+00:00"
    as_manager.post(url("undo", job.pk))
    assert Call.objects.get().voided_at


def test_a_do_not_call_list_comes_in_from_a_file(as_manager, campaign):
    contact = campaign.members.first().contact

    job = import_file(as_manager, f"DNC number,Why\n{contact.phone},Asked\n12,Hm\n", kind="suppressions")

    assert (job.state, job.created, job.rejected) == ("completed", 1, 1)
    assert not campaign.members.callable().filter(contact=contact).exists()
    as_manager.post(url("undo", job.pk))
    assert not Suppression.objects.in_force().exists()


def test_who_is_not_to_be_called_is_named(as_manager, market):
    known = ContactFactory(workspace=market.workspace, full_name="Ann", email="ann@f.example")
    market.workspace.suppressions.create(contact=known, reason="Asked")

    job = map_and_check(as_manager, upload(as_manager), market=market.pk)
    page = as_manager.get(url("detail", job.pk))

    assert metric(page, "do_not_call", f"import:{job.pk}") == 1
    assert "On the do-not-call list" in page.content.decode()


def test_what_a_column_is_stays_known_for_files_with_the_same_columns(as_manager, market):
    header = "Shoe size,Email,Note"
    job = upload(as_manager, f"{header}\n38,ann@f.example,x\n")
    columns = {"column-0": "external_id", "column-1": "email", "column-2": "city"}
    map_and_check(as_manager, job, market=market.pk, **columns)

    other_order = upload(as_manager, "email,NOTE,shoe_size\nbob@f.example,y,44\n")
    page = as_manager.get(url("map", other_order.pk))
    other_kind = as_manager.get(url("map", upload(as_manager, f"{header}\n1,a@b.example,y\n", kind="suppressions").pk))

    assert [choice.value() for choice in page.context["form"].columns] == ["email", "city", "external_id"]
    assert [choice.value() for choice in other_kind.context["form"].columns] == ["", "email", "reason"]


def test_the_same_file_again_is_said_and_allowed(as_manager, market):
    first = import_file(as_manager, market=market.pk)

    second = upload(as_manager, name="other name.csv")
    page = as_manager.get(url("map", second.pk)).content.decode()
    assert "already, with 2 created" in page
    assert url("detail", first.pk) in page
    second = map_and_check(as_manager, second, market=market.pk)
    assert (second.dry_run_report["created"], second.dry_run_report["unchanged"]) == (0, 2)


def test_a_link_from_a_campaign_fills_in_where_it_goes(as_manager, campaign):
    answer = post_file(as_manager, query=f"?kind=people&campaign={campaign.pk}")

    form = as_manager.get(answer["Location"]).context["form"]

    assert (form["market"].value(), form["campaign"].value()) == (campaign.market_id, campaign.pk)


@pytest.mark.parametrize("field", ["market", "campaign"])
def test_a_foreign_choice_is_refused_like_an_unknown_one(as_manager, market, field):
    foreign = CampaignFactory(market=MarketFactory(practice_area="Zanzibar"))
    job = upload(as_manager)
    pages = []
    for pk in ((foreign.market if field == "market" else foreign).pk, 2_000_000_000):
        page = as_manager.get(url("map", job.pk))
        answer = as_manager.post(url("map", job.pk), initial_fields(page) | {"market": market.pk, field: pk})
        assert "Zanzibar" not in answer.content.decode()
        pages.append(answer.context["form"].errors)

    assert pages[0] == pages[1]
    assert list(pages[0]) == [field]
    job.refresh_from_db()
    assert (job.state, job.options) == ("draft", {})


def test_the_campaign_is_one_of_the_market_and_not_over(as_manager, campaign, manager):
    other = MarketFactory(workspace=campaign.workspace)
    job = upload(as_manager)
    served = initial_fields(as_manager.get(url("map", job.pk)))

    elsewhere = as_manager.post(url("map", job.pk), served | {"market": other.pk, "campaign": campaign.pk})
    assert "is a campaign of" in elsewhere.content.decode()
    change_status(campaign=campaign, to="completed", by=manager, reason="Done")
    over = as_manager.post(url("map", job.pk), served | {"market": campaign.market_id, "campaign": campaign.pk})
    assert "campaign" in over.context["form"].errors


@pytest.mark.parametrize(
    ("kind", "columns", "sentence"),
    [
        ("people", {"column-0": "", "column-1": "full_name"}, "People are told apart by an external ID"),
        ("people", {"column-0": "email", "column-1": "password"}, "password is not one of the available choices"),
        ("calls", {"column-0": "contact"}, "a call needs all of these"),
        ("suppressions", {"column-0": "reason", "column-1": ""}, "Say which column holds the phone number"),
    ],
)
def test_columns_that_make_no_import_are_refused_with_a_sentence(as_manager, campaign, kind, columns, sentence):
    job = upload(as_manager, "A,B\n1,2\n", kind=kind)

    posted = {"market": campaign.market_id, "campaign": campaign.pk, "on_duplicate": "update", **columns}
    page = as_manager.post(url("map", job.pk), posted)

    assert sentence in page.content.decode()


def test_a_campaign_of_another_workspace_is_not_chosen(as_manager, market):
    job = upload(as_manager)
    own, foreign = CampaignFactory(market=market), CampaignFactory()

    chosen = [
        as_manager.get(url("map", job.pk), {"campaign": each.pk}).context["form"].initial.get("campaign")
        for each in (own, foreign)
    ]

    assert chosen == [own.pk, None]
