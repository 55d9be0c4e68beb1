"""What an import created and nobody touched goes; whatever somebody went on with stays and is named."""

import pytest

from calls.ingest.undo import preview, undo
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import add_to_market, enroll, remove
from markets.imports import jobs
from markets.imports.jobs import JobRefused
from markets.models import Contact, MarketContact, NotDuplicate, Suppression
from markets.suppressions.services import suppress
from signals.contacts.merge import merge
from tests.calls.ingest.undo.undoing import reasons_by_name, undo_as_previewed
from tests.factories import CampaignFactory, ContactFactory, MarketFactory, call, member, member_of
from tests.importing import finished_import

HEADER = ["external_id", "full_name", "city"]


def import_people(campaign, *names, **options):
    """An import of these people into the campaign and its market."""
    return import_into_market(campaign.market, *names, campaign=campaign.pk, **options)


def import_into_market(market, *names, **options):
    lines = [f"{name},{name}," for name in names]
    return finished_import(market.workspace, ",".join(HEADER), *lines, market=market.pk, **options)


def contact_named(name):
    return Contact.objects.get(full_name=name)


def test_people_whom_nobody_touched_since_go_with_all_that_the_import_made(campaign, manager):
    before = Contact.objects.count(), MarketContact.objects.count(), campaign.members.count()
    job = import_people(campaign, "Ann", "Bob")

    undone = undo_as_previewed(job)

    assert (undone.people, undone.places, undone.memberships, undone.left) == (2, 2, 2, 0)
    assert (Contact.objects.count(), MarketContact.objects.count(), campaign.members.count()) == before
    assert (job.state, job.undo_report["people"]) == ("undone", 2)


def test_a_look_at_what_would_go_changes_nothing(campaign):
    job = import_people(campaign, "Ann")

    assert preview(job).people == 1

    job.refresh_from_db()
    assert (job.state, contact_named("Ann").market_contacts.count()) == ("completed", 1)


def test_nothing_is_taken_back_twice_or_before_it_ended(campaign):
    job = import_people(campaign, "Ann")
    undo(job=job, by=None)

    with pytest.raises(JobRefused, match="is Undone; only an ended one is undone"):
        undo(job=job, by=None)

    job.state = "running"
    job.save()
    with pytest.raises(JobRefused, match="is Running"):
        undo(job=job, by=None)


def edit_city(ann, campaign):
    ann.city = "Rome"
    ann.save()


def mark_not_duplicate(ann, campaign):
    other = ContactFactory(workspace=campaign.workspace)
    low, high = sorted((ann, other), key=lambda each: each.pk)
    NotDuplicate.objects.create(workspace=campaign.workspace, low=low, high=high)


def call_and_remove(ann, campaign):
    call(campaign, ann)
    remove(campaign=campaign, contacts=[ann.pk], by=None, reason="Moved")


def add_to_another_market(ann, campaign):
    other = MarketFactory(workspace=campaign.workspace)
    add_to_market(workspace_id=campaign.workspace_id, market_id=other.pk, contacts=[ann.pk])


@pytest.mark.parametrize(
    ("touch", "why"),
    [
        (lambda ann, campaign: call(campaign, ann), "was called"),
        (call_and_remove, "was called"),
        (edit_city, "was changed since"),
        (lambda ann, campaign: member_of(CampaignFactory(market=campaign.market), ann), "is in a campaign"),
        (add_to_another_market, "is in another market"),
        (lambda ann, campaign: suppress(contact=ann, by=None, reason="Asked"), "is on the do-not-call list"),
        (lambda ann, campaign: import_into_market(campaign.market, "Ann"), "is in another import"),
        (mark_not_duplicate, "was told apart from somebody"),
        (
            lambda ann, campaign: merge(keep=ann, merged=ContactFactory(workspace=campaign.workspace), by=None),
            "was merged with somebody",
        ),
    ],
)
def test_whom_somebody_went_on_with_stays_and_is_named(campaign, touch, why):
    job = import_people(campaign, "Ann", "Bob")
    touch(contact_named("Ann"), campaign)

    undone = undo_as_previewed(job)

    assert reasons_by_name(undone) == {"Ann": why}
    assert (contact_named("Ann").market_contacts.count() > 0, undone.people) == (True, 1)
    assert not Contact.objects.filter(full_name="Bob").exists()


def test_who_was_called_stays_in_the_campaign_and_who_was_edited_does_not(campaign):
    job = import_people(campaign, "Ann", "Bob")
    call(campaign, contact_named("Ann"))
    edit_city(contact_named("Bob"), campaign)

    undo_as_previewed(job)

    members = campaign.members.current()
    assert [members.filter(contact__full_name=name).exists() for name in ("Ann", "Bob")] == [True, False]


def test_a_number_on_the_do_not_call_list_stays_there_when_its_person_goes(campaign):
    job = finished_import(campaign.workspace, "phone,full_name", "212 555 0100,Ann", market=campaign.market.pk)
    ann = contact_named("Ann")
    Suppression.objects.create(workspace=campaign.workspace, phone_e164=ann.phone_e164, reason="Asked")

    assert undo_as_previewed(job).people == 1

    again = ContactFactory(workspace=campaign.workspace, phone=ann.phone)
    assert not Contact.objects.callable().filter(pk=again.pk).exists()


def test_of_known_people_only_what_the_import_made_goes(campaign):
    ann = ContactFactory(workspace=campaign.workspace, external_id="Ann", full_name="Ann")
    bob = member(campaign, external_id="Bob", full_name="Bob").contact
    job = import_people(campaign, "Ann", "Bob")

    undone = undo_as_previewed(job)

    assert (undone.people, undone.places, undone.memberships, undone.left) == (0, 1, 1, 0)
    assert not ann.market_contacts.exists()
    assert campaign.members.current().filter(contact=bob).exists()


def test_known_people_who_were_called_since_stay_where_they_are_and_are_named(campaign):
    ann = ContactFactory(workspace=campaign.workspace, external_id="Ann", full_name="Ann")
    job = import_people(campaign, "Ann")
    call(campaign, ann)

    undone = undo_as_previewed(job)

    assert (reasons_by_name(undone), undone.places, undone.memberships) == ({"Ann": "was called"}, 0, 0)
    assert campaign.members.current().filter(contact=ann).exists()


def test_a_membership_that_somebody_made_again_by_hand_stays(campaign):
    ContactFactory(workspace=campaign.workspace, external_id="Ann", full_name="Ann")
    job = import_people(campaign, "Ann")
    remove(campaign=campaign, contacts=[contact_named("Ann").pk], by=None, reason="Not now")
    enroll(campaign=campaign, contacts=[contact_named("Ann").pk], by=None)

    undone = undo_as_previewed(job)

    assert (reasons_by_name(undone), undone.memberships) == ({"Ann": "is in a campaign"}, 0)


def test_who_was_a_member_before_and_was_brought_back_is_removed_again(campaign, manager):
    ann = ContactFactory(workspace=campaign.workspace, external_id="Ann", full_name="Ann")
    first = member_of(campaign, ann)
    remove(campaign=campaign, contacts=[ann.pk], by=None, reason="Not now")
    job = import_people(campaign, "Ann")

    undone = undo(job=job, by=manager)

    kept = campaign.members.get(contact=ann)
    assert undone.memberships == 1
    assert (kept.added_at, kept.removed_by) == (first.added_at, manager)
    assert kept.removed_reason == f"The import of {job} was undone"
    assert ann.absences.get().removed_reason == "Not now"


def test_what_a_merge_brought_to_somebody_is_not_taken_from_them(campaign):
    """Ann was in the market and the campaign; the import made her again, and the two were merged."""
    ann = member(campaign, external_id="A", full_name="Ann").contact
    job = import_people(campaign, "Anne")
    merge(keep=ann, merged=contact_named("Anne"), by=None)

    undone = undo_as_previewed(job)

    assert reasons_by_name(undone) == {"Ann": "was merged with somebody"}
    assert campaign.members.current().filter(contact=ann).exists()
    assert campaign.market.contacts.filter(pk=ann.pk).exists()


def test_people_whom_a_later_import_names_stay_where_it_put_them_too(campaign):
    ContactFactory(workspace=campaign.workspace, external_id="Ann", full_name="Ann")
    first = import_people(campaign, "Ann")
    import_people(campaign, "Ann")

    undone = undo_as_previewed(first)

    assert (reasons_by_name(undone), undone.memberships, undone.places) == ({"Ann": "is in another import"}, 0, 0)


def test_imports_taken_back_from_the_last_leave_nothing(campaign):
    before = Contact.objects.count()
    first, second = import_people(campaign, "Ann"), import_people(campaign, "Ann", "Bob")

    assert (undo_as_previewed(second).people, undo_as_previewed(first).people) == (1, 1)
    assert Contact.objects.count() == before


def test_who_was_first_named_by_a_refused_row_is_taken_back_like_the_others(market, monkeypatch):
    """The file names Ann in one chunk with Bob's address, and rightly in the next."""
    monkeypatch.setattr("campaigns.importing.ContactList.chunk", 1)
    for name in ("Ann", "Bob"):
        ContactFactory(workspace=market.workspace, external_id=name, full_name=name, email=f"{name}@f.example".lower())
    lines = ["Ann,bob@f.example", "Ann,ann@f.example"]
    job = finished_import(market.workspace, "external_id,email", *lines, market=market.pk)
    assert (job.rejected, market.contacts.count()) == (1, 1)

    undone = undo_as_previewed(job)

    assert (undone.places, market.contacts.count()) == (1, 0)


def test_a_completed_campaign_keeps_its_people(campaign):
    ContactFactory(workspace=campaign.workspace, external_id="Ann", full_name="Ann")
    job = import_people(campaign, "Ann", "Bob")
    change_status(campaign=campaign, to="completed", by=None, reason="Enough")

    undone = undo_as_previewed(job)

    assert reasons_by_name(undone) == {"Ann": "is in a campaign", "Bob": "is in a campaign"}
    assert (undone.people, undone.memberships, campaign.members.count()) == (0, 0, 3)


def test_people_of_a_stopped_import_go_too(campaign):
    """Whoever stops it waits for the chunk that is being written: its people are not changed since."""
    job = import_people(campaign, "Ann", ended=False)
    jobs.stop(job=job, by=None)

    assert undo_as_previewed(job).people == 1
