"""Stored counts that are counted again while calls come in, in threads with connections of their own."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils.timezone import now

from calls import tallies
from calls.checking import NewCall
from calls.management.commands import rebuild_tallies
from calls.models import Call
from calls.recording import record
from tests.campaigns.test_races import at_once
from tests.factories import active_campaign, call

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers"),
]
ROUNDS, CLIENTS = 5, 4


def new_call(campaign, contact, **fields):
    moment = now() - timedelta(minutes=5)
    return NewCall(contact=contact, disposition="future_potential", started_at=moment, **fields)


def rebuild():
    return call_command("rebuild_tallies", verbosity=0)


def test_calls_that_are_recorded_while_everything_is_counted_again_are_counted_once(market):
    campaign = active_campaign(3, market=market)
    people = [member.contact for member in campaign.members.all()]

    def recording(n):
        return lambda: record(campaign=campaign, new=new_call(campaign, people[n % 3]))

    for n in range(ROUNDS):
        told = at_once(rebuild, *(recording(each) for each in range(CLIENTS)), rebuild)
        assert all(each is None or isinstance(each, Call) for each in told), told
        assert campaign.calls.count() == (n + 1) * CLIENTS
        assert sum(campaign.days.values_list("call_count", flat=True)) == campaign.calls.count()
        assert tallies.differences(campaign.workspace) == []


def rebuilt_beside_a_call(campaign, monkeypatch):
    """A recount that is held up between reading and writing while somebody wants to record a call.

    Returns what it found wrong, and whether the call came in between.
    """
    read, recorded = threading.Event(), threading.Event()
    careful = tallies.differences

    def slow(workspace):
        found = careful(workspace)
        read.set()
        recorded.wait(0.3)
        return found

    monkeypatch.setattr(rebuild_tallies.tallies, "differences", slow)
    contact = campaign.members.get().contact

    def come_between():
        read.wait(5)
        record(campaign=campaign, new=new_call(campaign, contact, request_key=uuid4()))
        recorded.set()
        connections.close_all()

    caller = threading.Thread(target=come_between)
    caller.start()
    found = rebuild_tallies.recount(campaign.workspace, change=True)
    was_in_between = recorded.is_set()
    caller.join()
    monkeypatch.undo()
    assert tallies.differences(campaign.workspace) == []
    return found, was_in_between


def test_a_call_waits_until_the_recount_is_through(market, monkeypatch):
    campaign = active_campaign(market=market)
    call(campaign)

    found, was_in_between = rebuilt_beside_a_call(campaign, monkeypatch)

    assert found == []
    assert not was_in_between
    assert sum(campaign.days.values_list("call_count", flat=True)) == 2


def test_requests_that_say_the_same_key_at_once_make_one_call(market):
    campaign = active_campaign(market=market)
    contact, key = campaign.members.get().contact, uuid4()

    told = at_once(*[lambda: record(campaign=campaign, new=new_call(campaign, contact, request_key=key))] * CLIENTS)

    assert {each.pk for each in told} == {campaign.calls.get().pk}
    assert sum(campaign.days.values_list("call_count", flat=True)) == 1
