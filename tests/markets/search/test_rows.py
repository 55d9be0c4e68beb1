"""What is found by its own text and what by its person, and in which lists."""

import pytest

from markets.models import ContactPoint
from markets.search import matching
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
