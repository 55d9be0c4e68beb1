"""What stands in a member's calendar, read back as a calendar program does."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from icalendar import Calendar

from calls.calendar_feed.contents import calendar_of
from calls.log.meetings import change_meeting
from calls.log.services import amend, void
from campaigns.callers.assignment import assign
from campaigns.callers.services import add_callers
from campaigns.models import Campaign
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests.factories import ContactFactory, active_campaign, booked, call, member, utc

SITE = "https://portal.example"


def read(user, campaign):
    """The calendar, which must be well-formed: the parser notes what it forgives."""
    membership = user.memberships.get(workspace=campaign.workspace)
    calendar = Calendar.from_ical(calendar_of(membership, SITE))
    assert [each.errors for each in calendar.walk()] == [[] for _ in calendar.walk()]
    return calendar


def events_of(user, campaign):
    return {str(each["summary"]): each for each in read(user, campaign).walk("VEVENT")}


def promised(campaign, name, **fields):
    return call(campaign, member(campaign, full_name=name).contact, disposition="callback_requested", **fields)


def name_of(meeting):
    return f"Meeting with {meeting.call.contact}"


def test_callers_get_their_own_meetings_and_managers_and_viewers_all(campaign, caller, other, viewer, manager):
    own, others = booked(campaign, caller=caller), booked(campaign, caller=other)

    assert set(events_of(caller, campaign)) == {name_of(own)}
    assert set(events_of(other, campaign)) == {name_of(others)}
    assert set(events_of(viewer, campaign)) == set(events_of(manager, campaign)) == {name_of(own), name_of(others)}


def test_callbacks_stand_with_whoever_makes_them(campaign, caller, other, viewer, manager):
    promised(campaign, "Ann", caller=caller)
    handed_over = promised(campaign, "Ben", caller=caller)
    promised(campaign, "Cleo", caller=manager)
    add_callers(campaign=campaign, users=[caller, other, manager], by=manager)
    assign(campaign=campaign, contacts=[handed_over.contact_id], to=other, by=manager)

    assert set(events_of(caller, campaign)) == {"Call back Ann"}
    assert set(events_of(other, campaign)) == {"Call back Ben"}
    assert set(events_of(manager, campaign)) == {"Call back Cleo"}
    assert events_of(viewer, campaign) == {}


@pytest.mark.parametrize("end", ["called", "voided", "suppressed", "paused"])
def test_a_callback_that_is_not_to_be_made_is_gone(campaign, caller, manager, end):
    made = promised(campaign, "Ann", caller=caller)
    assert "Call back Ann" in events_of(caller, campaign)

    match end:
        case "called":
            call(campaign, made.contact, started_at=now())
        case "voided":
            void(call=made, by=manager, reason="Mistake")
        case "suppressed":
            campaign.workspace.suppressions.create(contact=made.contact, reason="Asked")
        case "paused":
            Campaign.objects.filter(pk=campaign.pk).update(status="paused")

    assert events_of(caller, campaign) == {}


def test_a_moved_callback_is_the_same_event_with_a_higher_sequence(campaign, caller, manager):
    made = promised(campaign, "Ann", caller=caller)
    (first,) = events_of(caller, campaign).values()
    later = (now() + timedelta(days=9)).replace(microsecond=0)
    amend(call=made, by=manager, reason="She said so", callback_at=later)

    (last,) = events_of(caller, campaign).values()

    assert (first["uid"], first["sequence"]) == (last["uid"], 0)
    assert (last["sequence"], last["dtstart"].dt) == (1, later)
    assert last["last-modified"].dt >= first["last-modified"].dt


def test_a_cancelled_meeting_stays_as_cancelled(campaign, caller):
    meeting = booked(campaign, caller=caller, at=timedelta(days=2))
    change_meeting(meeting=meeting, to="cancelled", by=caller, reason="She is ill")

    (event,) = events_of(caller, campaign).values()

    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)
    assert event["last-modified"].dt == meeting.changes.get().changed_at.replace(microsecond=0)


def test_old_meetings_and_meetings_without_a_time_are_left_out(campaign, caller):
    booked(campaign, caller=caller, at=None)
    old = booked(campaign, caller=caller)
    old.call.workspace.meetings.filter(pk=old.pk).update(scheduled_at=now() - timedelta(days=91))

    assert events_of(caller, campaign) == {}


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe"])
def test_a_moment_is_the_same_in_every_time_zone(campaign, caller, zone):
    """Also in the hour that comes twice when summer time ends in New York."""
    campaign.workspace.timezone = zone
    campaign.workspace.save()
    meeting = booked(campaign, caller=caller)
    moments = [utc(2031, 11, 2, 5, 30), utc(2031, 11, 2, 6, 30)]

    for moment in moments:
        campaign.workspace.meetings.filter(pk=meeting.pk).update(scheduled_at=moment)
        (event,) = events_of(caller, campaign).values()
        assert event["dtstart"].dt.astimezone(ZoneInfo("UTC")) == moment
    assert read(caller, campaign)["x-wr-timezone"] == zone


def test_whoever_is_erased_vanishes(campaign, caller, manager):
    meeting, made = booked(campaign, caller=caller), promised(campaign, "Ann", caller=caller)
    assert len(events_of(caller, campaign)) == 2

    for contact in (meeting.call.contact, made.contact):
        erase(contact=contact, by=manager, reason="Asked")

    assert events_of(caller, campaign) == {}


def test_a_merged_person_keeps_the_event(campaign, caller, manager):
    meeting = booked(campaign, caller=caller)
    (before,) = events_of(caller, campaign).values()
    kept = ContactFactory(workspace=campaign.workspace, full_name="Ann Lee")
    merge(keep=kept, merged=meeting.call.contact, by=manager, reason="The same")

    (after,) = events_of(caller, campaign).values()

    assert (before["uid"], str(after["summary"])) == (after["uid"], "Meeting with Ann Lee")


def test_nothing_of_another_workspace_of_the_same_user(campaign, caller):
    elsewhere = active_campaign()
    elsewhere.workspace.memberships.create(user=caller, role="caller")
    there, here = booked(elsewhere, caller=caller), booked(campaign, caller=caller)

    assert set(events_of(caller, campaign)) == {name_of(here)}
    assert set(events_of(caller, elsewhere)) == {name_of(there)}


def test_texts_are_in_the_language_of_the_user(campaign, caller):
    caller.language = "de"
    caller.save()
    promised(campaign, "Ann", caller=caller)

    assert set(events_of(caller, campaign)) == {"Ann zurückrufen"}


def test_queries_do_not_grow_with_the_events(campaign, caller):
    membership = caller.memberships.select_related("workspace", "user").get(workspace=campaign.workspace)

    def queries():
        booked(campaign, caller=caller)
        promised(campaign, "Ann", caller=caller)
        with CaptureQueriesContext(connection) as captured:
            calendar_of(membership, SITE)
        return len(captured)

    assert queries() == queries() == queries() <= 5
