"""Do Not Contact on a number that several people share: only this person, or everybody on the number?"""

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from calls.forms import CorrectionForm
from markets.models import Contact, Suppression
from tests.calls.views.call_form_pages import text, url
from tests.calls.views.test_call_form import posted
from tests.factories import ContactFactory, call, member

pytestmark = pytest.mark.usefixtures("noon")
SWITCHBOARD = "(212) 555-0900"


@pytest.fixture
def one(campaign):
    return member(campaign, full_name="Sw One", phone=SWITCHBOARD).contact


@pytest.fixture
def others(campaign):
    return [member(campaign, full_name=name, phone=SWITCHBOARD).contact for name in ("Sw Two", "Sw Three")]


def save(client, campaign, contact, **fields):
    return client.post(url("call", campaign, contact.pk), posted(campaign, disposition="do_not_contact", **fields))


def callable_people(campaign):
    people = Contact.objects.callable().filter(workspace=campaign.workspace, full_name__startswith="Sw")
    return {each.full_name for each in people}


def test_the_form_says_whose_number_it_is_too(as_caller, campaign, one, others):
    page = text(as_caller.get(url("call", campaign, one.pk)))

    assert "+12125550900 is also the number of Sw Three and Sw Two." in page
    assert "Only this person" in page


def test_a_number_of_nobody_else_is_not_asked_about(as_caller, campaign, one):
    ContactFactory(full_name="Elsewhere", phone=SWITCHBOARD)

    assert "Only this person" not in text(as_caller.get(url("call", campaign, one.pk)))
    assert save(as_caller, campaign, one).status_code == 302
    assert Suppression.objects.get().phone_e164 == "+12125550900"


def test_without_an_answer_nothing_is_saved(as_caller, campaign, one, others):
    page = save(as_caller, campaign, one)

    assert "Say whom: others have the same number." in text(page)
    assert not campaign.calls.exists()


def test_other_outcomes_need_no_answer(as_caller, campaign, one, others):
    answer = as_caller.post(url("call", campaign, one.pk), posted(campaign, disposition="no_answer"))

    assert answer.status_code == 302


@pytest.mark.parametrize(("scope", "left"), [("person", {"Sw Two", "Sw Three"}), ("number", set())])
def test_the_answer_decides_who_is_called(as_caller, campaign, one, others, scope, left):
    assert save(as_caller, campaign, one, suppress=scope).status_code == 302

    assert callable_people(campaign) == left


@pytest.mark.parametrize(("scope", "left"), [("person", {"Sw Two", "Sw Three"}), ("number", set())])
def test_a_correction_to_do_not_contact_asks_too(as_manager, campaign, one, others, scope, left):
    made = call(campaign, one, disposition="no_answer")
    correct = reverse("calls:correct", args=[campaign.workspace.slug, made.pk])
    fields = posted(campaign, disposition="do_not_contact", reason="She asked", notes=made.notes)
    fields["started_at"] = localtime(made.started_at, made.workspace.zone).strftime("%Y-%m-%dT%H:%M")
    fields["version"] = CorrectionForm(call=made)["version"].value()

    assert "Say whom: others have the same number." in text(as_manager.post(correct, fields))
    assert as_manager.post(correct, fields | {"suppress": scope}).status_code == 302

    assert callable_people(campaign) == left


def test_many_others_are_not_all_named(as_caller, campaign, one):
    for n in range(7):
        ContactFactory(workspace=campaign.workspace, full_name=f"Sw {n}", phone=SWITCHBOARD)

    page = text(as_caller.get(url("call", campaign, one.pk)))

    assert "the number of Sw 0, Sw 1, Sw 2, Sw 3, Sw 4 and others." in page


@pytest.mark.parametrize(("scope", "left"), [("person", {"Sw Two", "Sw Three"}), ("number", set())])
def test_the_page_of_a_person_asks_too(as_caller, campaign, one, others, scope, left):
    page = reverse("contacts:detail", args=[campaign.workspace.slug, one.pk])
    suppress = reverse("contacts:suppress", args=[campaign.workspace.slug, one.pk])
    assert "Only this person" in text(as_caller.get(page))

    answer = as_caller.post(suppress, {"reason": "Asked by mail"}, follow=True)
    assert "Say whom: others have the same number." in text(answer)

    as_caller.post(suppress, {"reason": "Asked by mail", "suppress": scope})
    assert callable_people(campaign) == left
