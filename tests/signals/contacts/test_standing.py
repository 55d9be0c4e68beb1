from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls.log.services import void
from campaigns.callers.assignment import assign
from campaigns.membership import remove
from campaigns.models import Campaign, CampaignContact
from markets.models import Contact
from signals.contacts.standing import Step, describe
from tests.factories import ContactFactory, active_campaign, booked, call, member, member_of, signal


def standing_of(contact):
    contact = Contact.objects.get(pk=contact.pk)
    describe([contact], contact.workspace)
    return contact.standing


@pytest.fixture
def person(campaign):
    return campaign.members.order_by("pk").first().contact


def test_the_last_call_is_that_of_any_campaign_also_of_one_that_the_person_left(campaign, person, manager):
    other = active_campaign(market=campaign.market)
    member_of(other, person)
    call(campaign, person, started_at=now() - timedelta(days=3))
    call(other, person, disposition="gatekeeper", started_at=now() - timedelta(days=1))
    remove(campaign=other, contacts=[person.pk], by=manager, reason="Left")

    found = standing_of(person)

    assert found.last_outcome == "Gatekeeper"
    assert found.last_call_at.date() == (now() - timedelta(days=1)).date()
    assert [each.campaign for each in found.current] == [campaign]


def test_movement_is_the_newest_signal_of_a_call_that_stands(campaign, person):
    older = call(campaign, person, disposition="future_potential", started_at=now() - timedelta(days=100))
    newer = call(campaign, person, disposition="future_potential")
    signal(older, value="Exploring")
    signal(newer, value="Active")

    assert standing_of(person).movement_text == "Active (fresh)"

    void(call=newer, by=None, reason="Wrong person")
    assert standing_of(person).movement_text == "Exploring (ageing)"


def test_the_owner_is_who_the_person_is_assigned_to(campaign, person, caller, manager):
    assert standing_of(person).owner == ""

    assign(campaign=campaign, contacts=[person.pk], to=caller, by=manager)

    assert standing_of(person).owner == str(caller)


def test_whoever_was_never_called_is_to_be_called_for_the_first_time(campaign, person):
    assert standing_of(person).step == (Step.FIRST_CALL, None)
    assert standing_of(ContactFactory(workspace=campaign.workspace)).step == (Step.NEVER_CALLED, None)

    call(campaign, person)
    assert standing_of(person).step == (Step.NOTHING, None)


def test_a_callback_is_due_or_late_while_its_campaign_runs(campaign, person):
    at = now() + timedelta(hours=2)
    call(campaign, person, disposition="callback_requested", callback_at=at)
    assert standing_of(person).step == (Step.CALLBACK, at)

    CampaignContact.objects.filter(contact=person).update(callback_due_at=now() - timedelta(hours=2))
    assert standing_of(person).step[0] == Step.LATE_CALLBACK
    assert standing_of(person).is_urgent

    Campaign.objects.filter(pk=campaign.pk).update(status="paused")
    assert standing_of(person).step[0] == Step.NOTHING


@pytest.mark.parametrize(
    ("at", "step"),
    [(timedelta(days=2), Step.MEETING), (timedelta(days=-2), Step.REPORT_MEETING), (None, Step.AGREE_TIME)],
)
def test_a_meeting_that_is_neither_held_nor_cancelled_is_next(campaign, at, step):
    meeting = booked(campaign, at=at)
    person = meeting.call.contact

    assert standing_of(person).step == (step, meeting.scheduled_at)

    meeting.record_change("held", meeting.scheduled_at, by=None)
    assert standing_of(person).step[0] == Step.NOTHING


def test_a_number_that_cannot_be_called_is_to_be_found_or_repaired(campaign, person):
    call(campaign, person, disposition="incorrect_number")
    assert standing_of(person).step == (Step.REPAIR_NUMBER, None)

    without = member(campaign, phone="").contact
    assert standing_of(without).step == (Step.FIND_NUMBER, None)


def test_nothing_is_due_about_somebody_who_must_not_be_called(campaign, person):
    call(campaign, person, disposition="do_not_contact")
    contact = Contact.objects.get(pk=person.pk)
    describe([contact], contact.workspace)

    assert contact.standing.step == (Step.NOTHING, None)


def test_many_people_take_as_many_statements_as_one(campaign, workspace):
    def statements(people):
        with CaptureQueriesContext(connection) as queries:
            describe(people, workspace)
        return len(queries)

    one = statements(list(workspace.contacts.all()[:1]))
    for _ in range(5):
        booked(campaign)

    assert statements(list(workspace.contacts.all())) == one == 4
