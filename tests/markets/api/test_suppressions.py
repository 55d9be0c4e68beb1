"""The do-not-call list over the API: read and added to."""

import pytest

from tests.factories import ContactFactory
from tests.markets.api.clients import api_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def crm(workspace):
    return api_client(workspace)


def test_a_number_an_address_and_a_person_are_suppressed(crm, workspace):
    ann, bo, cy = ContactFactory.create_batch(3, workspace=workspace)

    answers = [
        crm.post("suppressions", {"reason": "Asked for it"} | whom)
        for whom in ({"phone": ann.phone}, {"email": bo.email}, {"contact": cy.pk})
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert not workspace.contacts.callable().exists()
    listed = crm.get("suppressions?state=open").json()["items"]
    assert [each["id"] for each in listed] == [answer.json()["id"] for answer in answers]


def test_a_domain_covers_its_people(crm, workspace):
    ContactFactory(workspace=workspace, email="ann@north.example")

    rule = crm.post("suppressions", {"email": "@north.example", "reason": "All of them"}).json()

    assert rule["email_domain"] == "north.example"
    assert len(crm.get(f"suppressions?rule={rule['id']}").json()["items"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "Nobody"},
        {"phone": "+1 212 555 0177"},
        {"phone": "12", "reason": "No number"},
        {"email": "nothing", "reason": "No address"},
        {"contact": 2_000_000_000, "reason": "Nobody"},
        {"contact": 1, "phone": "+1 212 555 0177", "reason": "Both"},
    ],
)
def test_whom_it_cannot_find_out_is_refused(crm, workspace, body):
    answer = crm.post("suppressions", body)

    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert not workspace.suppressions.exists()
