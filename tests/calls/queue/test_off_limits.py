"""Nobody who is off-limits reaches a queue, whatever entries there are and have been."""

from datetime import timedelta

import pytest
from django.utils.timezone import now
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from calls.metrics.callbacks import with_state, with_why_not
from calls.metrics.definitions import callable_contacts
from calls.queue.leases import lease_next
from calls.queue.ranking import first_ready, queue, ready_counts
from campaigns.lifecycle.transitions import TransitionIncomplete, change_status
from campaigns.models import Campaign, Status
from markets.models import OffLimits, Role, Workspace
from markets.off_limits.services import put_off_limits
from markets.workspaces.access import Access, navigation_counts
from tests.factories import CampaignFactory, active_campaign, call, make_it_noon, member

FIRMS = ["", "Quillon LLP", "QUILLON LLP", "Straße & Co", "Sterling LLP"]
entry = st.fixed_dictionaries(
    {
        "person": st.none() | st.integers(0, 4),
        "firm": st.sampled_from(["quillon llp", "straße & co", "Sterling LLP", "Nobody"]),
        "ends_in": st.sampled_from([None, -60, 60]),
        "is_lifted": st.booleans(),
    }
)


def add(workspace: Workspace, people, *, person, firm, ends_in, is_lifted):
    whom = {"firm": firm} if person is None else {"contact": people[person]}
    lifted = {"lifted_at": now(), "lift_reason": "Over"} if is_lifted else {}
    expires_at = now() + timedelta(minutes=ends_in) if ends_in else None
    return OffLimits.objects.create(workspace=workspace, reason="A client", expires_at=expires_at, **whom, **lifted)


def off_limits_by_hand(people, entries):
    """The ids of the people whom an entry in force names, as Python sees it."""
    moment = now()
    in_force = [each for each in entries if not each.lifted_at and (not each.expires_at or each.expires_at > moment)]
    firms = {each.firm.lower() for each in in_force if each.firm}
    named = {each.contact_id for each in in_force if each.contact_id}
    return {each.pk for each in people if each.pk in named or each.firm.lower() in firms}


@pytest.mark.django_db
@given(entries=st.lists(entry, max_size=5))
@hypothesis_settings(max_examples=30, deadline=None)
def test_an_off_limits_person_never_reaches_a_queue(entries):
    campaign = active_campaign(1, calls_on_weekends=True)
    strangers = set(campaign.members.values_list("contact", flat=True))
    campaign.members.all().delete()
    people = [member(campaign, firm=firm).contact for firm in FIRMS]
    make_it_noon(campaign)
    made = [add(campaign.workspace, people, **fields) for fields in entries]

    expected = {each.pk for each in people} - off_limits_by_hand(people, made)

    moment, workspace = now(), campaign.workspace
    assert {each.contact_id for each in queue(workspace, [campaign], moment)} == expected
    assert {each.contact_id for each in first_ready(workspace, [campaign], moment, 9)} == expected
    assert {each.pk for each in workspace.contacts.callable()} - strangers == expected
    assert ready_counts(workspace, [campaign], moment).get(campaign.pk, 0) == len(expected)
    assert callable_contacts(Campaign.objects.filter(pk=campaign.pk))["callable"] == len(expected)


def test_whoever_is_put_off_limits_is_not_handed_out_any_more(market, caller):
    campaign = active_campaign(market=market, calls_on_weekends=True)
    make_it_noon(campaign)
    first = lease_next(campaign=campaign, by=caller)

    put_off_limits(workspace=campaign.workspace, contact=first.contact, reason="A client", by=caller)

    assert lease_next(campaign=campaign, by=caller) is None


def test_a_callback_to_somebody_off_limits_is_not_due_and_says_why(campaign, manager):
    promised = call(campaign, disposition="callback_requested", callback_at=now())
    access = Access(campaign.workspace, Role.MANAGER, manager.memberships.get())
    assert navigation_counts(access)["callbacks"] == 1

    put_off_limits(workspace=campaign.workspace, contact=promised.contact, reason="A client", by=None)

    assert navigation_counts(access)["callbacks"] == 0
    found = with_why_not(with_state(campaign.workspace)).get()
    assert (found.may_be_called, found.why_not) == (False, "Off-limits")


def test_a_campaign_of_people_off_limits_cannot_start(market):
    draft = CampaignFactory(market=market)
    member(draft, firm="Quillon LLP")
    put_off_limits(workspace=market.workspace, firm="Quillon LLP", reason="A client", by=None)

    with pytest.raises(TransitionIncomplete, match="at least one person who can be called"):
        change_status(campaign=draft, to=Status.ACTIVE, by=None)
