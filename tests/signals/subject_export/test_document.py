"""A person's export has all that is known of them, and nothing about others."""

import json
import re

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from django.urls import reverse
from django.utils.timezone import now

from config.ui.dates import full_moment
from markets.models import AuditEvent, Contact
from signals.contacts.erasure import erase
from signals.subject_export.document import export_person
from signals.subject_export.sections import SECTIONS
from tests.commands import last_line, run_command, run_failing
from tests.factories import ContactFactory, WorkspaceFactory, active_campaign, call, member_of
from tests.signals.contacts.erasure_data import PERSON
from tests.signals.contacts.test_erasure import add_one_row_of_each_kind
from tests.signals.contacts.test_erasure_campaign_life import write_everywhere

ELSEWHERE = {
    "markets.NotDuplicate": "ids of two contacts",
    "markets.WebhookEvent": "ids of what the sections have, kept for 30 days",
    "markets.ErasedKey": "made by the erasure, for nobody who is known",
}
"""Models with a key to a contact that no section has, and why."""


@pytest.fixture
def export(campaign, zelda, manager, ops):
    reported = active_campaign(market=campaign.market)
    member_of(reported, zelda)
    write_everywhere(reported, zelda, manager)
    add_one_row_of_each_kind(campaign, zelda, ops)
    bob = ContactFactory(workspace=campaign.workspace, full_name="Bob Stone", email="bob@stone.example")
    member_of(campaign, bob)
    call(campaign, bob, notes="Bob knows a secret of Zelda Quarrington")
    Contact.objects.filter(pk=zelda.pk).update(custom={"address": "42 Elmwood Crescent"})
    zelda.refresh_from_db()
    return export_person(zelda, by=manager)


def test_every_kind_of_row_about_the_person_is_in_it(export):
    empty = {section.title for section in export.sections if not section.rows}

    assert empty == {
        *("Chosen for campaigns", "Selected on lists", "Bulk actions"),
        *("Tags", "Reports of dialers about calls", "Erasures"),
    }


@pytest.mark.parametrize(
    "word",
    [
        *(PERSON["full_name"], PERSON["email"], PERSON["phone"], PERSON["city"], "42 Elmwood Crescent", "Zeldie"),
        *("Zelda likes coffee", "Ms Quarrington said so", "Zelda is keen to meet", "OLD-QUARRY", "Zelda's number"),
        *("Zelda rang back", "Meeting Booked", "Ongoing coverage", "Firm is Quarrington", "Zelda again"),
    ],
)
def test_what_is_known_is_in_both_forms(export, word):
    assert word in export.as_json()
    assert word.replace("'", "&#x27;") in export.as_page()


def test_to_read_it_is_in_the_language_of_the_page_and_as_data_the_same_in_each(as_manager, zelda):
    url = reverse("contacts:all", args=["acme", zelda.pk])
    english, german = ({"accept-language": language} for language in ("en", "de"))

    data = [json.loads(as_manager.get(f"{url}?as=json", headers=language).content) for language in (english, german)]
    assert data[0].keys() == data[1].keys()
    assert data[0]["Person"] == data[1]["Person"]
    assert "<h2>Prüfprotokoll</h2>" in as_manager.get(url, headers=german).content.decode()


def test_to_read_it_has_days_and_answers_as_on_other_pages(export):
    page = export.as_page()

    assert f"<dt>Added at</dt><dd>{full_moment(now())[:11]}" in page
    assert "<dd>address: 42 Elmwood Crescent</dd>" in page
    assert "<dd>No</dd>" in page
    assert not re.search("<dd>(True|False)</dd>|[ap][.]m[.]", page)


def test_what_the_database_makes_of_it_for_searches_is_not_in_it(export):
    assert "Search text" not in export.as_json()
    assert "Search text" not in export.as_page()


def test_nothing_about_other_people_is_in_it(export):
    assert "Bob" not in export.as_json()


def test_every_model_that_points_to_a_contact_has_a_section_or_a_reason():
    contact = Contact(pk=1, workspace_id=1, full_name="Somebody")
    covered = {Contact, *(apps.get_model(label) for label in ELSEWHERE)}
    for section in SECTIONS:
        rows = section.rows.__closure__
        covered |= {cell.cell_contents for cell in rows or () if isinstance(cell.cell_contents, type)}
    covered |= {apps.get_model("markets", name) for name in ("Suppression", "OffLimits", "ImportRejection")}
    pointing = {
        model
        for model in apps.get_models()
        if any(isinstance(field, ForeignKey) and field.related_model is Contact for field in model._meta.fields)
    }

    assert pointing - covered == set()
    assert contact.full_name


def test_the_export_is_recorded_without_saying_what_was_in_it(export, manager, zelda):
    event = AuditEvent.objects.get(action="contact_exported")

    assert (event.user, event.subject_id) == (manager, zelda.pk)
    assert event.details["Person"] == 1
    assert "uarrin" not in json.dumps([event.summary, event.details])


def test_a_manager_reads_it_and_downloads_it(as_manager, export, zelda):
    url = reverse("contacts:all", args=["acme", zelda.pk])
    page = as_manager.get(url).content.decode()
    download = as_manager.get(url, {"as": "json"})

    assert "Zelda likes coffee" in page
    assert json.loads(download.content)["Person"][0]["Full name"] == "Zelda Quarrington"
    assert f'filename="contact-{zelda.pk}.json"' in download["Content-Disposition"]
    assert url in as_manager.get(reverse("contacts:detail", args=["acme", zelda.pk])).content.decode()


def test_the_command_writes_both_files(tmp_path, export, zelda):
    out = run_command("export_contact", zelda.pk, "--workspace", "acme", "--folder", tmp_path, "--format", "json")

    data, page = (tmp_path / name for name in (f"contact-{zelda.pk}.json", f"contact-{zelda.pk}.html"))
    assert last_line(out)["files"] == [str(data), str(page)]
    assert json.loads(data.read_text())["Person"][0]["City"] == "Quarringtown"
    assert "Zelda Quarrington" in page.read_text()
    assert data.stat().st_mode & 0o777 == 0o600


def test_the_command_refuses_people_of_other_workspaces(zelda, tmp_path):
    WorkspaceFactory(slug="other")

    error, _ = run_failing("export_contact", zelda.pk, "--workspace", "other")
    assert "There is no contact" in error
    error, _ = run_failing("export_contact", zelda.pk, "--workspace", "acme", "--folder", tmp_path / "none")
    assert "There is no folder" in error


def test_of_an_erased_person_nothing_is_left_to_export(export, zelda):
    erase(contact=zelda, by=None, reason="Request 204")

    text = export_person(zelda, by=None).as_json().lower()

    assert "zelda" not in text
    assert "quarrin" not in text
