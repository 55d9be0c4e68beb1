"""What all responses of the API have in common."""

import pytest

from markets.models import IdempotencyKey
from markets.workspaces.api_tokens import MAX_REQUESTS_PER_MINUTE
from tests.factories import ContactFactory
from tests.markets.api.clients import api_client

pytestmark = pytest.mark.django_db
BATCH = {"contacts": [{"external_id": "CRM-7", "full_name": "Ann Lee"}]}


@pytest.fixture
def crm(workspace):
    return api_client(workspace)


def test_who_has_the_response_already_gets_none_until_it_changes(crm, workspace):
    first = crm.get("contacts")
    same = crm.get("contacts", **{"If-None-Match": first["ETag"]})
    ContactFactory(workspace=workspace)
    changed = crm.get("contacts", **{"If-None-Match": first["ETag"]})

    assert (same.status_code, same.content) == (304, b"")
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)
    assert first["Cache-Control"] == "private, no-cache"


def test_each_response_says_how_many_requests_are_left(crm, monkeypatch):
    assert "RateLimit-Limit" not in crm.get("contacts", Authorization="Bearer nothing").headers
    left = [int(crm.get(path)["RateLimit-Remaining"]) for path in ("contacts", "contacts/1", "markets?limit=x")]
    monkeypatch.setattr("markets.workspaces.api_tokens.MAX_REQUESTS_PER_MINUTE", 1)

    refused = crm.get("contacts")

    assert left[0] - left[2] == 2 or left[2] == MAX_REQUESTS_PER_MINUTE - 1  # a minute may have begun meanwhile
    assert refused.status_code in (429, 200)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("contacts?limit=0", 422, "limit"),
        ("contacts?cursor=none", 422, "cursor"),
        ("contacts?market=x", 422, "market"),
        ("contacts?state=gone", 422, "state"),
        ("contacts?q=%00", 422, "U+0000"),
        ("contacts/99999999999999999999", 422, "contact_id"),
        ("contacts/17", 404, "nothing here"),
        ("markets?from=2026-02-01&to=2026-01-01", 422, "from"),
        ("markets?as_of=2999-01-01", 422, "as_of"),
    ],
)
def test_a_refusal_is_a_problem_document(crm, path, status, words):
    answer = crm.get(path)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert words in answer.json()["detail"]
    if status == 422:
        assert answer.json()["errors"]


@pytest.mark.parametrize(
    ("body", "status"), [("{", 400), ("[]", 422), ("{}", 422), ('{"contacts": []}', 422), ("\xff", 400)]
)
def test_a_body_that_cannot_be_read_is_refused(crm, body, status):
    answer = crm.post("contacts", body)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_a_request_with_a_key_is_done_once(crm, workspace):
    first = crm.post("contacts", BATCH, **{"Idempotency-Key": "a"})
    again = crm.post("contacts", BATCH, **{"Idempotency-Key": "a"})
    other = crm.post("contacts", BATCH, **{"Idempotency-Key": "b"})

    assert first.json()["created"] == again.json()["created"] == 1
    assert first.content == again.content
    assert other.json()["unchanged"] == 1
    assert workspace.imports.count() == 2


def test_a_key_of_another_request_is_refused(crm, workspace):
    crm.post("contacts", BATCH, **{"Idempotency-Key": "a"})

    answer = crm.post("contacts", {"contacts": [{"external_id": "CRM-8"}]}, **{"Idempotency-Key": "a"})

    assert answer.status_code == 422
    assert workspace.contacts.count() == 1


def test_keys_are_each_tokens_own_and_gone_after_a_day(crm, workspace, time_machine):
    crm.post("contacts", BATCH, **{"Idempotency-Key": "a"})
    other = api_client(workspace, name="Other").post("contacts", BATCH, **{"Idempotency-Key": "a"})
    assert other.json()["unchanged"] == 1

    IdempotencyKey.objects.update(created_at="2026-01-01T00:00:00Z")
    later = crm.post("contacts", BATCH, **{"Idempotency-Key": "a"})

    assert later.json()["unchanged"] == 1
    assert IdempotencyKey.objects.count() == 1


def test_a_refused_request_leaves_its_key_free(crm, workspace):
    bad = BATCH | {"market": 2_000_000_000}

    assert crm.post("contacts", bad, **{"Idempotency-Key": "a"}).status_code == 422
    assert crm.post("contacts", BATCH, **{"Idempotency-Key": "a"}).status_code == 200


def test_an_address_without_an_endpoint_answers_like_one_that_shows_nothing(crm):
    answer = crm.request("PUT", "nothing/here")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_other_methods_are_not_allowed(crm):
    assert crm.request("DELETE", "contacts").status_code == 405


def test_an_erasure_deletes_the_stored_responses(crm, workspace, ops):
    from signals.contacts.erasure import erase

    crm.post("contacts", BATCH, **{"Idempotency-Key": "a"})
    erase(contact=workspace.contacts.get(), by=ops, reason="Asked")

    assert not IdempotencyKey.objects.exists()
