"""The link to a member's calendar: made, shown once, renewed, turned off, and read without signing in."""

import hashlib
import logging
import re

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.calendar_feed import links
from calls.calendar_feed.links import find_membership, make_link
from markets.models import Membership
from markets.workspaces.invitations import remove_member
from tests.factories import booked

PAGE = "/w/acme/calendar/"
LINK = re.compile(r'value="http://testserver(/calendar/([^"]+)\.ics)"')


@pytest.fixture
def meeting(campaign):
    return booked(campaign)


def made_by(client):
    """The address and the token of a new link."""
    return LINK.search(client.post(PAGE, {"do": "make"}).content.decode()).groups()


def test_a_link_is_shown_once_and_only_its_hash_is_stored(as_caller, caller):
    address, token = made_by(as_caller)
    stored = caller.memberships.get()

    assert token not in as_caller.get(PAGE).content.decode()
    assert stored.calendar_hash == hashlib.sha256(token.split("-", 2)[2].encode()).hexdigest()
    assert all(token[-20:] not in str(value) for value in Membership.objects.values().get(pk=stored.pk).values())
    for name in (caller.email, caller.first_name, "acme"):
        assert name.lower() not in address.lower()


def test_it_is_read_without_signing_in(as_manager, client, meeting):
    address, _ = made_by(as_manager)
    client.logout()

    answer = client.get(address)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert str(meeting.call.contact) in answer.content.decode()
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert not answer.cookies
    assert client.head(address).content == b""
    assert client.post(address).status_code == 405


def test_an_unchanged_calendar_is_not_sent_again(as_manager, client, meeting):
    address, _ = made_by(as_manager)
    first = client.get(address)

    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])

    meeting.record_change("cancelled", meeting.scheduled_at, by=None)
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_a_new_link_ends_the_former_and_turning_off_ends_both(as_caller, client):
    first, _ = made_by(as_caller)
    second, _ = made_by(as_caller)
    assert [client.get(each).status_code for each in (first, second)] == [404, 200]

    as_caller.post(PAGE, {"do": "turn_off"})

    assert [client.get(each).status_code for each in (first, second)] == [404, 404]


@pytest.mark.parametrize("end", ["deactivated", "removed", "archived", "needs a second factor"])
def test_it_ends_with_the_access_of_its_owner(client, workspace, caller, manager, end):
    membership = caller.memberships.get()
    address = reverse("calendar", args=[make_link(membership=membership, by=caller)])
    assert client.get(address).status_code == 200

    match end:
        case "deactivated":
            caller.is_active = False
            caller.save()
        case "removed":
            remove_member(membership=membership, by=manager)
        case "archived":
            workspace.archived_at = now()
            workspace.save()
        case "needs a second factor":
            workspace.requires_second_factor = True
            workspace.save()

    gone, unknown = client.get(address), client.get(reverse("calendar", args=["x"]))
    assert (gone.status_code, gone.content) == (404, unknown.content)


def test_a_secret_opens_only_the_calendar_that_it_was_made_for(caller, other, workspace):
    own, others = caller.memberships.get(), other.memberships.get()
    secret = make_link(membership=own, by=caller).split("-", 2)[2]
    make_link(membership=others, by=other)

    assert find_membership(f"{workspace.pk}-{own.pk}-{secret}") == own
    assert find_membership(f"{workspace.pk}-{others.pk}-{secret}") is None
    assert find_membership(f"{workspace.pk + 1}-{own.pk}-{secret}") is None
    assert find_membership(f"{workspace.pk}-{own.pk}-{'x' * 43}") is None
    assert find_membership(f"{10**17}-{10**17}-{secret}") is None


def test_no_secret_opens_a_calendar_that_is_turned_off(caller):
    membership = caller.memberships.get()

    assert find_membership(f"{membership.workspace_id}-{membership.pk}-{'x' * 43}") is None


def test_too_many_reads_wait(client, caller, monkeypatch, noon):
    monkeypatch.setattr(links, "READS_PER_MINUTE", 2)
    address = reverse("calendar", args=[make_link(membership=caller.memberships.get(), by=caller)])

    answers = [client.get(address) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "60"


def test_the_token_stands_in_no_log(as_caller, client, caplog):
    address, token = made_by(as_caller)
    with caplog.at_level(logging.DEBUG):
        client.get(address)
        client.get(address.replace(".ics", "x.ics"))

    lines = [record for record in caplog.records if record.name.startswith("config.monitoring")]
    assert lines, "the requests are logged, so the test could fail"
    assert not [each for each in lines if token[-40:-3] in each.getMessage()]


def test_the_audit_log_says_who_made_and_ended_links(as_caller, caller, workspace):
    made_by(as_caller)
    made_by(as_caller)
    as_caller.post(PAGE, {"do": "turn_off"})

    events = workspace.audit_events.order_by("pk").values_list("action", "user", "summary")
    assert list(events) == [
        ("link_made", caller.pk, "Made a link to their calendar"),
        ("link_made", caller.pk, "Made a new link to their calendar"),
        ("link_revoked", caller.pk, "Turned off the link to their calendar"),
    ]
