"""Requests that a program makes up from the OpenAPI document get only answers that it names, and never a 500."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from markets.workspaces import api_tokens
from tests.firms import firm, shared_by_a_module
from tests.markets.api.clients import api_client, operations

FEW, MANY = 5, 60
"""Requests that are made up for each endpoint and kind: always, and as one of the thorough tests."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [details["operationId"] for _, _, details in operations()]


@pytest.fixture(scope="module")
def acme(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker):
        yield firm("Lisbon", "acme")


@pytest.fixture
def one_connection():
    """Django closes connections between requests, also the one whose transaction holds the rows of the test. Its own
    test client keeps it from that in the same way."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def schema(db, acme, one_connection, monkeypatch):
    monkeypatch.setattr(api_tokens, "MAX_REQUESTS_PER_MINUTE", 10**6)
    return schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


@pytest.mark.parametrize("kind", list(GenerationMode))
@pytest.mark.parametrize("operation", OPERATIONS)
def test_made_up_requests_get_documented_answers(schema, acme, operation, kind):
    check_answers(schema, acme, operation, kind, FEW)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", list(GenerationMode))
@pytest.mark.parametrize("operation", OPERATIONS)
def test_many_made_up_requests_get_documented_answers(schema, acme, operation, kind):
    check_answers(schema, acme, operation, kind, MANY)


def check_answers(schema, acme, operation, kind, most):
    statuses = send_made_up(schema, operation, kind, api_client(acme.workspace).token, most)

    assert statuses
    assert max(statuses) < 500
    assert 401 not in statuses


def send_made_up(schema, operation, kind, token, most):
    """The statuses of the answers. Raises an error for an answer that the document does not name."""
    statuses = set()

    @settings(
        max_examples=most,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema.find_operation_by_id(operation).as_strategy(generation_mode=kind))
    def send(case):
        own = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        case.headers = {**(case.headers or {}), **own}
        statuses.add(case.call_and_validate(checks=CHECKS).status_code)

    send()
    return statuses


def test_an_undocumented_answer_is_seen(schema):
    """The control: nobody's token gets 401, which the document of this schema does not name."""
    for methods in schema.raw_schema["paths"].values():
        for details in methods.values():
            details["responses"].pop("401", None)

    with pytest.raises(FailureGroup):
        send_made_up(schema, "list_contacts", GenerationMode.POSITIVE, "x" * 43, FEW)
