import re

import pytest
from django.urls import reverse

from markets.models import AuditAction, AuditEvent, Contact
from tests.edits import edit
from tests.factories import ContactFactory
from tests.forms import edit_form

LIST = "/w/acme/contacts/?columns=firm"


@pytest.fixture
def ann(workspace):
    return ContactFactory(
        workspace=workspace, full_name="Ann Vale", firm="Vale LLP", title="Partner", email="ann@v.example", city="Oslo"
    )


def url(contact):
    return reverse("contacts:quick_edit", args=["acme", contact.pk])


def shown(client, contact, **extra):
    return edit_form(client.get(url(contact), {"next": LIST}, **extra))


def test_firm_title_and_number_are_edited_and_the_rest_stays(as_manager, ann):
    answer = as_manager.post(url(ann), shown(as_manager, ann) | {"firm": "Stone LLP", "phone": "(212) 555-0188"})

    assert answer.url == LIST
    changed = Contact.objects.get(pk=ann.pk)
    assert (changed.firm, changed.title, changed.phone_e164) == ("Stone LLP", "Partner", "+12125550188")
    assert (changed.full_name, changed.email, changed.city) == ("Ann Vale", "ann@v.example", "Oslo")


def test_the_first_field_has_the_focus(as_manager, ann):
    page = as_manager.get(url(ann), {"next": LIST}).content.decode()

    assert re.search(r'<input[^>]*name="firm"[^>]*autofocus', page)
    assert page.count("autofocus") == 1


def test_a_person_has_given_what_they_edited(as_manager, manager, ann):
    as_manager.post(url(ann), shown(as_manager, ann) | {"firm": "Stone LLP"})

    change = ann.changes.get()
    assert (change.changed_by, change.before["firm"], change.after["firm"]) == (manager, "Vale LLP", "Stone LLP")
    assert set(change.after) == {"firm"}
    assert Contact.objects.get(pk=ann.pk).person_fields
    assert "Stone" not in str(AuditEvent.objects.filter(action=AuditAction.CONTACT_CHANGED).values())


def test_nobody_overwrites_what_they_have_not_seen(as_manager, caller, ann):
    form = shown(as_manager, ann)
    edit(ann, caller, firm="Third LLP")

    answer = as_manager.post(url(ann), form | {"firm": "Stone LLP"})

    assert answer.status_code == 409
    (conflict,) = answer.context["form"].conflicts
    assert (conflict.label, answer.context["form"]["firm"].value()) == ("Firm", "Stone LLP")
    assert Contact.objects.get(pk=ann.pk).firm == "Third LLP"


def test_a_number_that_cannot_be_called_is_kept_as_typed_and_listed_for_repair(as_manager, ann):
    as_manager.post(url(ann), shown(as_manager, ann) | {"phone": "911"})

    changed = Contact.objects.get(pk=ann.pk)
    assert (changed.phone, changed.phone_e164) == ("911", "")
    assert changed.phone_problem


def test_a_firm_that_is_too_long_is_refused(as_manager, ann):
    answer = as_manager.post(url(ann), shown(as_manager, ann) | {"firm": "x" * 201})

    assert answer.status_code == 200
    assert answer.context["form"].errors["firm"]
    assert Contact.objects.get(pk=ann.pk).firm == "Vale LLP"


def test_what_is_wrong_in_another_field_does_not_matter(as_manager, ann):
    Contact.objects.filter(pk=ann.pk).update(timezone="Mars/Olympus", profile_url="no address")

    answer = as_manager.post(url(ann), shown(as_manager, ann) | {"title": "Counsel"})

    assert answer.status_code == 302
    assert Contact.objects.get(pk=ann.pk).title == "Counsel"


def test_the_row_of_the_list_becomes_a_form_and_the_list_is_fetched_again(as_manager, ann):
    headers = {"HX-Request": "true"}
    row = as_manager.get(url(ann), {"next": LIST}, headers=headers)
    assert row.content.decode().strip().startswith(f'<tr data-row="contact:{ann.pk}"><td')

    answer = as_manager.post(url(ann), edit_form(row) | {"title": "Counsel"}, headers=headers)

    assert (answer.status_code, answer["HX-Trigger"]) == (204, "saved")


def test_the_way_back_stays_in_the_workspace(as_manager, ann):
    for target in ("https://elsewhere.example/", "/w/other/contacts/", "/w/acme/\nX: y"):
        assert as_manager.post(url(ann), shown(as_manager, ann) | {"next": target}).url == "/w/acme/contacts/"


def test_managers_find_the_link_in_the_lists(client, manager, viewer, campaign):
    pages = [
        "/w/acme/contacts/",
        reverse("markets:landscape", args=["acme", campaign.market_id]),
        reverse("campaigns:members", args=["acme", campaign.pk]),
    ]
    for user, has_link in ((manager, True), (viewer, False)):
        client.force_login(user)
        assert [("/quick/?next=" in client.get(page).content.decode()) for page in pages] == [has_link] * 3
