"""The client in docs/examples keeps people alike both ways and sends calls, over HTTP."""

import runpy
from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls.models import Call
from markets.contacts.changes import record_change, stored_values
from markets.models import Contact
from tests.factories import active_campaign
from tests.markets.api.clients import api_client
from tests.source_code import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLE = ROOT / "docs/examples/sync_contacts.py"
PEOPLE = {
    "CRM-1": {"full_name": "Ann Lee", "email": "ann@lee.example", "firm": "North LLP"},
    "CRM-2": {"full_name": "Bo Diaz", "phone": "+1 212 555 0124"},
}


@pytest.fixture
def example():
    return runpy.run_path(str(EXAMPLE))


@pytest.fixture
def portal(example, live_server, workspace):
    return example["Portal"](live_server.url, workspace.slug, api_client(workspace).token)


def test_people_are_alike_both_ways_and_a_persons_word_stays(example, portal, workspace, manager):
    since = (now() - timedelta(minutes=1)).isoformat()
    example["send_people"](portal, PEOPLE)
    ann = Contact.objects.get(workspace=workspace, external_id="CRM-1")
    before = stored_values(ann)
    ann.firm = "South LLP"
    ann.save()
    record_change(ann, before, by=manager)

    problems = example["send_people"](portal, PEOPLE | {"CRM-2": {"full_name": "Bo Diaz", "city": "Rome"}})
    fetched = example["fetch_people"](portal, since)

    assert fetched.keys() == PEOPLE.keys()
    assert fetched["CRM-1"]["firm"] == "South LLP"
    assert (fetched["CRM-2"]["phone"], fetched["CRM-2"]["city"]) == ("+1 212 555 0124", "Rome")
    assert problems == ["CRM-1: firm: A person gave this field another value, which stays."]


def test_a_list_of_several_pages_is_fetched_whole(example, portal, workspace):
    example["send_people"](portal, PEOPLE)

    assert [row["external_id"] for row in portal.rows("contacts", limit=1)] == ["CRM-1", "CRM-2"]


def test_calls_are_sent_once(example, portal, market):
    campaign = active_campaign(market=market)
    contact = campaign.members.get().contact
    calls = [
        {
            "call_id": "81-1",
            "contact": contact.email,
            "started_at": (now() - timedelta(hours=1)).isoformat(),
            "disposition": "No Answer",
        }
    ]

    first, again = [example["send_calls"](portal, campaign.name, calls)[0] for _ in range(2)]

    assert (first["created"], again["unchanged"]) == (1, 1)
    assert Call.objects.count() == 1


def test_a_refusal_is_an_error_with_its_sentence(example, live_server, workspace):
    stranger = example["Portal"](live_server.url, workspace.slug, "x" * 43)

    with pytest.raises(RuntimeError, match="neither revoked nor expired"):
        list(stranger.rows("contacts"))


def test_the_example_stays_short():
    assert len(EXAMPLE.read_text().splitlines()) <= 65
