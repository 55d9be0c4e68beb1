"""Callers who ask at the same moment, in threads with connections of their own."""

import time

import pytest
import time_machine
from django.db import connection
from django.utils.timezone import now

from calls.queue.ranking import LEASE_DURATION, QueueState, lease_next, queue
from campaigns.models import CampaignContact
from tests.campaigns.test_races import at_once
from tests.factories import MembershipFactory, active_campaign, utc

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers"),
]
ROUNDS, CALLERS = 10, 4


@pytest.fixture(autouse=True)
def daytime():
    with time_machine.travel(utc(2026, 11, 25, 17)):
        yield


def lease_with_lock(campaign, caller):
    return lambda: lease_next(campaign=campaign, by=caller).pk


def lease_without_lock(campaign, caller):
    """Leases the next member as it would be done without the lock."""

    def take():
        found = queue(campaign.workspace, [campaign], now(), by=caller).filter(state=QueueState.READY).first()
        time.sleep(0.02)
        CampaignContact.objects.filter(pk=found.pk).update(leased_by=caller, leased_until=now() + LEASE_DURATION)
        return found.pk

    return take


def rounds_leased_twice(take):
    """Counts the rounds in which two callers leased the same member."""
    twice = 0
    for _ in range(ROUNDS):
        campaign = active_campaign(CALLERS)
        callers = [MembershipFactory(workspace=campaign.workspace).user for _ in range(CALLERS)]
        handed = at_once(*(take(campaign, caller) for caller in callers))
        assert all(isinstance(each, int) for each in handed), handed
        twice += len(set(handed)) < CALLERS
    return twice


def test_callers_who_ask_together_are_never_handed_the_same_person():
    assert rounds_leased_twice(lease_with_lock) == 0
    print(f"0 of {ROUNDS} rounds of {CALLERS} callers")


def test_without_the_lock_they_would_be():
    """The control: the same callers, who look first and hold afterwards."""
    assert rounds_leased_twice(lease_without_lock) > 0
