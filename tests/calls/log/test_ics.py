"""A meeting as a file for calendars, read back by one."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now
from icalendar import Calendar

from calls.log.ics import meeting_to_ics
from calls.log.meetings import change_meeting
from tests.factories import booked


@pytest.fixture
def meeting(campaign):
    return booked(campaign)


def event_of(body):
    (event,) = Calendar.from_ical(body).walk("VEVENT")
    return event


def test_a_calendar_reads_the_meeting(as_viewer, meeting):
    answer = as_viewer.get(reverse("meetings:ics", args=["acme", meeting.pk]))
    event = event_of(answer.content)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert f'filename="meeting-{meeting.pk}.ics"' in answer["Content-Disposition"]
    assert event["dtstart"].dt == meeting.scheduled_at.replace(microsecond=0)
    assert (event["sequence"], event["status"]) == (0, "CONFIRMED")
    assert str(event["url"]).endswith(reverse("meetings:detail", args=["acme", meeting.pk]))
    assert b"DTSTART:" in answer.content
    assert answer.content.split(b"DTSTART:")[1].split(b"\r\n")[0].endswith(b"Z"), "in UTC"


def test_a_calendar_follows_a_meeting_that_is_moved_and_cancelled(meeting, caller):
    first = event_of(meeting_to_ics(meeting, "https://portal.example/m"))
    change_meeting(meeting=meeting, to="scheduled", at=now() + timedelta(days=3), by=caller)
    change_meeting(meeting=meeting, to="cancelled", by=caller, reason="She is ill")
    meeting.refresh_from_db()

    last = event_of(meeting_to_ics(meeting, "https://portal.example/m"))

    assert first["uid"] == last["uid"]
    assert (last["sequence"], last["status"]) == (2, "CANCELLED")
    assert last["dtstart"].dt > first["dtstart"].dt
    assert last["dtstamp"].dt >= first["dtstamp"].dt


@pytest.mark.parametrize(
    "name", ["Ann; Lee, \\ “Q”", "A\r\nATTENDEE:mailto:x@x.example", "ø" * 150, "\U0001f600" * 60, "tab\tbell\x07"]
)
def test_a_calendar_file_is_well_formed_whatever_a_name_holds(meeting, name):
    meeting.call.contact.full_name = name

    body = meeting_to_ics(meeting, "https://portal.example/m")

    lines = body.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines), "no sign is cut in two"
    assert not [line for line in lines if line.startswith(b"ATTENDEE")]
    shown = "".join(" " if sign < " " else sign for sign in name)
    assert event_of(body)["summary"] == f"Meeting with {shown}"


def test_a_meeting_without_a_time_stands_in_no_calendar(as_viewer, campaign):
    meeting = booked(campaign, at=None)

    answer = as_viewer.get(reverse("meetings:ics", args=["acme", meeting.pk]), follow=True)

    assert "This meeting has no time yet" in answer.content.decode()
    assert "Add to calendar" not in answer.content.decode()
