"""The pages of a report: the frozen one, a preview before, versions, the workbook, and what shared links may show."""

from io import BytesIO

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from openpyxl import load_workbook

from calls.log.services import void
from config.ui.formats import percent
from signals.contacts.erasure import erase
from signals.report import presentation
from signals.report.build import build
from signals.report.shape import SECTIONS
from signals.templatetags.reports import FIRST_OPEN, MOST_OPEN, folded, leading
from tests.factories import call, member
from tests.reading import metric, numbers


@pytest.fixture
def url(campaign):
    return reverse("campaigns:report", args=["acme", campaign.pk])


def body(page):
    return page.content.decode()


def book_of(page):
    return load_workbook(BytesIO(page.getvalue()))


def texts_of(page):
    return [str(cell) for sheet in book_of(page) for row in sheet.values for cell in row if cell is not None]


def test_before_completion_the_page_is_a_preview(campaign, as_viewer, url):
    page = as_viewer.get(url)

    assert "Preview: not frozen" in body(page)
    assert metric(page, "calls_made", f"campaign:{campaign.pk}") == 4
    assert "Freeze" not in body(page)


def test_a_preview_is_live_and_the_frozen_report_is_not(campaign, complete, manager, as_viewer, url):
    call(campaign, disposition="no_answer")
    assert metric(as_viewer.get(url), "calls_made", f"campaign:{campaign.pk}") == 5
    complete()
    void(call=campaign.calls.first(), by=manager, reason="Twice in the log")

    page = as_viewer.get(url)

    assert metric(page, "calls_made", f"campaign:{campaign.pk}") == 5
    assert "1 change since this" in " ".join(body(page).split())
    assert "Twice in the log" in body(page)


def test_outcomes_of_meetings_have_their_order_whatever_order_the_database_gives_the_document(campaign):
    document = build(campaign)
    counts = {"No-show": 1, "Held": 2, "Scheduled": 3}
    document["meetings"] |= {"total": 6, "counts": counts}

    shown = presentation.present(document, SECTIONS, shows_people=False)

    assert shown.meeting_counts == [("Scheduled", 3), ("Held", 2), ("No-show", 1)]


def test_every_number_opens_as_many_rows(campaign, as_viewer, url):
    shown = [
        each for each in numbers(as_viewer.get(url)) if each[1] in ("contact_count", "calls_made", "meetings_booked")
    ]

    assert shown
    for _, _, value, href in shown:
        rows = {count for _, name, count, _ in numbers(as_viewer.get(href)) if name == "rows"}
        assert rows == {value}


def test_a_campaign_completed_without_a_report_can_be_frozen_by_a_manager(campaign, complete, as_manager, url):
    complete().delete()
    assert "completed before reports were frozen" in body(as_manager.get(url))

    page = as_manager.post(reverse("campaigns:report_freeze", args=["acme", campaign.pk]), follow=True)

    assert "Version 1 of the report is frozen." in body(page)
    assert "version 1, frozen" in body(page)


def test_a_second_version_is_shown_and_the_first_stays(campaign, complete, as_manager, manager, url):
    complete()
    void(call=campaign.calls.first(), by=manager, reason="Twice in the log")
    as_manager.post(reverse("campaigns:report_freeze", args=["acme", campaign.pk]))

    made = [
        metric(as_manager.get(page), "calls_made", f"campaign:{campaign.pk}") for page in (url, f"{url}2/", f"{url}1/")
    ]

    assert made == [3, 3, 4]
    assert as_manager.get(f"{url}3/").status_code == 404


def test_an_active_campaign_is_not_frozen_by_hand(campaign, as_manager):
    page = as_manager.post(reverse("campaigns:report_freeze", args=["acme", campaign.pk]), follow=True)

    assert "isn't completed yet" in body(page).replace("&#x27;", "'")
    assert not campaign.reports.exists()


def test_who_is_erased_is_on_no_page_and_in_no_workbook(campaign, complete, person, as_viewer, url):
    complete()
    assert "Ada Booker" in body(as_viewer.get(url))
    assert "Ada Booker" in texts_of(as_viewer.get(f"{url}?_export=xlsx"))

    erase(contact=person("Ada Booker"), by=None, reason="Asked by letter")

    page, texts = as_viewer.get(url), texts_of(as_viewer.get(f"{url}?_export=xlsx"))
    for word in ("Ada", "Booker", "by spring"):
        assert word not in body(page)
        assert not [text for text in texts if word in text]
    assert "Erased person" in body(page)
    assert metric(page, "meetings_booked", f"campaign:{campaign.pk}") == 1


def test_the_workbook_has_a_sheet_for_each_table_with_all_rows(campaign, as_viewer, url, monkeypatch):
    monkeypatch.setattr(presentation, "MOST_SHOWN", 1)
    for _ in range(3):
        member(campaign)

    book = book_of(as_viewer.get(f"{url}?_export=xlsx"))

    assert book.sheetnames[:3] == ["Summary", "Key numbers", "Definitions"]
    assert len(list(book["Who is left"].values)) == 1 + 5


def test_a_formula_in_a_name_stays_text(campaign, as_viewer, url):
    member(campaign, full_name='=HYPERLINK("http://evil.example")')

    sheet = book_of(as_viewer.get(f"{url}?_export=xlsx"))["Who is left"]

    cell = next(cell for row in sheet for cell in row if "evil" in str(cell.value))
    assert cell.data_type == "s"
    assert cell.quotePrefix


def rendered(document, sections=tuple(SECTIONS), *, shows_people):
    context = {"document": document, "sections": sections, "shows_people": shows_people}
    return render_to_string("reports/document.html", context)


def test_the_document_without_people_names_nobody(campaign):
    document = build(campaign)
    names = [person["name"] for person in document["people"].values()]

    html = rendered(document, shows_people=False)

    assert not [each for each in [*names, "by spring"] if each in html]
    assert "2 people showed interest" in " ".join(html.split())
    assert [each for each in names if each in rendered(document, shows_people=True)]


def test_only_the_chosen_sections_are_rendered(campaign):
    html = rendered(build(campaign), ["metrics", "outcomes"], shows_people=True)

    assert 'id="report-metrics"' in html
    assert 'id="report-interest"' not in html
    assert "Ada Booker" not in html


def test_a_shared_document_links_to_nothing(campaign):
    html = rendered(build(campaign), shows_people=True)

    assert "href=" not in html


def test_a_long_list_says_how_many_more_there_are(campaign, as_viewer, url, monkeypatch):
    from signals.templatetags import reports

    monkeypatch.setattr(reports, "MOST_SHOWN", 1)

    assert "And 1 more, all of them in the spreadsheet." in " ".join(body(as_viewer.get(url)).split())


def test_a_rate_without_calls_is_a_dash(market, as_viewer):
    from tests.factories import active_campaign

    campaign = active_campaign(market=market, workspace=market.workspace)

    page = as_viewer.get(reverse("campaigns:report", args=["acme", campaign.pk]))

    assert metric(page, "connection_rate", f"campaign:{campaign.pk}") is None
    assert percent(None) in body(page)


def test_the_page_of_a_frozen_report_takes_a_constant_number_of_statements(
    campaign, complete, manager, as_manager, url, django_assert_max_num_queries
):
    complete()
    for made in campaign.calls.all():
        void(call=made, by=manager, reason=f"Reason {made.pk}")
    as_manager.get(url)

    with django_assert_max_num_queries(25):
        page = as_manager.get(url)

    assert "5 changes since this" in " ".join(body(page).split())


@pytest.mark.parametrize("count", [0, MOST_OPEN, MOST_OPEN + 1, presentation.MOST_SHOWN, presentation.MOST_SHOWN + 1])
def test_a_long_list_folds_after_its_first_rows_and_loses_none(count):
    rows = list(range(count))

    assert leading(rows) + folded(rows) == rows[: presentation.MOST_SHOWN]
    assert len(leading(rows)) == (count if count <= MOST_OPEN else FIRST_OPEN)
