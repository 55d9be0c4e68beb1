"""What all responses of the API have in common."""

import io
import json

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from markets.models import IdempotencyKey
from markets.workspaces.api_tokens import MAX_REQUESTS_PER_MINUTE
from tests.factories import ContactFactory, WorkspaceFactory
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


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "contacts"), ("POST", "contacts/1"), ("GET", "suppressions/x")]
)
def test_other_methods_are_refused_alike(crm, method, path):
    answer = crm.request(method, path)

    assert answer.status_code == (404 if "x" in path else 405)
    assert answer["Content-Type"] == "application/problem+json"
    if answer.status_code == 405:
        assert answer["Allow"] == {"contacts": "GET, POST", "contacts/1": "GET"}[path]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"content_type": "text/csv"}, b"{}", 415),
        ({"content_type": "application/x-www-form-urlencoded"}, json.dumps(BATCH).encode(), 415),
        ({"content_type": "application/json", "HTTP_CONTENT_ENCODING": "gzip"}, b"x", 415),
        ({"content_type": "application/json"}, b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), 413),
        ({"content_type": "application/json"}, b"[" * 100_000, 400),
        ({"content_type": "application/json"}, b'{"contacts": ' + b"9" * 5000 + b"}", 400),
    ],
)
def test_a_body_that_is_not_taken_is_refused_alike(crm, workspace, headers, body, status):
    answer = crm.client.generic("POST", crm.url("contacts"), body, headers=crm.headers, **headers)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert int(answer["RateLimit-Remaining"]) < MAX_REQUESTS_PER_MINUTE
    assert not workspace.contacts.exists()


@pytest.mark.parametrize("body", [b"--x", b"--x\r\nContent-Disposition: form-data\r\n\r\n"])
def test_a_form_that_cannot_be_read_is_refused_alike(crm, workspace, body):
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=é"):
        answer = crm.client.generic("POST", crm.url("imports"), body, content_type=kind, headers=crm.headers)

        assert answer.status_code in (400, 422)
        assert answer["Content-Type"] == "application/problem+json"


def test_a_request_that_breaks_off_is_refused_alike(crm, workspace):
    class Broken(io.RawIOBase):
        def read(self, *args):
            raise OSError("The connection was reset")

    request = {"wsgi.input": Broken(), "CONTENT_LENGTH": "100", "CONTENT_TYPE": "application/json"}
    answer = crm.client.post(crm.url("contacts"), headers=crm.headers, **request)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["contacts?upated_since=2026-01-01", "campaigns?campaign=1", "audiences?rule=x"])
def test_a_slip_in_the_name_of_a_filter_does_not_find_everybody(crm, path):
    answer = crm.get(path)

    assert answer.status_code == 422
    assert "There is no such parameter" in answer.json()["detail"]


def test_a_page_has_at_most_500_rows_and_a_cursor_shows_nothing_of_others(crm, workspace):
    stranger = api_client(WorkspaceFactory())
    ContactFactory.create_batch(2, workspace=stranger.workspace)
    mine = ContactFactory(workspace=workspace)
    cursor = stranger.get("contacts?limit=1").json()["next_cursor"]

    assert crm.get("contacts?limit=501").status_code == 422
    assert [each["id"] for each in crm.get(f"contacts?cursor={cursor}").json()["items"]] == [mine.pk]


def test_a_file_that_is_sent_again_with_its_key_is_imported_once(crm, workspace):
    def send(content, key="a"):
        body = {"kind": "suppressions", "file": SimpleUploadedFile("list.csv", content)}
        return crm.client.post(crm.url("imports"), body, headers=crm.headers | {"Idempotency-Key": key})

    first, again, other = send(b"Email\na@b.example\n"), send(b"Email\na@b.example\n"), send(b"Email\nb@b.example\n")

    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 422)
    assert first.json()["id"] == again.json()["id"]
    assert workspace.imports.count() == 1


def test_an_erasure_deletes_the_stored_responses(crm, workspace, ops):
    from signals.contacts.erasure import erase

    crm.post("contacts", BATCH, **{"Idempotency-Key": "a"})
    erase(contact=workspace.contacts.get(), by=ops, reason="Asked")

    assert not IdempotencyKey.objects.exists()
