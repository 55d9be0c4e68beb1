"""Each address gives each visitor what section 6 of the specification says, and does what its form says or nothing."""

from contextlib import closing
from copy import deepcopy
from itertools import islice

import pytest
from django.db import connection

from tests import factories
from tests.conftest import PortalClient
from tests.extra_fields import followed
from tests.firms import firm, shared_by_a_module
from tests.markets.audit.states import WRITES
from tests.role_table import WHAT, cells_of, tried


@pytest.fixture(scope="module")
def shared_firms(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker):
        yield firm("Lisbon", "ours"), firm("Porto", "theirs")


@pytest.fixture
def ours(db, shared_firms):
    return deepcopy(shared_firms[0])


@pytest.fixture
def users(ours, shared_firms, ops):
    def of(role):
        return factories.MembershipFactory(workspace=ours.workspace, role=role).user

    found = {"outsider": shared_firms[1].manager, "viewer": of("viewer"), "caller": of("caller")}
    return found | {"manager": ours.manager, "ops": ops}


@pytest.fixture
def clients(users):
    found = {"anonymous": PortalClient()}
    for role, user in users.items():
        found[role] = PortalClient()
        found[role].force_login(user)
    return found


@pytest.mark.thorough
@pytest.mark.parametrize("name", WHAT)
def test_each_visitor_may_do_what_the_specification_says(name, ours, users, clients):
    _, mismatches = tried(name, cells_of(name, ours, users, clients), clients)

    assert mismatches == []


def test_a_call_of_ones_own_is_told_from_others(ours, users, clients):
    with closing(cells_of("calls:void", ours, users, clients)) as cells:
        some = list(islice(cells, 4))

    assert tried("calls:void", some, clients) == (24, [])
    assert {is_own for _, is_own in some} == {True, False}


@pytest.mark.thorough
@pytest.mark.skipif(connection.vendor != "sqlite", reason="On PostgreSQL ids go on after a rollback")
@pytest.mark.parametrize("row", WRITES, ids=lambda row: row.name)
def test_fields_that_a_form_does_not_have_are_ignored(row, ours, clients):
    assert followed(row, ours, clients["manager"]) == []
