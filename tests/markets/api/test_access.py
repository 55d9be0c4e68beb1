"""Who may use an endpoint: each one is tried with every kind of token."""

import re
from copy import deepcopy

import pytest
from django.db import connection
from django.utils.timezone import now

from markets.models import ApiToken, Scope
from markets.workspaces import api_tokens
from tests.access_rows import CANARY, ROWS
from tests.firms import counts, firm, shared_by_a_module
from tests.isolation.walk import Statements
from tests.markets.api.clients import ApiClient, api_client, operations, send_example

pytestmark = pytest.mark.django_db
NO_TOKEN = "x" * 43
OPERATIONS = [pytest.param(*each, id=each[2]["operationId"]) for each in operations()]
WITH_IDS = [each for each in OPERATIONS if re.search(r"(?<!external)_id}", each.values[1])]
PAGES = {
    "list_markets": "markets:list",
    "get_market": "markets:detail",
    "list_contacts": "contacts:list",
    "get_contact": "contacts:detail",
    "put_contact": "contacts:create",
    "send_contacts": "imports:create",
    "list_campaigns": "campaigns:list",
    "get_campaign": "campaigns:detail",
    "list_members": "campaigns:members",
    "add_members": "campaigns:choose",
    "remove_members": "selection:remove",
    "list_audiences": "audiences:list",
    "run_audience": "audiences:count",
    "list_calls": "calls:list",
    "get_call": "calls:detail",
    "list_meetings": "meetings:list",
    "get_meeting": "meetings:detail",
    "update_meeting": "meetings:change",
    "list_callbacks": "callbacks:list",
    "list_signals": "signals:list",
    "list_suppressions": "suppressions:list",
    "add_suppression": "suppressions:create",
    "list_imports": "imports:list",
    "get_import": "imports:detail",
    "list_rejections": "imports:detail",
    "start_import": "imports:start",
}
"""The page on which a user does the same: both take the same role."""


@pytest.fixture(scope="module")
def two_firms(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker):
        yield firm("Lisbon", "ours"), firm(CANARY, "theirs")


@pytest.fixture
def ours(db, two_firms):
    return deepcopy(two_firms[0])


@pytest.fixture
def theirs(db, two_firms):
    return deepcopy(two_firms[1])


@pytest.mark.parametrize(("method", "path", "details"), OPERATIONS)
def test_a_token_with_the_scope_may_and_others_may_not(ours, theirs, method, path, details):
    scope = Scope(details["x-scope"])
    may = api_client(ours.workspace, scope)
    may_not = api_client(ours.workspace, *(each for each in Scope if each != scope), name="Others")
    outsider = api_client(theirs.workspace)
    expired = api_client(ours.workspace, name="Expired", last_day=ours.workspace.today())
    ApiToken.objects.filter(name="Expired").update(expires_at=now())
    revoked = api_client(ours.workspace, name="Revoked")
    api_tokens.revoke(token=ApiToken.objects.get(name="Revoked"), by=None)
    before = counts()

    def answer(who, slug="ours"):
        return send_example(who, method, path, details, ours.ids, slug)

    assert answer(may_not).status_code == 403
    assert scope.value in answer(may_not).json()["detail"]
    for unknown in (expired, revoked, ApiClient(ours.workspace, NO_TOKEN), ApiClient(ours.workspace, "")):
        assert answer(unknown).status_code == 401
        assert answer(unknown)["WWW-Authenticate"].startswith("Bearer")
    foreign, missing = answer(outsider), answer(outsider, "no-such-firm")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content
    assert "Lisbon" not in foreign.content.decode()
    assert counts() == before
    assert answer(may).status_code in (200, 201, 202)


@pytest.mark.parametrize(("method", "path", "details"), WITH_IDS)
def test_a_foreign_id_answers_exactly_like_one_that_does_not_exist(ours, theirs, method, path, details):
    who = api_client(ours.workspace)
    foreign = send_example(who, method, path, details, theirs.ids)
    missing = send_example(who, method, path, details, {})

    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content


@pytest.mark.parametrize(("method", "path", "details"), OPERATIONS)
def test_nothing_of_another_workspace_shows(ours, theirs, method, path, details):
    answer = send_example(api_client(ours.workspace), method, path, details, ours.ids)

    assert CANARY.lower() not in answer.content.decode().lower()
    shown = send_example(api_client(theirs.workspace, name="Control"), method, path, details, theirs.ids)
    if method == "GET":
        assert CANARY.lower() in shown.content.decode().lower(), "so the test could not fail"


@pytest.mark.parametrize(("method", "path", "details"), OPERATIONS)
def test_a_scope_implies_the_role_of_the_page(method, path, details):
    roles = {row.name: row.role for row in ROWS}

    assert Scope(details["x-scope"]).role == roles[PAGES[details["operationId"]]]


def test_an_archived_workspace_is_not_there(ours):
    who = api_client(ours.workspace)
    ours.workspace.archived_at = now()
    ours.workspace.save()

    assert who.get("contacts").status_code == 404


def test_a_token_from_before_scopes_sends_calls_and_does_nothing_else(ours):
    text = ApiToken.new_token()
    token = ApiToken.objects.create(workspace=ours.workspace, name="Old", token_hash=ApiToken.hash_of(text))
    token.refresh_from_db()

    assert token.scopes == ["calls:write"]
    assert api_tokens.token_from_header("ours", f"Bearer {text}") == token
    allowed = [path for method, path, details in operations() if details["x-scope"] in token.scopes]
    assert allowed == []
    assert ApiClient(ours.workspace, text).get("contacts").status_code == 403


def test_a_token_without_the_scope_sends_no_calls(ours):
    who = api_client(ours.workspace, Scope.CONTACTS_READ)

    assert api_tokens.token_from_header("ours", f"Bearer {who.token}") is None


@pytest.mark.parametrize(("method", "path", "details"), OPERATIONS)
def test_every_statement_names_the_workspace(ours, method, path, details):
    statements = Statements()
    who = api_client(ours.workspace)
    with connection.execute_wrapper(statements):
        send_example(who, method, path, details, ours.ids)

    assert statements.count > 1
    # Statistics are of whole tables. They are updated where these had next to no rows before.
    assert {fault for fault in statements.faults if not fault[1].startswith("ANALYZE")} == set()
