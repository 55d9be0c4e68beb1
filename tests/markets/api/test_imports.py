"""Imports over the API: started, followed, and their rejected rows."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from markets.imports.perform import work_once
from tests.markets.api.clients import api_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def crm(workspace):
    return api_client(workspace)


def start(crm, content, **target):
    file = SimpleUploadedFile("people.csv", content)
    return crm.client.post(crm.url("imports"), target | {"file": file}, headers=crm.headers)


def test_a_file_is_imported_and_followed_to_its_end(crm, workspace, market):
    answer = start(crm, b"Email,Name\nann@lee.example,Ann Lee\n,\n", kind="people", market=market.pk)
    assert answer.status_code == 202
    job = answer.json()
    assert job["state"] == "waiting"

    assert work_once(worker="test")

    done = crm.get(f"imports/{job['id']}").json()
    assert (done["state"], done["created"], done["rows"]) == ("completed", 1, done["row_count"])
    assert market.contacts.get().full_name == "Ann Lee"


def test_rejected_rows_are_listed_with_their_reason(crm, workspace, market):
    job = start(crm, b"Email,Name\nnothing,\n", kind="people", market=market.pk).json()
    work_once(worker="test")

    (row,) = crm.get(f"imports/{job['id']}/rejections").json()["items"]

    assert (row["line"], row["code"]) == (2, "email")
    assert row["message"]


@pytest.mark.parametrize(
    ("content", "target", "field"),
    [
        (b"Email\nann@lee.example\n", {"kind": "people"}, "market"),
        (b"Email\nann@lee.example\n", {"kind": "nothing"}, "kind"),
        (b"Colour\nred\n", {"kind": "suppressions"}, "file"),
        (b"", {"kind": "suppressions"}, "file"),
    ],
)
def test_a_file_that_cannot_be_imported_leaves_nothing(crm, workspace, content, target, field):
    answer = start(crm, content, **target)

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert not workspace.imports.exists()
