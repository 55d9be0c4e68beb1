"""Two contacts that are one person become one, and every number stays true."""

import json
from datetime import timedelta
from itertools import batched

import pytest
import time_machine
from django.db import connection
from django.utils.timezone import now

from calls.derived import daily_counts
from calls.log.services import void
from calls.metrics.definitions import totals
from calls.models import Call
from campaigns.lifecycle import change_status
from campaigns.membership import remove
from campaigns.models import CampaignContact, Status
from markets.contacts.merge import AlreadyMerged, MergeRefused
from markets.models import (
    Contact,
    ContactMerge,
    ImportedContact,
    ImportJob,
    MarketContact,
    NotDuplicate,
    Suppression,
)
from markets.suppressions.services import lift, suppress
from signals.contacts.merge import merge
from signals.models import Signal
from tests.factories import (
    CampaignFactory,
    ContactFactory,
    SuppressionFactory,
    WorkspaceFactory,
    active_campaign,
    call,
    member_of,
    signal,
)

EVENTS = ("calls_made", "conversations", "meetings_booked", "signals_captured")


@pytest.fixture
def bob(workspace):
    return ContactFactory(workspace=workspace, full_name="Bob Stone", title="Partner", external_id="CRM-2")


@pytest.fixture
def robert(workspace):
    return ContactFactory(workspace=workspace, full_name="Robert Stone", firm="Acme LLP")


def numbers(workspace):
    return totals(workspace, None)()


def all_true(workspace):
    """Every stored count is what a recount finds, and no key leads nowhere."""
    connection.check_constraints()
    return daily_counts.differences(workspace) == []


def fresh(contact):
    return Contact.objects.get(pk=contact.pk)


def test_calls_signals_and_meetings_move_and_every_number_stays(campaign, bob, robert, manager):
    other = active_campaign(market=campaign.market, name="Other")
    for each, contact in ((campaign, bob), (campaign, robert), (other, bob)):
        member_of(each, contact)
    booked = call(campaign, bob, disposition="meeting_booked")
    heard = signal(booked)
    call(campaign, robert)
    call(other, bob, disposition="future_potential")
    before = numbers(campaign.workspace)

    record = merge(keep=robert, merged=bob, by=manager)

    after = numbers(campaign.workspace)
    assert [after[name] for name in EVENTS] == [before[name] for name in EVENTS]
    assert after["contact_count"] == before["contact_count"] - 1
    assert all_true(campaign.workspace)
    assert not Contact.objects.filter(pk=bob.pk).exists()
    assert set(robert.calls.all()) == set(Call.objects.all())
    assert Signal.objects.get().contact == robert
    assert booked.meeting.call.contact_id == bob.pk  # the object in hand is the old one
    assert Call.objects.get(pk=booked.pk).meeting.call.contact == robert
    assert robert.campaign_contacts.get(campaign=campaign).attempt_count == 2
    assert (record.calls, record.signals, record.campaigns, record.markets) == (2, 1, 2, 1)
    assert record.moved["signals"] == [heard.pk]


def test_a_completed_campaign_hands_its_history_over_too(campaign, bob, robert):
    member_of(campaign, bob)
    member_of(campaign, robert)
    made = call(campaign, bob, disposition="future_potential")
    change_status(campaign=campaign, to=Status.COMPLETED, by=None, reason="Done")

    merge(keep=robert, merged=bob, by=None)

    assert Call.objects.get(pk=made.pk).contact == robert
    assert campaign.members.get(contact=robert).conversation_count == 1
    assert all_true(campaign.workspace)


def test_of_two_memberships_the_current_one_wins_since_the_earlier_day(campaign, bob, robert):
    earlier = now() - timedelta(days=9)
    theirs = member_of(campaign, bob)
    CampaignContact.objects.filter(pk=theirs.pk).update(added_at=earlier)
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


def out(campaign, contact, *days):
    """A member since ten days ago, and taken out and brought back after so many days, in turn."""
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
    out(campaign, bob, 2, 4)

    merge(keep=robert, merged=bob, by=None)

    assert robert.absences.get().removed_reason == "Out after 2"
    assert all_true(campaign.workspace)


def test_of_two_memberships_the_times_out_are_those_of_both(campaign, bob, robert):
    begun = out(campaign, bob, 1, 4, 6, 9)
    out(campaign, robert, 3, 5, 8, None)

    merge(keep=robert, merged=bob, by=None)

    kept = campaign.members.get(contact=robert)
    assert [
        ((each.removed_at - begun).days, (each.returned_at - begun).days, each.removed_reason)
        for each in robert.absences.all()
    ] == [(3, 4, "Out after 3"), (8, 9, "Out after 8")]
    assert (kept.added_at, kept.removed_at) == (begun, None)
    assert all_true(campaign.workspace)


def test_places_in_landscapes_are_held_once_since_the_earlier_day(market, bob, robert):
    earlier = now() - timedelta(days=9)
    for contact, added_at in ((bob, earlier), (robert, now())):
        MarketContact.objects.create(workspace=bob.workspace, market=market, contact=contact, added_at=added_at)

    merge(keep=robert, merged=bob, by=None)

    assert MarketContact.objects.get().added_at == earlier


def test_the_kept_person_gets_what_they_lack_and_what_is_chosen(bob, robert):
    robert.email = ""
    robert.save()

    merge(keep=robert, merged=bob, by=None, taking=["full_name"])

    kept = fresh(robert)
    assert (kept.full_name, kept.name_key) == ("Bob Stone", "bob stone")
    assert (kept.email, kept.title, kept.external_id) == (bob.email, "Partner", "CRM-2")
    assert (kept.firm, kept.phone_e164) == ("Acme LLP", robert.phone_e164)


def test_a_merge_can_be_read_back(bob, robert, manager):
    record = merge(keep=robert, merged=bob, by=manager, taking=["phone"], reason=" Same badge photo ")

    assert (record.label, record.merged_id, record.merged_by, record.reason) == (
        *("Bob Stone", bob.pk, manager),
        "Same badge photo",
    )
    assert record.fields["email"] == bob.email
    assert record.replaced["phone_e164"] == robert.phone_e164
    json.dumps(record.fields)


@pytest.mark.parametrize("by", ["contact", "number", "address"])
@pytest.mark.parametrize("whose", ["merged", "kept"])
def test_who_must_not_be_called_stays_so(campaign, bob, robert, by, whose):
    """Also when the number or address that is suppressed is not kept."""
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

    suppression = Suppression.objects.open().get(contact=robert)
    assert suppression.reason == "Told us so"
    assert not Contact.objects.callable().filter(pk=robert.pk).exists()
    assert not campaign.members.callable().filter(contact=robert).exists()


@pytest.mark.parametrize("who", ["merged", "kept"])
def test_voiding_a_call_says_nothing_of_the_list_that_named_the_address_before_a_merge(campaign, bob, robert, who):
    SuppressionFactory(workspace=bob.workspace, email=bob.email, reason="On the list")
    member_of(campaign, bob)
    member_of(campaign, robert)
    asked = call(campaign, {"merged": bob, "kept": robert}[who], disposition="do_not_contact")
    merge(keep=robert, merged=bob, by=None)

    void(call=Call.objects.get(pk=asked.pk), by=None, reason="Wrong key")

    assert Suppression.objects.open().get(contact=robert).reason == "On the list"
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
    asked = call(campaign, bob, disposition="do_not_contact")
    merge(keep=robert, merged=bob, by=None)
    assert campaign.members.callable().filter(contact=robert).count() == 0

    void(call=Call.objects.get(pk=asked.pk), by=None, reason="Wrong key")

    assert campaign.members.callable().filter(contact=robert).count() == 1
    assert all_true(campaign.workspace)


def wrong_number(campaign, contact, days_ago):
    member_of(campaign, contact)
    call(campaign, contact, disposition="incorrect_number", started_at=now() - timedelta(days=days_ago))


def test_a_number_that_was_found_incorrect_stays_so(campaign, bob, robert):
    wrong_number(campaign, robert, 1)

    merge(keep=robert, merged=bob, by=None)

    assert fresh(robert).has_wrong_phone
    assert all_true(campaign.workspace)


def test_an_incorrect_number_can_give_way_to_one_that_works(campaign, bob, robert):
    wrong_number(campaign, robert, 1)

    merge(keep=robert, merged=bob, by=None, taking=["phone"])

    assert campaign.members.callable().filter(contact=robert).exists()
    assert all_true(campaign.workspace)


def test_of_two_incorrect_numbers_neither_is_called(campaign, bob, robert):
    wrong_number(campaign, robert, 2)
    wrong_number(campaign, bob, 1)

    merge(keep=robert, merged=bob, by=None)

    assert fresh(robert).has_wrong_phone
    assert all_true(campaign.workspace)


def test_what_was_merged_leads_to_the_kept_person(workspace, bob, robert):
    merge(keep=robert, merged=bob, by=None, taking=["email"])

    found = ContactMerge.objects.naming(
        workspace=workspace,
        external_ids=["CRM-2", "CRM-3"],
        emails=[robert.email, bob.email],
        phones=[bob.phone_e164, robert.phone_e164],
    )

    assert {(each.kind, each.value, each.name_key) for each in found} == {
        ("external_id", "CRM-2", ""),
        ("email", bob.email, ""),
        ("email", robert.email, ""),  # given up for the other one
        ("phone_e164", bob.phone_e164, "bob stone"),
    }
    assert {each.contact for each in found} == {robert.pk}
    assert ContactMerge.objects.naming(workspace=workspace) == []


def test_chained_merges_lead_to_the_last_one(workspace, bob, robert, campaign):
    member_of(campaign, bob)
    call(campaign, bob)
    last = ContactFactory(workspace=workspace, full_name="R. Stone")

    merge(keep=robert, merged=bob, by=None)
    merge(keep=last, merged=robert, by=None)

    found = ContactMerge.objects.naming(workspace=workspace, emails=[bob.email, robert.email])
    assert [each.contact for each in found] == [last.pk, last.pk]
    assert list(last.merges.values_list("label", flat=True)) == ["Robert Stone", "Bob Stone"]
    assert fresh(last).external_id == "CRM-2"
    assert last.calls.count() == 1
    assert all_true(workspace)


def test_other_workspaces_do_not_hear_of_it(bob, robert):
    merge(keep=robert, merged=bob, by=None)

    assert ContactMerge.objects.naming(workspace=WorkspaceFactory(), emails=[bob.email]) == []


def test_decisions_about_the_merged_person_are_about_the_kept_one(workspace, bob, robert):
    first, second = ContactFactory(workspace=workspace), ContactFactory(workspace=workspace)
    for pair in ((bob, first), (bob, second), (robert, second), (bob, robert)):
        low, high = sorted(pair, key=lambda each: each.pk)
        NotDuplicate.objects.create(workspace=workspace, low=low, high=high)

    merge(keep=robert, merged=bob, by=None)

    pairs = {(each.low_id, each.high_id) for each in NotDuplicate.objects.all()}
    assert pairs == {tuple(sorted((robert.pk, other.pk))) for other in (first, second)}


def test_what_imports_did_is_told_of_the_kept_person(workspace, bob, robert):
    both, only = (ImportJob.objects.create(workspace=workspace, kind="people", file_name=name) for name in "ab")
    for job, contact, said in ((both, bob, 1), (both, robert, 2), (only, bob, 4)):
        ImportedContact.objects.create(
            **{"workspace": workspace, "job": job, "contact": contact, "line": 2, "outcome": "c", "said": said},
            **dict.fromkeys(["is_placed", "is_enrolled", "is_do_not_call"], False),
        )

    merge(keep=robert, merged=bob, by=None)

    told = ImportedContact.objects.order_by("job").values_list("job", "contact", "outcome", "said")
    assert list(told) == [(both.pk, robert.pk, "c", 3), (only.pk, robert.pk, "u", 4)]


def test_nobody_is_merged_into_themselves(bob):
    with pytest.raises(MergeRefused, match="two different people"):
        merge(keep=bob, merged=bob, by=None)


def test_nobody_is_merged_across_workspaces(bob):
    with pytest.raises(MergeRefused, match="different workspaces"):
        merge(keep=bob, merged=ContactFactory(), by=None)


def test_who_was_merged_is_not_merged_again(bob, robert, manager):
    merge(keep=robert, merged=bob, by=manager)

    for pair in ({"keep": robert, "merged": bob}, {"keep": bob, "merged": robert}):
        with pytest.raises(AlreadyMerged, match=r"Bob Stone was merged already, on .* by Manager.*now Robert Stone"):
            merge(**pair, by=manager)


def test_a_third_person_with_the_same_keys_is_in_the_way(workspace, bob, robert, campaign):
    """Nothing moves before that is settled."""
    ContactFactory(workspace=workspace, full_name="Bob Stone", phone=robert.phone)
    member_of(campaign, bob)
    call(campaign, bob)

    with pytest.raises(MergeRefused, match="Somebody of that name has that phone number"):
        merge(keep=robert, merged=bob, by=None, taking=["full_name"])

    assert bob.calls.count() == 1
    assert all_true(workspace)


def test_everything_that_links_to_a_contact_moves():
    """A new link to a contact needs its place in signals.contacts.merge, or people who have one cannot be merged."""
    links = {
        f"{relation.related_model.__name__}.{relation.field.name}"
        for relation in Contact._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and not relation.many_to_many
    }

    refused_with = {"Erasure.contact"}
    assert links - refused_with == {
        "Absence.contact",
        "Call.contact",
        "CampaignContact.contact",
        "ContactMerge.contact",
        "ImportedContact.contact",
        "MarketContact.contact",
        "NotDuplicate.high",
        "NotDuplicate.low",
        "Signal.contact",
        "Suppression.contact",
    }


def test_a_merge_works_on_a_draft_campaign(market, bob, robert):
    draft = CampaignFactory(market=market)
    member_of(draft, bob)
    member_of(draft, robert)

    merge(keep=robert, merged=bob, by=None)

    assert draft.members.get().contact == robert
