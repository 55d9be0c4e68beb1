"""Who is next in a campaign, and why."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls.log.services import void
from calls.queue.explanations import waiting_groups
from calls.queue.leases import lease, lease_next, release, skip
from calls.queue.ranking import FIRST_BATCH, QueueState, Rank, queue, ready_counts
from campaigns.lifecycle.transitions import change_status
from tests.calls.queue.members import called_member, queue_state, ready_members, reloaded
from tests.factories import (
    ContactFactory,
    MembershipFactory,
    SuppressionFactory,
    active_campaign,
    call,
    member,
    member_of,
    utc,
)

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def campaign(market):
    campaign = active_campaign(1, market=market, name="Ongoing coverage")
    campaign.members.all().delete()
    return campaign


def test_promises_come_first_then_interest_then_the_uncalled_then_the_longest_rest(campaign):
    shorter = called_member(campaign, days_ago=5)
    longer = called_member(campaign, days_ago=12)
    uncalled = member(campaign)
    later_due = called_member(campaign, disposition="callback_requested", callback_at=now() - timedelta(minutes=5))
    sooner_due = called_member(campaign, disposition="callback_requested", callback_at=now() - timedelta(days=1))
    interested = called_member(
        campaign, days_ago=22, disposition="callback_requested", callback_at=now() - timedelta(days=9)
    )
    call(campaign, interested.contact, started_at=now() - timedelta(days=8))

    assert ready_members(campaign) == [
        (sooner_due.contact_id, Rank.CALLBACK_DUE, "callback promised for 24 Nov, 12:00"),
        (later_due.contact_id, Rank.CALLBACK_DUE, "callback promised for 11:55"),
        (interested.contact_id, Rank.INTERESTED, "showed interest on 3 Nov, fresh"),
        (uncalled.contact_id, Rank.UNCALLED, "not called yet"),
        (longer.contact_id, Rank.RESTED, "rested for 12 days, 1 attempt so far"),
        (shorter.contact_id, Rank.RESTED, "rested for 5 days, 1 attempt so far"),
    ]


def test_interest_shown_in_another_campaign_counts(campaign):
    member(campaign)
    contact = ContactFactory(workspace=campaign.workspace)
    called_member(active_campaign(market=campaign.market), contact, days_ago=22, disposition="future_potential")
    warm = member_of(campaign, contact)

    assert ready_members(campaign)[0] == (warm.contact_id, Rank.INTERESTED, "showed interest on 3 Nov, fresh")


def test_the_freshest_and_strongest_interest_comes_first(campaign):
    """Met, asked for a callback and merely interested, each at three ages; the newer of equals before the older."""
    elsewhere = active_campaign(market=campaign.market, days_ago=400)

    def interested(days_ago, disposition):
        contact = ContactFactory(workspace=campaign.workspace)
        due = now() - timedelta(days=days_ago - 1) if disposition == "callback_requested" else None
        called_member(elsewhere, contact, days_ago=days_ago, disposition=disposition, callback_at=due)
        return member_of(campaign, contact).contact_id

    stale_meeting = interested(200, "meeting_booked")
    ageing = interested(100, "future_potential")
    fresh, newest = interested(30, "future_potential"), interested(10, "future_potential")
    callback, meeting = interested(40, "callback_requested"), interested(80, "meeting_booked")
    ageing_meeting = interested(170, "meeting_booked")

    ranked = ready_members(campaign)

    order = [meeting, callback, newest, fresh, ageing_meeting, ageing, stale_meeting]
    assert [contact for contact, *_ in ranked] == order
    assert [reason for *_, reason in ranked][:3] == [
        "had a meeting booked on 6 Sep, fresh",
        "asked for a callback on 16 Oct, fresh",
        "showed interest on 15 Nov, fresh",
    ]
    assert ranked[-1][-1] == "had a meeting booked on 9 May, stale"


def test_of_equals_the_first_to_be_added_comes_first(campaign):
    people = [member(campaign).contact_id for _ in range(4)]

    assert [contact for contact, *_ in ready_members(campaign)] == people


def test_nobody_is_offered_who_cannot_be_called(campaign):
    called_member(campaign, disposition="not_interested")
    called_member(campaign, disposition="incorrect_number")
    member(campaign, phone="", phone_e164="")
    suppressed = member(campaign)
    SuppressionFactory(workspace=campaign.workspace, phone_e164=suppressed.contact.phone_e164)
    campaign.members.filter(pk=member(campaign).pk).update(removed_at=now(), removed_reason="Moved")

    assert ready_members(campaign) == []
    assert waiting_groups(campaign, now()) == []


def test_a_campaign_that_is_not_active_offers_nobody(campaign, caller):
    member(campaign)
    change_status(campaign=campaign, to="paused", by=None, reason="Holidays")

    assert ready_members(campaign) == []
    assert lease_next(campaign=campaign, by=caller) is None


def test_a_promise_for_later_is_not_offered_before(campaign, noon):
    promised = called_member(
        campaign, days_ago=1, disposition="callback_requested", callback_at=now() + timedelta(hours=2)
    )
    assert queue_state(promised) == QueueState.CALLBACK_LATER

    noon.shift(timedelta(hours=2))
    assert queue_state(promised) == QueueState.READY


def test_a_promise_is_kept_whatever_the_cap_and_the_rest_say(campaign):
    campaign.most_attempts = 1
    campaign.save()
    promised = called_member(campaign, days_ago=1, disposition="callback_requested", callback_at=now())

    assert queue_state(promised) == QueueState.READY


def test_who_was_called_as_often_as_the_campaign_allows_is_not_offered(campaign):
    campaign.most_attempts = 2
    campaign.save()
    one_call, two_calls = called_member(campaign), called_member(campaign)
    last = call(campaign, two_calls.contact, started_at=now() - timedelta(days=5))
    assert (queue_state(one_call), queue_state(two_calls)) == (QueueState.READY, QueueState.USED_UP)

    void(call=last, by=None, reason="Twice in the log")
    assert queue_state(two_calls) == QueueState.READY


@pytest.mark.parametrize(
    ("rest_days", "called_at", "state"),
    [
        (0, utc(2026, 11, 25, 16, 59), "ready"),
        (1, utc(2026, 11, 25, 5, 0), "resting"),  # midnight in New York
        (1, utc(2026, 11, 25, 4, 59), "ready"),
        (2, utc(2026, 11, 24, 5, 0), "resting"),
        (2, utc(2026, 11, 24, 4, 59), "ready"),
    ],
)
def test_people_rest_for_days_of_the_workspace(campaign, rest_days, called_at, state):
    campaign.rest_days = rest_days
    campaign.save()
    someone = member(campaign)
    call(campaign, someone.contact, started_at=called_at)

    assert queue_state(someone) == state


@pytest.mark.parametrize(
    ("zone", "moment", "state"),
    [
        ("", utc(2026, 11, 25, 12, 59), "outside_hours"),  # 7:59 in New York
        ("", utc(2026, 11, 25, 13), "ready"),
        ("", utc(2026, 11, 26, 1, 59), "ready"),
        ("", utc(2026, 11, 26, 2), "outside_hours"),  # 21:00
        ("Mars/Olympus", utc(2026, 11, 25, 13), "ready"),
        ("Mars/Olympus", utc(2026, 11, 26, 2), "outside_hours"),
        ("America/Los_Angeles", utc(2026, 11, 25, 15, 59), "outside_hours"),
        ("America/Los_Angeles", utc(2026, 11, 25, 16), "ready"),
        ("America/Los_Angeles", utc(2026, 11, 26, 4, 59), "ready"),  # New York sleeps
        ("Asia/Kathmandu", utc(2026, 11, 25, 2, 15), "ready"),  # 8:00, three quarters of an hour aside
        ("Asia/Kathmandu", utc(2026, 11, 25, 2, 14), "outside_hours"),
    ],
)
def test_people_are_offered_from_8_to_21_where_they_are(campaign, noon, zone, moment, state):
    someone = member(campaign, timezone=zone)
    noon.move_to(moment)

    assert queue_state(someone) == state


def test_the_next_person_is_held_for_a_quarter_of_an_hour(campaign, caller, other, noon):
    first, second = member(campaign), member(campaign)

    assert lease_next(campaign=campaign, by=caller) == first
    assert lease_next(campaign=campaign, by=other) == second
    assert lease_next(campaign=campaign, by=caller) == first, "whom they hold already comes again"
    assert queue_state(first) == QueueState.LEASED
    assert queue_state(first, by=caller) == QueueState.READY

    noon.shift(timedelta(minutes=15))
    assert lease_next(campaign=campaign, by=other) == first


def test_whom_a_caller_holds_and_may_no_longer_call_does_not_come_again(campaign, caller):
    first, second = member(campaign), member(campaign)
    lease_next(campaign=campaign, by=caller)
    SuppressionFactory(workspace=campaign.workspace, contact=first.contact)

    assert lease_next(campaign=campaign, by=caller) == second


def test_whom_a_caller_holds_comes_before_a_promise_that_falls_due_meanwhile(campaign, caller, noon):
    promised = called_member(campaign, disposition="callback_requested", callback_at=now() + timedelta(minutes=5))
    first = member(campaign)
    assert lease_next(campaign=campaign, by=caller) == first
    noon.shift(timedelta(minutes=6))

    assert lease_next(campaign=campaign, by=caller) == first
    release(member=first, by=caller)
    assert lease_next(campaign=campaign, by=caller) == promised


def test_a_hold_is_given_by_nobody_but_its_holder(campaign, caller, other):
    someone = member(campaign)
    assert lease(member=someone, by=caller)

    assert not lease(member=someone, by=other)
    assert not skip(member=someone, by=other)
    release(member=someone, by=other)
    assert reloaded(someone).leased_by == caller

    release(member=someone, by=caller)
    assert (reloaded(someone).leased_by, someone.leased_until) == (None, None)
    assert lease(member=someone, by=other)


def test_who_is_skipped_comes_back_in_an_hour(campaign, caller, noon):
    first, second = member(campaign), member(campaign)
    skip(member=lease_next(campaign=campaign, by=caller), by=caller)

    assert queue_state(first, by=caller) == QueueState.SKIPPED
    assert lease_next(campaign=campaign, by=caller) == second
    noon.shift(timedelta(hours=1))
    assert queue_state(first) == QueueState.READY


def test_who_waits_is_said_with_how_many_and_until_when(campaign, caller, noon):
    campaign.most_attempts = 3
    campaign.save()
    called_member(campaign, disposition="callback_requested", callback_at=now() + timedelta(hours=2))
    called_member(campaign, days_ago=1)
    called_member(campaign, days_ago=0)
    worn = called_member(campaign, days_ago=5).contact
    for days_ago in (4, 3):
        call(campaign, worn, started_at=now() - timedelta(days=days_ago))
    member(campaign, timezone="Asia/Tokyo")
    lease(member=member(campaign), by=caller)
    skip(member=member(campaign), by=caller)

    assert [(wait.state, wait.people, wait.note) for wait in waiting_groups(campaign, now())] == [
        (QueueState.CALLBACK_LATER, 1, "The first promise is for 14:00."),
        (QueueState.USED_UP, 1, "The campaign makes at most 3 attempts; a manager can allow more."),
        (QueueState.RESTING, 2, "2 days between attempts; the first are offered again on 26 Nov."),
        (QueueState.OUTSIDE_HOURS, 1, "People are called from 8:00 to 21:00 where they are; the first from 18:00."),
        (QueueState.LEASED, 1, "Callers have them on the screen; the first hold ends at 12:15."),
        (QueueState.SKIPPED, 1, "Skipped for now; the first come back at 13:00."),
    ]
    assert lease_next(campaign=campaign, by=MembershipFactory(workspace=campaign.workspace).user) is None


def test_several_campaigns_are_counted_together_each_by_its_own_rest(campaign):
    patient, hasty = active_campaign(market=campaign.market), active_campaign(market=campaign.market)
    hasty.rest_days = 0
    hasty.save()
    for each in (patient, hasty):
        call(each, started_at=now() - timedelta(minutes=30))

    assert ready_counts(campaign.workspace, [campaign, patient, hasty], now()) == {hasty.pk: 1}


def test_the_next_costs_the_same_among_2_and_among_40(campaign, caller):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            lease_next(campaign=campaign, by=caller)
        return len(queries)

    for _ in range(2):
        member(campaign)
    few = cost()
    for _ in range(38):
        member(campaign)

    assert cost() == few
    assert few <= 6


def test_who_is_ready_is_found_behind_more_who_are_not_than_are_looked_at_first(campaign, caller):
    """What tells whether they are lies with the people themselves: their numbers, and the hours where they are."""
    asleep = [member(campaign, timezone="Asia/Tokyo") for _ in range(FIRST_BATCH + 1)]
    ready = member(campaign, timezone="America/New_York")

    assert lease_next(campaign=campaign, by=caller) == ready
    assert lease_next(campaign=campaign, by=caller) == ready, "held by the same caller"
    release(member=reloaded(ready), by=caller)
    call(campaign, ready.contact)
    assert lease_next(campaign=campaign, by=caller) is None
    waiting = queue(campaign.workspace, [campaign], now()).filter(pk__in=[each.pk for each in asleep])
    assert set(waiting.values_list("state", flat=True)) == {QueueState.OUTSIDE_HOURS}
