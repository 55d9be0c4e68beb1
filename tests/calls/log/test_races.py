"""Stored counts that are counted again while calls come in, in threads with connections of their own."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils.timezone import now

from calls import derived
from calls.derived import consistency, daily_counts
from calls.log.services import record
from calls.log.validation import NewCall
from calls.models import Call, CampaignDay
from campaigns.models import CampaignContact
from markets.models import Contact
from signals.models import Signal
from tests.campaigns.test_races import at_once
from tests.factories import active_campaign, call, signal

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
        results = at_once(rebuild, *(recording(each) for each in range(CLIENTS)), rebuild)
        assert all(each is None or isinstance(each, Call) for each in results), results
        assert campaign.calls.count() == (n + 1) * CLIENTS
        assert sum(campaign.days.values_list("call_count", flat=True)) == campaign.calls.count()
        assert derived.check(campaign.workspace) == []


def counted_beside_a_call(campaign, monkeypatch, count, *, held_up=None):
    """A recount that is held up while a call is to be recorded: at a campaign, or after it counted the calls of days
    and before it reads what is kept of them.

    Returns what it found wrong, and whether the call came in between.
    """
    read, recorded = threading.Event(), threading.Event()
    members, days, came = consistency.member_differences, daily_counts._differences, []

    def hold_up():
        read.set()
        came.append(recorded.wait(0.5 if held_up == campaign else 10))

    def slow_members(workspace, looked_at):
        found = list(members(workspace, looked_at))
        if held_up and looked_at == held_up:
            hold_up()
        return found

    def slow_days(key, counts, kept, counted):
        list(counted)  # which it keeps
        if not held_up:
            hold_up()
        return days(key, counts, kept, counted)

    monkeypatch.setattr(consistency, "member_differences", slow_members)
    monkeypatch.setattr(daily_counts, "_differences", slow_days)
    contact = campaign.members.get().contact

    def come_between():
        read.wait(5)
        record(campaign=campaign, new=new_call(campaign, contact, request_key=uuid4()))
        recorded.set()
        connections.close_all()

    caller = threading.Thread(target=come_between)
    caller.start()
    found = count(campaign.workspace)
    caller.join()
    monkeypatch.undo()
    assert derived.check(campaign.workspace) == []
    assert sum(campaign.days.values_list("call_count", flat=True)) == 2
    return found, came[0]


def test_a_call_waits_until_the_recount_of_its_campaign_is_through(market, monkeypatch):
    campaign = active_campaign(market=market)
    call(campaign)

    assert counted_beside_a_call(campaign, monkeypatch, derived.rebuild, held_up=campaign) == ([], False)


def test_a_call_does_not_wait_for_the_recount_of_another_campaign(market, monkeypatch):
    campaign, other = active_campaign(market=market), active_campaign(market=market)
    call(campaign)

    assert counted_beside_a_call(campaign, monkeypatch, derived.rebuild, held_up=other) == ([], True)


def test_a_check_lets_calls_in_and_takes_none_of_them_for_a_difference(market, monkeypatch):
    campaign = active_campaign(market=market)
    call(campaign)

    assert counted_beside_a_call(campaign, monkeypatch, derived.check) == ([], True)


def test_counts_are_put_right_while_calls_come_in(market):
    campaigns = [active_campaign(3, market=market) for _ in range(3)]
    people = {campaign: [member.contact for member in campaign.members.all()] for campaign in campaigns}
    for campaign in campaigns:
        call(campaign, disposition="incorrect_number")
        signal(call(campaign, people[campaign][1], disposition="future_potential"))

    def recording(n):
        campaign = campaigns[n % 3]
        return lambda: record(campaign=campaign, new=new_call(campaign, people[campaign][n % 3]))

    for _ in range(ROUNDS):
        CampaignContact.objects.update(attempt_count=9)
        CampaignDay.objects.update(call_count=9)
        Contact.objects.update(wrong_phone="+12125550188")
        Signal.objects.update(current_campaign=None)
        results = at_once(rebuild, *(recording(each) for each in range(CLIENTS)), rebuild)
        assert all(each is None or isinstance(each, Call) for each in results), results
        assert derived.check(market.workspace) == []


def test_requests_that_say_the_same_key_at_once_make_one_call(market):
    campaign = active_campaign(market=market)
    contact, key = campaign.members.get().contact, uuid4()

    results = at_once(*[lambda: record(campaign=campaign, new=new_call(campaign, contact, request_key=key))] * CLIENTS)

    assert {each.pk for each in results} == {campaign.calls.get().pk}
    assert sum(campaign.days.values_list("call_count", flat=True)) == 1
