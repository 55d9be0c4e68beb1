"""A page of a workspace is the same whoever else is there; a form changes nothing of others, and cannot name what is
theirs; and no statement looks beyond the workspace."""

import pytest
from django.urls import reverse

from markets.audit.mentions import KINDS
from markets.models import Contact, Workspace
from markets.workspaces import api_tokens
from markets.workspaces.audit import record_event
from tests.access_rows import CANARY, ROWS, url_of
from tests.isolation.checks import betrayals, leaks, trespasses, wrong_parameters
from tests.isolation.conftest import PAGES, POSTED
from tests.isolation.roles import foreign_addresses, offered_in_vain, wrongly_answered
from tests.isolation.walk import visit


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
def test_a_page_is_the_same_whoever_else_is_there(as_ours, firms, row):
    assert leaks(as_ours, firms, row) == []


@pytest.mark.parametrize("row", POSTED, ids=lambda row: row.name)
def test_a_form_touches_nobody_else(as_ours, firms, row):
    assert trespasses(as_ours, firms, row) == []


@pytest.mark.thorough
@pytest.mark.parametrize("row", POSTED, ids=lambda row: row.name)
def test_no_field_can_name_what_is_foreign(as_ours, firms, row):
    assert betrayals(as_ours, firms, row) == []


@pytest.mark.thorough
@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
def test_no_parameter_can_name_what_is_foreign(as_ours, firms, row):
    assert wrong_parameters(as_ours, firms, row) == []


def test_parameters_are_found(firms):
    assert {"contact", "campaign"} <= firms.parameters["tasks:create"]
    assert sum(map(len, firms.parameters.values())) > 100


@pytest.mark.thorough
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_foreign_address_is_answered_like_one_that_does_not_exist(as_ours, firms, row):
    assert foreign_addresses(as_ours, firms, row) == []


@pytest.mark.thorough
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_kind_of_visitor_gets_what_it_may(clients, firms, row):
    assert wrongly_answered(clients, firms, row) == []


@pytest.mark.thorough
@pytest.mark.parametrize("role", ["viewer", "caller"])
@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
def test_a_page_offers_nothing_that_its_reader_may_not_do(clients, firms, row, role):
    assert offered_in_vain(clients[role], firms, row, role) == []


def test_an_event_that_names_a_foreign_row_does_not_show_it(as_ours, firms):
    api_tokens.issue(workspace=firms.other.workspace, name=f"{CANARY} dialer", by=None)
    foreign = {kind: each.rows(firms.other.workspace).order_by("pk").last() for kind, each in KINDS.items()}
    foreign.pop("user")
    for kind, row in foreign.items():
        summary = f"Changed [{kind} {row.pk}]"
        record_event(workspace=firms.ours.workspace, user=None, action="status_changed", summary=summary)
    page = visit(as_ours, reverse("audit", args=["ours"])).everything.lower()

    assert page.count("changed") >= len(foreign) > 10
    assert CANARY.lower() not in page


def test_a_filter_that_is_left_out_is_noticed(as_ours, firms, monkeypatch):
    """The control: without the filter by workspace, people of other workspaces show."""
    monkeypatch.setattr(Workspace, "contacts", property(lambda workspace: Contact.objects))
    found = {row.name: leaks(as_ours, firms, row) for row in PAGES if row.name.startswith("contacts:")}

    assert len(found["contacts:list"]) >= 3
    assert len([each for each in found.values() if each]) >= 2


def test_each_firm_has_what_is_looked_for(client, firms):
    client.force_login(firms.other.manager)
    row = next(row for row in ROWS if row.name == "contacts:list")

    assert CANARY in visit(client, url_of(row, "theirs", firms.other.ids)).everything
