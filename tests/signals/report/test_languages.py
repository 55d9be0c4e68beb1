"""A report is stored in English, and a reader of another language gets its texts composed anew from the numbers."""

import re
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from signals.report.build import build
from signals.report.languages import in_language
from signals.report.presentation import present
from tests.reading import numbers


@pytest.fixture
def url(campaign):
    return reverse("campaigns:report", args=["acme", campaign.pk])


def german(client, url):
    return client.get(url, headers={"accept-language": "de"})


def test_whoever_completes_a_campaign_the_document_is_the_same(campaign):
    english = build(campaign)
    with override("de"):
        document = build(campaign)

    for section in ("summary", "metrics", "next", "outcomes", "signals", "coverage", "about", "times"):
        assert document[section] == english[section]


def test_in_english_the_document_is_as_it_was_frozen(complete):
    document = complete().document
    document["summary"]["sentences"] = ["As it was written then."]

    assert in_language(document) is document


def test_sentences_steps_and_notes_are_composed_in_the_language_of_the_reader(complete):
    document = complete().document
    with override("de"):
        shown = in_language(document)

    sentences = " ".join(shown["summary"]["sentences"])
    assert "4 von 5 Personen wurden angerufen (80,0 %)" in sentences
    assert "1 Termin wurde vereinbart" in sentences
    assert shown["next"]["steps"][0]["text"] == "Bei den 2 Personen nachfassen, die Interesse gezeigt haben."
    notes = {row["name"]: row["own"]["note"] for row in shown["metrics"]["rows"]}
    assert notes["calls_made"] == "0,8 je Person"
    assert notes["coverage"] == "4 von 5 Personen"
    assert "4 of 5 people were called" in " ".join(document["summary"]["sentences"])


def test_the_numbers_of_both_pages_are_the_same(complete, as_viewer, url):
    complete()
    assert [each[:3] for each in numbers(german(as_viewer, url))] == [each[:3] for each in numbers(as_viewer.get(url))]


def test_the_page_has_no_english_sentence(complete, as_viewer, url):
    report = complete()
    text = text_of(german(as_viewer, url))

    assert "Termin vereinbart" in text
    assert "Bewegungsstand" in text
    for parts in present(report.document).sentences:
        assert "".join(part.words for part in parts) not in text
    for words in ("Summary", "Callback owed", "Movement State", "Definitions", "Calls made", "Scheduled"):
        assert words not in text


def text_of(page):
    """What is to be read in the report."""
    report = page.content.decode().partition('<div class="report">')[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", report).split())


def test_the_workbook_is_the_same_in_each_language(complete, as_viewer, url):
    complete()
    english, german_book = (
        as_viewer.get(f"{url}?_export=xlsx", headers={"accept-language": language}).getvalue()
        for language in ("en", "de")
    )

    assert sheets_of(english) == sheets_of(german_book)


def sheets_of(content):
    return [(sheet.title, list(sheet.values)) for sheet in load_workbook(BytesIO(content))]
