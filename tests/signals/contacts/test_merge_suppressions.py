"""A merged contact stays suppressed, and its number unusable, whichever of the two was."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls.log.services import void
from calls.models import Call
from markets.models import (
    Contact,
    Suppression,
)
from markets.suppressions.services import lift, suppress
from signals.contacts.merge import merge
from tests.factories import (
    SuppressionFactory,
    call,
    member_of,
)
from tests.signals.contacts.merge_helpers import is_consistent, reloaded


@pytest.mark.parametrize("by", ["contact", "number", "address"])
@pytest.mark.parametrize("whose", ["merged", "kept"])
def test_who_must_not_be_called_stays_so(campaign, bob, robert, by, whose):
    """Even if the kept contact does not take over the suppressed number or address."""
    named = {"merged": bob, "kept": robert}[whose]
    taking = ["phone", "email"] if whose == "kept" else []
    member_of(campaign, robert)
    keys = {
        "contact": {"contact": named},
        "number": {"phone_e164": named.phone_e164},
        "address": {"email": named.email},
    }
    SuppressionFactory(workspace=bob.workspace, reason="Told us so", **keys[by])

    merge(keep=robert, merged=bob, by=None, taking=taking)

    suppression = Suppression.objects.in_force().get(contact=robert)
    assert suppression.reason == "Told us so"
    assert not Contact.objects.callable().filter(pk=robert.pk).exists()
    assert not campaign.members.callable().filter(contact=robert).exists()


@pytest.mark.parametrize("who", ["merged", "kept"])
def test_voiding_a_call_says_nothing_of_the_list_that_named_the_address_before_a_merge(campaign, bob, robert, who):
    SuppressionFactory(workspace=bob.workspace, email=bob.email, reason="On the list")
    member_of(campaign, bob)
    member_of(campaign, robert)
    refusal = call(campaign, {"merged": bob, "kept": robert}[who], disposition="do_not_contact")
    merge(keep=robert, merged=bob, by=None)

    void(call=Call.objects.get(pk=refusal.pk), by=None, reason="Wrong key")

    assert Suppression.objects.in_force().get(contact=robert).reason == "On the list"
    assert not campaign.members.callable().filter(contact=robert).exists()


def test_who_may_be_called_stays_so(campaign, bob, robert):
    member_of(campaign, robert)
    lift(suppression=suppress(contact=bob, by=None, reason="Asked"), by=None, reason="Asked again")

    record = merge(keep=robert, merged=bob, by=None)

    assert campaign.members.callable().filter(contact=robert).exists()
    assert record.suppressions == 1
    assert Suppression.objects.get().contact == robert


def test_voiding_the_call_that_asked_for_it_lifts_it_after_a_merge_too(campaign, bob, robert):
    member_of(campaign, bob)
    refusal = call(campaign, bob, disposition="do_not_contact")
    merge(keep=robert, merged=bob, by=None)
    assert campaign.members.callable().filter(contact=robert).count() == 0

    void(call=Call.objects.get(pk=refusal.pk), by=None, reason="Wrong key")

    assert campaign.members.callable().filter(contact=robert).count() == 1
    assert is_consistent(campaign.workspace)


def wrong_number(campaign, contact, days_ago):
    member_of(campaign, contact)
    call(campaign, contact, disposition="incorrect_number", started_at=now() - timedelta(days=days_ago))


def test_a_number_that_was_found_incorrect_stays_so(campaign, bob, robert):
    wrong_number(campaign, robert, 1)

    merge(keep=robert, merged=bob, by=None)

    assert reloaded(robert).has_wrong_phone
    assert is_consistent(campaign.workspace)


def test_an_incorrect_number_can_give_way_to_one_that_works(campaign, bob, robert):
    wrong_number(campaign, robert, 1)

    merge(keep=robert, merged=bob, by=None, taking=["phone"])

    assert campaign.members.callable().filter(contact=robert).exists()
    assert is_consistent(campaign.workspace)


def test_of_two_incorrect_numbers_neither_is_called(campaign, bob, robert):
    wrong_number(campaign, robert, 2)
    wrong_number(campaign, bob, 1)

    merge(keep=robert, merged=bob, by=None)

    assert reloaded(robert).has_wrong_phone
    assert is_consistent(campaign.workspace)
