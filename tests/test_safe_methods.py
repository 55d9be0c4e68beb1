"""Reading a page never needs a database that takes writes; HEAD and prefetch write nothing at all."""

from contextlib import contextmanager

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from markets.workspaces.invitations import invite
from tests.factories import utc
from tests.firms import counts


@contextmanager
def read_only_database():
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1" if is_sqlite else "SAVEPOINT before_reading")
        if not is_sqlite:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield
        cursor.execute("PRAGMA query_only = 0" if is_sqlite else "ROLLBACK TO SAVEPOINT before_reading")


def address(name, *args):
    return reverse(name, args=["acme", *args])


def written(campaign, user):
    """What the pages below write when somebody looks at them."""
    membership = user.memberships.get(workspace=campaign.workspace)
    leases = campaign.members.order_by("pk").values_list("leased_by", "leased_until")
    return counts(), list(leases), membership.last_seen_at


def addresses(campaign):
    contact = campaign.members.order_by("pk")[1].contact_id
    return [
        address("dashboard"),
        address("campaigns:next", campaign.pk),
        address("campaigns:call", campaign.pk, contact),
    ]


def test_head_writes_nothing(as_caller, campaign, caller):
    before = written(campaign, caller)

    for url in addresses(campaign):
        assert as_caller.head(url).status_code in (200, 204)

    assert written(campaign, caller) == before


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}], ids=str)
def test_a_prefetch_leases_nobody_and_gets_no_page_to_show_later(as_caller, campaign, caller, headers):
    before = written(campaign, caller)

    for url in addresses(campaign)[1:]:
        assert as_caller.get(url, headers=headers).status_code == 204

    assert written(campaign, caller) == before


@time_machine.travel(utc(2026, 11, 25, 17), tick=False)
def test_the_same_caller_gets_the_same_person_again_and_only_one_is_leased(as_caller, campaign):
    url = address("campaigns:next", campaign.pk)

    first, again = as_caller.get(url), as_caller.get(url)

    assert first.context["member"].pk == again.context["member"].pk
    assert campaign.members.exclude(leased_by=None).count() == 1
    assert "no-store" in first["Cache-Control"]


def test_the_dashboard_answers_from_a_read_only_database(as_caller, campaign, caller, caplog):
    with read_only_database():
        page = as_caller.get(address("dashboard"))

    assert page.status_code == 200
    assert "was not recorded" in caplog.text
    assert caller.memberships.get().last_seen_at is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no standby")
def test_a_page_that_must_write_says_that_it_cannot_now(as_caller, campaign):
    as_caller.raise_request_exception = False

    with read_only_database():
        page = as_caller.get(address("campaigns:next", campaign.pk))

    assert page.status_code == 503


def test_head_of_an_invitation_makes_no_session(client, workspace, manager):
    _, path = invite(workspace=workspace, email="new@people.example", role="viewer", by=manager)

    assert client.head(path).status_code == 200
    assert not client.session.keys()
