"""People over the API: read, filtered, paged, and changed as product.md says in section 8."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from markets.contacts.changes import record_change, stored_values
from markets.models import Contact, ImportJob
from tests.factories import ContactFactory, MarketFactory, SuppressionFactory, WorkspaceFactory, active_campaign
from tests.markets.api.clients import api_client

pytestmark = pytest.mark.django_db
ANN = {"full_name": "Ann Lee", "email": "ann@lee.example", "firm": "North LLP"}
URL = "contacts/by-external-id/CRM-7"


@pytest.fixture
def crm(workspace):
    return api_client(workspace)


def changed_by_person(contact, user, **fields):
    before = stored_values(contact)
    for name, value in fields.items():
        setattr(contact, name, value)
    contact.save()
    record_change(contact, before, by=user)


def test_a_person_is_added_and_then_changed_by_external_id(crm, workspace):
    added = crm.put(URL, ANN).json()
    again = crm.put(URL, ANN).json()
    changed = crm.put(URL, {"firm": "South LLP"}).json()

    assert [each["outcome"] for each in (added, again, changed)] == ["created", "unchanged", "updated"]
    contact = Contact.objects.get(workspace=workspace)
    assert (contact.external_id, contact.full_name, contact.firm) == ("CRM-7", "Ann Lee", "South LLP")
    assert changed["contact"]["id"] == added["contact"]["id"] == contact.pk


def test_a_persons_word_outranks_what_is_sent(crm, workspace, manager):
    crm.put(URL, ANN)
    contact = Contact.objects.get(workspace=workspace)
    changed_by_person(contact, manager, firm="East LLP")

    answer = crm.put(URL, ANN | {"firm": "South LLP"}).json()

    assert answer["outcome"] == "unchanged"
    assert answer["contact"]["firm"] == "East LLP"
    assert "firm" in answer["contact"]["fields_of_people"]
    (note,) = answer["notes"]
    assert (note["kind"], note["field"]) == ("disagreement", "firm")
    assert (note["sent"], note["stored"]) == ("South LLP", "East LLP")


def test_a_repeated_old_word_does_not_undo_what_another_source_said_since(crm, workspace):
    crm.put(URL, ANN)
    api_client(workspace, name="Warehouse").put(URL, {"firm": "West LLP"})

    assert crm.put(URL, ANN).json()["contact"]["firm"] == "West LLP"
    assert crm.put(URL, {"firm": "South LLP"}).json()["contact"]["firm"] == "South LLP"


def test_a_token_of_the_same_name_goes_on_with_the_word_of_the_one_before(crm, workspace):
    crm.put(URL, ANN)
    api_client(workspace, name="Warehouse").put(URL, {"firm": "West LLP"})
    workspace.api_tokens.filter(name="CRM").update(revoked_at=now())

    assert api_client(workspace).put(URL, ANN).json()["contact"]["firm"] == "West LLP"


def test_people_are_sent_in_batches_and_each_is_answered(crm, workspace, market):
    taken = ContactFactory(workspace=workspace, external_id="CRM-9", full_name="Cy Poe", email="cy@poe.example")
    sent = [
        {"external_id": "CRM-7", **ANN},
        {"external_id": "CRM-8", "full_name": "Bo Diaz", "email": "not an address"},
        {"external_id": "CRM-9", "full_name": "Dee Fox", "email": "dee@fox.example"},
    ]

    answer = crm.post("contacts", {"market": market.pk, "contacts": sent}).json()

    assert [each["outcome"] for each in answer["contacts"]] == ["created", "created", "rejected"]
    assert [note["field"] for note in answer["contacts"][1]["notes"]] == ["email"]
    assert answer["contacts"][2]["code"] == "other_person"
    assert f"contact {taken.pk}" in answer["contacts"][2]["message"]
    assert set(market.contacts.values_list("external_id", flat=True)) == {"CRM-7", "CRM-8"}
    job = ImportJob.objects.get(workspace=workspace)
    assert (job.state, job.created, job.rejected, job.row_count) == ("completed", 2, 1, 3)
    assert workspace.import_rejections.undecided().count() == 1


def test_a_person_joins_the_campaign_and_is_not_called_if_they_asked_for_it(crm, workspace, market):
    campaign = active_campaign(market=market)

    answer = crm.put(URL, ANN | {"campaign": campaign.pk, "do_not_call": True}).json()

    assert campaign.members.current().filter(contact=answer["contact"]["id"]).exists()
    assert workspace.suppressions.in_force().filter(contact=answer["contact"]["id"]).exists()
    assert answer["contact"]["may_be_called"] is False


def test_somebody_who_cannot_be_told_apart_gets_a_conflict_and_waits_for_a_decision(crm, workspace):
    ContactFactory(workspace=workspace, external_id="CRM-7", full_name="Cy Poe", email="cy@poe.example")

    answer = crm.put(URL, ANN)

    assert answer.status_code == 409
    assert answer.json()["code"] == "other_person"
    assert workspace.import_rejections.undecided().count() == 1


def test_a_market_of_another_workspace_is_refused_like_one_that_does_not_exist(crm, workspace):
    foreign = MarketFactory().pk

    answers = [crm.put(URL, ANN | {"market": pk}) for pk in (foreign, 2_000_000_000)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].content == answers[1].content
    assert not workspace.contacts.exists()


def test_nothing_is_changed_unless_the_person_is_as_they_were_read(crm, workspace):
    etag = crm.put(URL, ANN)["ETag"]
    pk = Contact.objects.get(workspace=workspace).pk
    assert crm.get(f"contacts/{pk}")["ETag"] == etag

    first = crm.put(URL, {"firm": "South LLP"}, **{"If-Match": etag})
    second = crm.put(URL, {"firm": "East LLP"}, **{"If-Match": etag})

    assert (first.status_code, second.status_code) == (200, 412)
    assert Contact.objects.get(workspace=workspace).firm == "South LLP"
    assert crm.put(URL, {"city": "Rome"}, **{"If-None-Match": "*"}).status_code == 412
    assert crm.put("contacts/by-external-id/CRM-8", ANN, **{"If-Match": "*"}).status_code == 412


def test_all_pages_together_list_everybody_once(crm, workspace):
    people = ContactFactory.create_batch(5, workspace=workspace)
    ContactFactory(workspace=WorkspaceFactory())

    cursor, seen = "", []
    while cursor is not None:
        page = crm.get(f"contacts?limit=2&cursor={cursor}").json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]

    assert seen == [contact.pk for contact in people]


def test_people_are_found_by_their_fields_and_by_the_filters_of_the_page(crm, workspace, market):
    ann = ContactFactory(workspace=workspace, external_id="A", firm="North LLP", email="ann@lee.example")
    bo = ContactFactory(workspace=workspace, firm="South LLP")
    SuppressionFactory(workspace=workspace, email=bo.email)
    market.market_contacts.create(workspace=workspace, contact=ann)

    def found(query):
        return {each["id"] for each in crm.get(f"contacts?{query}").json()["items"]}

    assert found("external_id=A") == found("email=Ann@lee.example") == found("firm=North LLP") == {ann.pk}
    assert found(f"market={market.pk}") == {ann.pk}
    assert found("suppressed=true") == {bo.pk}
    assert found("suppressed=false") == {ann.pk, bo.pk}
    assert found("q=lee.example") == {ann.pk}


def test_only_people_who_changed_since_are_listed(crm, workspace):
    old, new = ContactFactory.create_batch(2, workspace=workspace)
    Contact.objects.filter(pk=old.pk).update(updated_at=now() - timedelta(days=2))
    since = (now() - timedelta(days=1)).isoformat().replace("+", "%2B")

    assert [each["id"] for each in crm.get(f"contacts?updated_since={since}").json()["items"]] == [new.pk]


def test_a_merged_person_is_the_one_who_remains(crm, workspace, manager):
    from signals.contacts.merge import merge

    kept, merged = ContactFactory.create_batch(2, workspace=workspace)
    gone = merged.pk
    merge(keep=kept, merged=merged, by=manager, reason="Twice")

    assert crm.get(f"contacts/{gone}").json()["id"] == kept.pk
