"""A campaign's people are handed to its callers, and to the caller whose people they are."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.callbacks.handover import remove_from_campaign
from calls.queue.explanations import waiting_groups
from calls.queue.leases import lease, lease_next, skip
from calls.queue.ranking import QueueState, first_ready, queue, ready_counts
from campaigns.callers.assignment import assign
from campaigns.callers.services import CallerRefused, add_callers
from campaigns.models import Campaign
from tests.calls.queue.members import called_member, queue_state, ready_members, reloaded
from tests.factories import MembershipFactory, active_campaign, member

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def campaign(market):
    campaign = active_campaign(1, market=market, name="Ongoing coverage")
    campaign.members.all().delete()
    return campaign


def give(member, to):
    assign(campaign=member.campaign, contacts=[member.contact_id], to=to, by=None)
    return reloaded(member)


def test_everything_agrees_on_whose_people_they_are(campaign, caller, other):
    own, others, free = give(member(campaign), caller), give(member(campaign), other), member(campaign)

    assert [contact for contact, *_ in ready_members(campaign, by=caller)] == [own.contact_id, free.contact_id]
    assert queue_state(others, by=caller) == QueueState.ANOTHER_ONES
    assert ready_counts(campaign.workspace, [campaign], now(), by=caller) == {campaign.pk: 2}
    assert first_ready(campaign.workspace, [campaign], now(), 5, by=caller) == [own, free]
    assert not lease(member=others, by=caller)
    assert not skip(member=others, by=caller)
    assert lease_next(campaign=campaign, by=caller) == own
    assert skip(member=own, by=caller)
    assert lease_next(campaign=campaign, by=caller) == free
    assert skip(member=free, by=caller)
    assert lease_next(campaign=campaign, by=caller) is None
    assert [(each.state, each.people) for each in waiting_groups(campaign, now(), caller)] == [
        (QueueState.ANOTHER_ONES, 1),
        (QueueState.SKIPPED, 2),
    ]


def test_whoever_looks_at_the_whole_queue_sees_everybody(campaign, caller):
    give(member(campaign), caller)

    assert ready_counts(campaign.workspace, [campaign], now()) == {campaign.pk: 1}


def test_within_a_rank_their_own_come_first(campaign, caller):
    free, own = member(campaign), give(member(campaign), caller)
    due = called_member(campaign, disposition="callback_requested", callback_at=now() - timedelta(hours=1))

    assert [contact for contact, *_ in ready_members(campaign, by=caller)] == [
        due.contact_id,
        own.contact_id,
        free.contact_id,
    ]


def test_a_due_callback_of_another_comes_only_once_it_is_handed_over(campaign, caller, other):
    due = called_member(campaign, disposition="callback_requested", callback_at=now() - timedelta(hours=1))
    give(due, other)
    assert lease_next(campaign=campaign, by=caller) is None

    give(due, caller)
    assert lease_next(campaign=campaign, by=caller) == due


@pytest.mark.parametrize("how", ["deactivated", "viewer", "removed"])
def test_people_of_a_user_who_calls_no_more_are_nobodys(campaign, caller, other, how):
    theirs = give(member(campaign), other)
    membership = other.memberships.get()
    if how == "deactivated":
        type(other).objects.filter(pk=other.pk).update(is_active=False)
    elif how == "viewer":
        type(membership).objects.filter(pk=membership.pk).update(role="viewer")
    else:
        membership.delete()

    assert lease_next(campaign=campaign, by=caller) == theirs


def test_only_the_callers_of_a_campaign_are_handed_its_people(campaign, caller, other, manager, client):
    someone = member(campaign)
    add_callers(campaign=campaign, users=[caller], by=manager)

    assert lease_next(campaign=campaign, by=other) is None
    assert not lease(member=someone, by=other)
    assert lease_next(campaign=campaign, by=caller) == someone
    client.force_login(other)
    page = client.get(reverse("campaigns:next", args=["acme", campaign.pk])).content.decode()
    assert "Caller makes the calls of Ongoing coverage." in page
    form = client.get(reverse("campaigns:call", args=["acme", campaign.pk, someone.contact_id])).content.decode()
    assert "Ask them, or a manager, before you call." in form


def test_people_who_were_given_to_somebody_who_is_no_caller_are_nobodys(campaign, caller, other, manager):
    theirs = give(member(campaign), other)
    add_callers(campaign=campaign, users=[caller], by=manager)

    assert lease_next(campaign=campaign, by=caller) == theirs


def test_a_caller_who_is_removed_gives_up_people_and_holds(campaign, caller, other, manager):
    add_callers(campaign=campaign, users=[caller, other], by=manager)
    own = give(member(campaign), caller)
    assert lease_next(campaign=campaign, by=caller) == own

    event = remove_from_campaign(campaign=campaign, user=caller, by=manager)

    assert (event.details["people"], event.details["holds"]) == (1, 1)
    assert (reloaded(own).assigned_to, own.leased_by, own.leased_until) == (None, None, None)
    assert lease_next(campaign=campaign, by=caller) is None
    assert lease_next(campaign=campaign, by=other) == own


def test_the_people_of_the_priority_audience_come_first_within_their_rank(campaign, caller):
    first, second = member(campaign, firm="Kirk LLP"), member(campaign, firm="Bright LLP")
    due = called_member(campaign, disposition="callback_requested", callback_at=now() - timedelta(hours=1))
    rule = {"kind": "firm", "op": "is", "values": ["Bright LLP"]}
    campaign.priority_rule = {"version": 1, "match": "all", "conditions": [rule]}
    campaign.save()

    assert [(contact, words) for contact, _, words in ready_members(campaign, by=caller)] == [
        (due.contact_id, "callback promised for 11:00"),
        (second.contact_id, "not called yet; in the priority audience"),
        (first.contact_id, "not called yet"),
    ]
    assert lease_next(campaign=campaign, by=caller) == due


def test_a_priority_rule_that_no_longer_holds_puts_nobody_first(campaign, caller):
    someone = member(campaign)
    campaign.priority_rule = {"version": 1, "match": "all", "conditions": [{"kind": "custom", "field": "gone"}]}
    campaign.save()

    assert lease_next(campaign=campaign, by=caller) == someone


def test_several_campaigns_are_seen_each_by_its_own_callers(campaign, caller, other, manager):
    closed = active_campaign(market=campaign.market)
    add_callers(campaign=closed, users=[other], by=manager)
    member(campaign)

    counts = ready_counts(campaign.workspace, list(Campaign.objects.all()), now(), by=caller)

    assert counts == {campaign.pk: 1, closed.pk: 1}, "of a campaign that hands them nobody they see the whole"
    states = queue(campaign.workspace, [closed], now(), by=other).values_list("state", flat=True)
    assert set(states) == {QueueState.READY}


def test_a_manager_of_another_workspace_is_no_caller(campaign, manager):
    with pytest.raises(CallerRefused, match="can't call here"):
        add_callers(campaign=campaign, users=[MembershipFactory().user], by=manager)
