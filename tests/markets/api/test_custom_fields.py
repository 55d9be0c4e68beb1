"""Custom fields of people over the API: read and made as those of files are, and a person's word stays."""

import pytest

from markets.contacts.changes import record_change, stored_values
from markets.models import CustomField
from tests.markets.api.clients import api_client

pytestmark = pytest.mark.django_db
URL = "contacts/by-external-id/CRM-7"
ANN = {"full_name": "Ann Lee", "email": "ann@lee.example"}


@pytest.fixture
def crm(workspace):
    return api_client(workspace)


def custom(crm, **values):
    return crm.put(URL, ANN | {"custom": values}).json()


def test_values_are_kept_by_their_kind_and_found_by_name_or_key(crm, workspace):
    field = workspace.custom_fields.create(key="school", name="Law school", kind="text")

    first = custom(crm, **{"Law school": "Yale", "Bonus": 1250.5, "Equity partner": True, "Admitted": "2001-09-30"})
    again = custom(crm, school="Harvard")

    kept = first["contact"]["custom"]
    assert kept == {"school": "Yale", "bonus": 1250.5, "equitypartner": "yes", "admitted": "2001-09-30"}
    assert again["outcome"] == "updated"
    assert again["contact"]["custom"] == kept | {"school": "Harvard"}
    kinds = dict(workspace.custom_fields.exclude(pk=field.pk).values_list("name", "kind"))
    assert kinds["Bonus"] == CustomField.Kind.NUMBER
    assert kinds["Admitted"] == CustomField.Kind.DATE


def test_a_field_that_is_not_sent_or_null_stays(crm):
    custom(crm, School="Yale")

    assert custom(crm)["outcome"] == custom(crm, School=None)["outcome"] == "unchanged"
    assert custom(crm, School="Yale")["contact"]["custom"] == {"school": "Yale"}


def test_a_persons_word_stays(crm, workspace, manager):
    custom(crm, School="Yale")
    contact = workspace.contacts.get()
    before = stored_values(contact)
    contact.custom = {"school": "Harvard"}
    contact.save()
    record_change(contact, before, by=manager)

    answer = custom(crm, School="Princeton")

    assert answer["contact"]["custom"] == {"school": "Harvard"}
    assert [(note["kind"], note["field"]) for note in answer["notes"]] == [("disagreement", "School")]


def test_people_of_one_request_have_different_fields(crm, workspace):
    people = [
        {"external_id": "CRM-7", **ANN, "custom": {"School": "Yale"}},
        {"external_id": "CRM-8", "full_name": "Bo Diaz", "email": "bo@diaz.example", "custom": {"Year": 2001}},
        {"external_id": "CRM-9", "full_name": "Cy Poe", "email": "cy@poe.example"},
    ]

    assert crm.post("contacts", {"contacts": people}).json()["created"] == 3
    stored = dict(workspace.contacts.values_list("external_id", "custom"))
    assert stored == {"CRM-7": {"school": "Yale"}, "CRM-8": {"year": 2001}, "CRM-9": {}}


@pytest.mark.parametrize("name", ["Email", "do_not_call", "external id", " ", "\u200b", "x" * 121])
def test_a_name_that_cannot_be_a_field_is_refused(crm, workspace, name):
    answer = crm.put(URL, ANN | {"custom": {name: "x"}})

    assert answer.status_code == 422
    assert "custom" in answer.json()["errors"][0]["field"]
    assert not workspace.contacts.exists()
    assert not workspace.custom_fields.exists()


def test_there_is_room_for_fifty_fields(crm, workspace):
    for number in range(49):
        workspace.custom_fields.create(key=f"field{number}", name=f"Field {number}", kind="text")

    answer = custom(crm, School="Yale", Year=2001)

    assert len(answer["contact"]["custom"]) == 1
    assert "at most fifty custom fields" in answer["notes"][0]["message"]
    assert crm.put(URL, ANN | {"custom": {f"Field {n}": n for n in range(51)}}).status_code == 422


def test_a_row_that_waits_is_decided_with_its_custom_fields(crm, workspace, manager):
    from campaigns.decisions import Decision, decide

    workspace.contacts.create(external_id="CRM-7", full_name="Cy Poe", email="cy@poe.example")
    assert crm.put(URL, ANN | {"custom": {"School": "Yale"}}).status_code == 409

    contact = decide(rejection=workspace.import_rejections.get(), decision=Decision.OTHER, by=manager)

    assert (contact.full_name, contact.custom) == ("Ann Lee", {"school": "Yale"})
