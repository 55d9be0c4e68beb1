"""Whose people a campaign's members are, by hand, evenly and by firm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.callers.assignment import Assignable, AssignmentRefused, assign, plan, spread
from campaigns.callers.services import CallerRefused, add_callers
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import CampaignClosed
from tests.factories import MembershipFactory, member

FIRMS = st.sampled_from(["", "alpha", "beta", "gamma", "delta"])
PEOPLE = st.lists(st.tuples(FIRMS, st.sampled_from([0, 0, 1, 2])), max_size=60)


def members(people):
    return [Assignable(number, firm, caller) for number, (firm, caller) in enumerate(people)]


@given(PEOPLE)
def test_evenly_no_caller_has_more_than_one_above_another(people):
    shares = plan(members(people), [1, 2, 3], by_firm=False, only_unassigned=False)

    sizes = sorted(len(keys) for keys in shares.values())
    assert sum(sizes) == len(people)
    assert sizes[-1] - sizes[0] <= 1


@given(PEOPLE)
def test_by_firm_a_firm_has_one_caller_and_nobody_is_left_out(people):
    shares = plan(members(people), [1, 2], by_firm=True, only_unassigned=False)

    caller_of = {key: caller for caller, keys in shares.items() for key in keys}
    assert caller_of.keys() == set(range(len(people)))
    for firm in {firm for firm, _ in people if firm}:
        assert len({caller_of[key] for key, (of, _) in enumerate(people) if of == firm}) == 1


def test_a_firm_goes_to_whoever_has_most_of_it_already():
    people = [("alpha", 2), ("alpha", 2), ("alpha", 0), ("beta", 0), ("", 0)]

    shares = plan(members(people), [1, 2], by_firm=True, only_unassigned=True)

    assert 2 in shares[2]
    assert sorted(key for keys in shares.values() for key in keys) == [2, 3, 4]


def test_who_calls_for_another_workspace_alone_does_not_call_here(campaign, outsider, manager):
    with pytest.raises(CallerRefused, match="can't call here"):
        add_callers(campaign=campaign, users=[outsider], by=manager)


def test_those_who_are_assigned_stay_unless_all_are_shared_anew(campaign, caller, other, manager):
    first = campaign.members.order_by("pk").first()
    assign(campaign=campaign, contacts=[first.contact_id], to=caller, by=manager)

    assert spread(campaign=campaign, among=[other], by_firm=False, only_unassigned=True, by=manager) == {other.pk: 2}
    first.refresh_from_db()
    assert first.assigned_to == caller

    spread(campaign=campaign, among=[other], by_firm=False, only_unassigned=False, by=manager)
    assert set(campaign.members.values_list("assigned_to", flat=True)) == {other.pk}


def test_whoever_no_longer_calls_counts_as_nobody(campaign, caller, other, manager):
    spread(campaign=campaign, among=[caller], by_firm=False, only_unassigned=True, by=manager)
    caller.is_active = False
    caller.save()

    assert spread(campaign=campaign, among=[other], by_firm=False, only_unassigned=True, by=manager) == {other.pk: 3}


def test_people_go_only_to_callers_of_the_campaign(campaign, caller, other, viewer, manager):
    contact = campaign.members.first().contact_id
    with pytest.raises(AssignmentRefused, match="Viewer is not a caller"):
        assign(campaign=campaign, contacts=[contact], to=viewer, by=manager)

    add_callers(campaign=campaign, users=[caller], by=manager)
    with pytest.raises(AssignmentRefused, match="Otto is not a caller"):
        assign(campaign=campaign, contacts=[contact], to=other, by=manager)


def test_a_completed_campaign_keeps_its_people_as_they_are(campaign, caller, manager):
    change_status(campaign=campaign, to="completed", by=manager, reason="Over")

    with pytest.raises(CampaignClosed):
        assign(campaign=campaign, contacts=[campaign.members.first().contact_id], to=caller, by=manager)


def test_another_workspaces_people_are_not_touched(campaign, caller, manager):
    foreign = member(type(campaign).objects.get(pk=campaign.pk))
    stranger = MembershipFactory(role="caller").user

    with pytest.raises(AssignmentRefused):
        assign(campaign=campaign, contacts=[foreign.contact_id], to=stranger, by=manager)
