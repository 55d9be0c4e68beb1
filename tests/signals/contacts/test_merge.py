"""Merging two contacts moves everything to one of them and keeps every count right."""

import json

import pytest

from calls.models import Call
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import enroll
from campaigns.models import Status
from markets.contacts.merge import AlreadyMerged, MergeRefused, missing_contact_refusal
from markets.contacts.points import add_points
from markets.imports.contacts.extras import FurtherPoint
from markets.models import (
    Contact,
    ContactMerge,
    ImportedContact,
    ImportJob,
    NotDuplicate,
)
from signals.contacts.merge import merge
from signals.models import Signal
from tests.factories import (
    ContactFactory,
    WorkspaceFactory,
    active_campaign,
    call,
    member_of,
    signal,
)
from tests.signals.contacts.merge_helpers import current_totals, is_consistent, reloaded

EVENTS = ("calls_made", "conversations", "meetings_booked", "signals_captured")


def test_why_either_was_chosen_stays_and_what_was_proposed_moves(campaign, bob, robert, manager):
    member_of(campaign, robert)
    campaign.market.market_contacts.create(workspace=campaign.workspace, contact=bob)
    enroll(campaign=campaign, contacts=[bob.pk], by=manager, reasons={bob.pk: "Firm is Wolf"})
    other = active_campaign(market=campaign.market, name="Other")
    both, only_bob = (
        campaign.workspace.audience_proposals.create(campaign=each, rule={}) for each in (campaign, other)
    )
    for proposal, contact in ((both, bob), (both, robert), (only_bob, bob)):
        proposal.changes.create(workspace=campaign.workspace, contact=contact, change="leave", reason=str(contact))
    names = str(robert), str(bob)

    merge(keep=robert, merged=bob, by=manager)

    assert robert.campaign_contacts.get(campaign=campaign).added_reason == "Firm is Wolf"
    proposed = {(each.proposal, each.reason) for each in robert.proposed_changes.all()}
    assert proposed == {(both, names[0]), (only_bob, names[1])}


def test_calls_signals_and_meetings_move_and_every_number_stays(campaign, bob, robert, manager):
    other = active_campaign(market=campaign.market, name="Other")
    for each, contact in ((campaign, bob), (campaign, robert), (other, bob)):
        member_of(each, contact)
    booked = call(campaign, bob, disposition="meeting_booked")
    heard = signal(booked)
    call(campaign, robert)
    call(other, bob, disposition="future_potential")
    before = current_totals(campaign.workspace)

    record = merge(keep=robert, merged=bob, by=manager)

    after = current_totals(campaign.workspace)
    assert [after[name] for name in EVENTS] == [before[name] for name in EVENTS]
    assert after["contact_count"] == before["contact_count"] - 1
    assert is_consistent(campaign.workspace)
    assert not Contact.objects.filter(pk=bob.pk).exists()
    assert set(robert.calls.all()) == set(Call.objects.all())
    assert Signal.objects.get().contact == robert
    assert booked.meeting.call.contact_id == bob.pk  # the instance in memory is stale
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
    assert is_consistent(campaign.workspace)


def test_the_kept_person_gets_what_they_lack_and_what_is_chosen(bob, robert):
    robert.email = ""
    robert.save()

    merge(keep=robert, merged=bob, by=None, taking=["full_name"])

    kept = reloaded(robert)
    assert (kept.full_name, kept.name_key) == ("Bob Stone", "bob stone")
    assert (kept.email, kept.title, kept.external_id) == (bob.email, "Partner", "CRM-2")
    assert (kept.firm, kept.phone_e164) == ("Acme LLP", robert.phone_e164)


def test_further_numbers_move_once(workspace, bob, robert):
    points = [FurtherPoint("phone", f"212-555-015{n}", f"+1212555015{n}") for n in (0, 1)]
    add_points(workspace=workspace.pk, points={bob.pk: points[:1], robert.pk: points})

    merge(keep=bob, merged=robert, by=None)

    assert sorted(map(str, bob.contact_points.all())) == ["212-555-0150", "212-555-0151"]


def test_the_kept_person_gets_the_zone_of_the_number_they_take_over(bob, robert):
    type(robert).objects.filter(pk=robert.pk).update(phone="020 7946 0142", phone_e164="+442079460142")

    merge(keep=bob, merged=robert, by=None, taking=["phone"])

    assert reloaded(bob).inferred_timezone == "Europe/London"


def test_a_merge_can_be_read_back(bob, robert, manager):
    record = merge(keep=robert, merged=bob, by=manager, taking=["phone"], reason=" Same badge photo ")

    assert (record.label, record.merged_id, record.merged_by, record.reason) == (
        *("Bob Stone", bob.pk, manager),
        "Same badge photo",
    )
    assert record.fields["email"] == bob.email
    assert record.replaced["phone_e164"] == robert.phone_e164
    json.dumps(record.fields)


def test_what_was_merged_leads_to_the_kept_person(workspace, bob, robert):
    merge(keep=robert, merged=bob, by=None, taking=["email"])

    found = ContactMerge.objects.matching_former_keys(
        workspace=workspace,
        external_ids=["CRM-2", "CRM-3"],
        emails=[robert.email, bob.email],
        phones=[bob.phone_e164, robert.phone_e164],
    )

    assert {(each.kind, each.value, each.name_key) for each in found} == {
        ("external_id", "CRM-2", ""),
        ("email", bob.email, ""),
        ("email", robert.email, ""),  # replaced by the merged contact's
        ("phone_e164", bob.phone_e164, "bob stone"),
    }
    assert {each.contact for each in found} == {robert.pk}
    assert ContactMerge.objects.matching_former_keys(workspace=workspace) == []


def test_chained_merges_lead_to_the_last_one(workspace, bob, robert, campaign):
    member_of(campaign, bob)
    call(campaign, bob)
    last = ContactFactory(workspace=workspace, full_name="R. Stone")

    merge(keep=robert, merged=bob, by=None)
    merge(keep=last, merged=robert, by=None)

    found = ContactMerge.objects.matching_former_keys(workspace=workspace, emails=[bob.email, robert.email])
    assert [each.contact for each in found] == [last.pk, last.pk]
    assert list(last.merges.values_list("label", flat=True)) == ["Robert Stone", "Bob Stone"]
    assert reloaded(last).external_id == "CRM-2"
    assert last.calls.count() == 1
    assert is_consistent(workspace)


def test_other_workspaces_do_not_hear_of_it(bob, robert):
    merge(keep=robert, merged=bob, by=None)

    assert ContactMerge.objects.matching_former_keys(workspace=WorkspaceFactory(), emails=[bob.email]) == []


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
    for job, contact, field_mask in ((both, bob, 1), (both, robert, 2), (only, bob, 4)):
        ImportedContact.objects.create(
            **{
                "workspace": workspace,
                "job": job,
                "contact": contact,
                "line": 2,
                "outcome": "c",
                "field_mask": field_mask,
            },
            **dict.fromkeys(["is_placed", "is_enrolled", "is_do_not_call"], False),
        )

    merge(keep=robert, merged=bob, by=None)

    merged_rows = ImportedContact.objects.order_by("job").values_list("job", "contact", "outcome", "field_mask")
    assert list(merged_rows) == [(both.pk, robert.pk, "c", 3), (only.pk, robert.pk, "u", 4)]


def test_nobody_is_merged_into_themselves(bob):
    with pytest.raises(MergeRefused, match="two different people"):
        merge(keep=bob, merged=bob, by=None)


def test_nobody_is_merged_across_workspaces(bob):
    with pytest.raises(MergeRefused, match="different workspaces"):
        merge(keep=bob, merged=ContactFactory(), by=None)


def test_who_was_merged_elsewhere_was_never_here(bob, robert):
    merge(keep=robert, merged=bob, by=None)

    refusal = missing_contact_refusal(WorkspaceFactory(), bob.pk)

    assert str(refusal) == "There is no such person here any more."


def test_who_was_merged_is_not_merged_again(bob, robert, manager):
    merge(keep=robert, merged=bob, by=manager)

    for pair in ({"keep": robert, "merged": bob}, {"keep": bob, "merged": robert}):
        with pytest.raises(AlreadyMerged, match=r"Bob Stone was merged already, on .* by Manager.*now Robert Stone"):
            merge(**pair, by=manager)


def test_a_third_person_with_the_same_keys_is_in_the_way(workspace, bob, robert, campaign):
    """Nothing moves if the merge is refused."""
    ContactFactory(workspace=workspace, full_name="Bob Stone", phone=robert.phone)
    member_of(campaign, bob)
    call(campaign, bob)

    with pytest.raises(MergeRefused, match="Somebody of that name has that phone number"):
        merge(keep=robert, merged=bob, by=None, taking=["full_name"])

    assert bob.calls.count() == 1
    assert is_consistent(workspace)


def test_everything_that_links_to_a_contact_moves():
    """A new foreign key to Contact must be handled in signals.contacts.merge; this list is the reminder."""
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
        "ContactChange.contact",
        "ContactMerge.contact",
        "ContactPoint.contact",
        "ContactTag.contact",
        "DecidedIdentity.contact",
        "ImportNote.contact",
        "ImportedContact.contact",
        "MarketContact.contact",
        "NotDuplicate.high",
        "NotDuplicate.low",
        "Note.contact",
        "OffLimits.contact",
        "ProposedChange.contact",
        "SelectedContact.contact",
        "SelectedPerson.contact",
        "BulkActionPerson.contact",
        "Signal.contact",
        "Suppression.contact",
        "Task.contact",
        "WebhookEvent.contact",
    }
