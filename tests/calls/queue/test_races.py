"""Callers who ask at the same moment, in threads with connections of their own."""

import time

import pytest
import time_machine
from django.db import connection
from django.utils.timezone import now

from calls.callbacks.handover import remove_from_campaign
from calls.queue.leases import LEASE_DURATION, lease_next
from calls.queue.ranking import QueueState, queue
from campaigns.callers.assignment import spread
from campaigns.callers.services import add_callers
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


def assigned_campaign(people):
    """A campaign whose people are shared between two callers, and the two."""
    campaign = active_campaign(people)
    callers = [MembershipFactory(workspace=campaign.workspace, role="caller").user for _ in range(2)]
    add_callers(campaign=campaign, users=callers, by=None)
    spread(campaign=campaign, among=callers, by_firm=False, only_unassigned=False, by=None)
    return campaign, callers


def lease_careless_of_assignment(campaign, caller):
    """Leases the next member as it would be done if nobody's people were anybody's."""

    def take():
        found = queue(campaign.workspace, [campaign], now()).filter(state=QueueState.READY).first()
        CampaignContact.objects.filter(pk=found.pk).update(leased_by=caller, leased_until=now() + LEASE_DURATION)
        return found.pk

    return take


def rounds_with_anothers_person(take):
    """Counts the rounds in which a caller was handed another's person."""
    wrong = 0
    for _ in range(ROUNDS):
        campaign, callers = assigned_campaign(CALLERS)
        handed = at_once(*(take(campaign, caller) for caller in callers * 2))
        assert all(isinstance(each, int) for each in handed), handed
        whose = dict(campaign.members.values_list("pk", "assigned_to"))
        takers = [caller.pk for caller in callers * 2]
        wrong += any(whose[key] != taker for key, taker in zip(handed, takers, strict=True))
    return wrong


def test_callers_who_ask_together_are_never_handed_anothers_person():
    assert rounds_with_anothers_person(lease_with_lock) == 0


def test_careless_of_assignment_they_would_be():
    """The control."""
    assert rounds_with_anothers_person(lease_careless_of_assignment) > 0


def lease_or_none(campaign, caller):
    return lambda: (found := lease_next(campaign=campaign, by=caller)) and found.pk


def test_people_who_are_being_reassigned_are_held_by_one_caller_alone():
    for _ in range(ROUNDS):
        campaign, (first, second) = assigned_campaign(CALLERS)

        def reassign(campaign=campaign, second=second):
            return spread(campaign=campaign, among=[second], by_firm=False, only_unassigned=False, by=None)

        results = at_once(lease_or_none(campaign, first), reassign, lease_or_none(campaign, second))

        assert not [each for each in results if isinstance(each, Exception)], results
        assert results[0] is None or results[0] != results[2]


def test_a_caller_who_is_being_removed_keeps_nobody():
    for _ in range(ROUNDS):
        campaign, (first, _) = assigned_campaign(CALLERS)

        results = at_once(
            *(lease_or_none(campaign, first) for _ in range(3)),
            lambda campaign=campaign, first=first: remove_from_campaign(campaign=campaign, user=first, by=None).pk,
        )

        assert not [each for each in results if isinstance(each, Exception)], results
        assert not campaign.members.filter(leased_by=first).exists()
        assert not campaign.members.filter(assigned_to=first).exists()
