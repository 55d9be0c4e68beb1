"""Memberships and absences of two merged contacts become those of one."""

from datetime import timedelta
from itertools import batched

import time_machine
from django.utils.timezone import now

from campaigns.membership import remove
from campaigns.models import CampaignContact
from markets.models import (
    MarketContact,
)
from signals.contacts.merge import merge
from tests.factories import (
    CampaignFactory,
    member_of,
)
from tests.signals.contacts.merge_helpers import is_consistent


def test_of_two_memberships_the_current_one_wins_since_the_earlier_day(campaign, bob, robert):
    earlier = now() - timedelta(days=9)
    membership = member_of(campaign, bob)
    CampaignContact.objects.filter(pk=membership.pk).update(added_at=earlier)
    member_of(campaign, robert)
    remove(campaign=campaign, contacts=[robert.pk], by=None, reason="Moved away")

    merge(keep=robert, merged=bob, by=None)

    kept = campaign.members.get(contact=robert)
    assert (kept.removed_at, kept.removed_reason, kept.added_at) == (None, "", earlier)


def test_of_two_ended_memberships_the_later_end_stays(campaign, bob, robert):
    for contact, reason in ((robert, "First"), (bob, "Last")):
        member_of(campaign, contact)
        remove(campaign=campaign, contacts=[contact.pk], by=None, reason=reason)

    merge(keep=robert, merged=bob, by=None)

    assert campaign.members.get(contact=robert).removed_reason == "Last"


def remove_and_return(campaign, contact, *days):
    """Adds a member ten days ago, then removes and returns them after each pair of days; returns the start."""
    begun = now() - timedelta(days=10)
    member_of(campaign, contact)
    CampaignContact.objects.filter(contact=contact).update(added_at=begun)
    for removed, returned in batched(days, 2):
        with time_machine.travel(begun + timedelta(days=removed), tick=False):
            remove(campaign=campaign, contacts=[contact.pk], by=None, reason=f"Out after {removed}")
        if returned:
            with time_machine.travel(begun + timedelta(days=returned), tick=False):
                member_of(campaign, contact)
    return begun


def test_the_times_out_of_a_campaign_go_with_whoever_was_in_it(campaign, bob, robert):
    remove_and_return(campaign, bob, 2, 4)

    merge(keep=robert, merged=bob, by=None)

    assert robert.absences.get().removed_reason == "Out after 2"
    assert is_consistent(campaign.workspace)


def test_of_two_memberships_the_times_out_are_those_of_both(campaign, bob, robert):
    begun = remove_and_return(campaign, bob, 1, 4, 6, 9)
    remove_and_return(campaign, robert, 3, 5, 8, None)

    merge(keep=robert, merged=bob, by=None)

    kept = campaign.members.get(contact=robert)
    assert [
        ((each.removed_at - begun).days, (each.returned_at - begun).days, each.removed_reason)
        for each in robert.absences.all()
    ] == [(3, 4, "Out after 3"), (8, 9, "Out after 8")]
    assert (kept.added_at, kept.removed_at) == (begun, None)
    assert is_consistent(campaign.workspace)


def test_places_in_landscapes_are_held_once_since_the_earlier_day(market, bob, robert):
    earlier = now() - timedelta(days=9)
    for contact, added_at in ((bob, earlier), (robert, now())):
        MarketContact.objects.create(workspace=bob.workspace, market=market, contact=contact, added_at=added_at)

    merge(keep=robert, merged=bob, by=None)

    assert MarketContact.objects.get().added_at == earlier


def test_a_merge_works_on_a_draft_campaign(market, bob, robert):
    draft = CampaignFactory(market=market)
    member_of(draft, bob)
    member_of(draft, robert)

    merge(keep=robert, merged=bob, by=None)

    assert draft.members.get().contact == robert
