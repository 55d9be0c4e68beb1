"""What is found by its own text and what by its person, and in which lists."""

from importlib import import_module

import pytest

from markets.models import Contact, ContactPoint
from markets.search import matching, ranked
from tests.factories import ContactFactory, member
from tests.factories import call as make_call


@pytest.fixture
def call(campaign):
    one = member(campaign, full_name="Ingleby Malik")
    return make_call(campaign, one.contact, notes="Büro moves to Zürich in May")


@pytest.mark.parametrize("text", ["malik", "zurich", "malik zurich", "zurich ingleby buro", "malk zurich", "zurihc"])
def test_calls_are_found_by_their_notes_and_their_person(workspace, call, text):
    assert list(matching(workspace.calls.all(), text, workspace)) == [call]


def test_each_word_must_be_somewhere(workspace, call):
    assert not matching(workspace.calls.all(), "malik geneva", workspace)


def test_members_are_found_by_their_person(workspace, call):
    found = matching(workspace.campaign_contacts.all(), "ingleby", workspace)
    assert [each.contact_id for each in found] == [call.contact_id]


def test_people_are_found_by_further_numbers_and_addresses(workspace):
    person = ContactFactory(workspace=workspace, full_name="Ann Lee")
    ContactPoint.objects.create(
        workspace=workspace, contact=person, kind="phone", typed="+49 30 7654-321", phone_e164="+49307654321"
    )
    for text in ("7654321", "ann 4321", "030 7654"):
        assert list(matching(workspace.contacts.all(), text, workspace)) == [person], text


@pytest.mark.parametrize("few", [1000, 1, 0])
def test_a_part_of_a_number_that_many_have_finds_all_of_them(workspace, call, monkeypatch, few):
    monkeypatch.setattr(import_module("markets.search.matching"), "FEW_NUMBERS", few)
    other = ContactFactory(workspace=workspace, full_name="Ann Lee", phone="212 555 0188")
    call.contact.phone, call.contact.phone_e164 = "(212) 555-0123", "+12125550123"
    call.contact.save()
    ContactFactory(phone="(212) 555-0123")  # of another workspace

    assert set(matching(workspace.contacts.all(), "212 555", workspace)) == {call.contact, other}
    assert list(matching(workspace.calls.all(), "5550123", workspace)) == [call]
    assert list(matching(workspace.calls.all(), "zurich 0123 malik", workspace)) == [call]
    assert list(ranked(workspace.contacts.all(), "212 lee", workspace)) == [other]


def test_the_text_holds_a_number_only_if_it_says_more_than_the_number_in_e164(workspace):
    """Each digit that is in the index twice makes imports slower."""
    typed = {"(212) 555-0123": "+12125550123", "020 7946 0958": "+442079460958", "ext 77 12": ""}
    people = [ContactFactory(workspace=workspace, phone=phone, phone_e164=e164) for phone, e164 in typed.items()]
    lines = [Contact.objects.get(pk=each.pk).search_text.splitlines()[8:] for each in people]

    assert ["".join(each) for each in lines] == ["", "02079460958", "ext7712"]
