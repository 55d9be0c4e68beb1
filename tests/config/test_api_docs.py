"""The documentation of the API: it names every endpoint, and its examples work."""

import pytest
from django.urls import reverse

from tests.firms import firm, shared_by_a_module
from tests.markets.api.clients import api_client, example, operations, send_example

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def ours(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker):
        yield firm("Lisbon", "ours")


OPERATIONS = [pytest.param(*each, id=each[2]["operationId"]) for each in operations()]


def test_everybody_can_read_the_document(client):
    document = client.get(reverse("api_document")).json()

    assert document["openapi"].startswith("3.1")
    assert document["servers"][0]["url"] == "/w/{workspace}/api/v1"


def test_the_page_shows_every_endpoint_with_its_scope_and_needs_no_sign_in(client):
    page = client.get("/api/docs").content.decode()

    for method, path, details in operations():
        assert f"{method} /{path}" in page
        assert details["x-scope"] in page
        assert details["summary"] in page


@pytest.mark.parametrize(("method", "path", "details"), OPERATIONS)
def test_every_endpoint_says_what_it_does_and_what_it_takes(method, path, details):
    assert details["summary"]
    assert method == "GET" or example(details) is not None


@pytest.mark.parametrize(("method", "path", "details"), OPERATIONS)
def test_every_example_can_be_sent(ours, method, path, details):
    answer = send_example(api_client(ours.workspace), method, path, details, ours.ids)

    assert str(answer.status_code) in {str(code) for code in details["responses"] if int(code) < 300}
