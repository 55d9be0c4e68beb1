"""The timeline lists a contact's events newest first, each with user, time and link."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls.log.meetings import change_meeting
from calls.log.services import amend, void
from calls.models import Meeting
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import enroll, remove
from markets.suppressions.services import lift, suppress
from signals.capture.services import NewSignal
from signals.capture.supersede import correct
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from signals.contacts.timeline import KINDS, SOURCES
from tests.factories import (
    ContactFactory,
    call,
    ended_import,
    signal,
)
from tests.reading import metric
from tests.signals.contacts.timeline_helpers import MONDAY, rows, url

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def full(clock, campaign, caller, manager, person):
    """A contact with one event of every source, an hour apart."""
    clock()
    brought = ended_import(campaign.workspace, by=manager, created=1)
    flags = dict.fromkeys(["is_placed", "is_enrolled", "is_do_not_call"], False)
    brought.people.create(workspace=campaign.workspace, contact=person, line=2, outcome="c", field_mask=1, **flags)
    clock()
    booked = call(
        campaign,
        person,
        disposition="meeting_booked",
        started_at=now(),
        meeting_at=now() + timedelta(hours=1),
        caller=caller,
        notes="Likes walks",
    )
    heard = signal(booked, value="Exploring", evidence="I might listen")
    clock()
    correct(signal=heard, replacement=NewSignal(type=heard.type, value="Active"), by=manager)
    clock()
    meeting = Meeting.objects.get()
    change_meeting(meeting=meeting, to="held", at=None, reason="", by=caller)
    clock()
    amend(call=booked, by=manager, reason="Misheard", notes="Likes boats")
    clock()
    change_status(campaign=campaign, to="paused", by=manager, reason="Holidays")
    clock()
    wrong = call(campaign, person, started_at=MONDAY + timedelta(minutes=1), caller=caller)
    void(call=wrong, by=manager, reason="Twice")
    clock()
    set_once = suppress(contact=person, by=caller, reason="Asked")
    clock()
    lift(suppression=set_once, by=manager, reason="Asked back")
    clock()
    merge(
        keep=person,
        merged=ContactFactory(workspace=campaign.workspace, full_name="Old Entry"),
        by=manager,
        reason="Same",
    )
    clock()
    remove(campaign=campaign, contacts=[person.pk], by=manager, reason="Not this mission")
    person.refresh_from_db()
    return person


EVERYTHING = [
    *("left", "merge", "lifted", "suppression", "voided", "status_change", "correction", "meeting_change"),
    *("signal", "meeting", "signal", "call", "import", "call", "entered"),
]


def test_everything_stands_in_one_stream_newest_first(as_viewer, full):
    page = as_viewer.get(url(full))

    assert rows(page) == EVERYTHING
    assert metric(page, "rows") == len(EVERYTHING)


def test_each_event_says_who_when_and_what_and_leads_somewhere(as_viewer, full):
    page = as_viewer.get(url(full)).content.decode()
    events = dict(
        part.split('"', 1) for part in page.split('id="timeline"')[1].split('class="pager"')[0].split('data-row="')[1:]
    )
    texts = {
        name.split(":")[0]: (" ".join(re.sub(r"<[^>]+>", " ", part).split()), "href=" in part)
        for name, part in reversed(events.items())
    }

    for name, words in {
        "left": "23 Nov, 21:00 · Manager Not this mission",
        "merge": "Merged from Old Entry",
        "lifted": "Do not call lifted",
        "suppression": "23 Nov, 18:00 · Caller Asked",
        "voided": "23 Nov, 17:00 · Manager Twice",
        "status_change": "went from Active to Paused · M&amp;A -- New York 23 Nov, 16:00 · Manager Holidays",
        "correction": "23 Nov, 15:00 · Manager Misheard",
        "meeting_change": "Meeting Held 23 Nov, 14:00 · Caller",
        "signal": "Movement State: Active put right 23 Nov, 13:00 · Manager",
        "meeting": "Meeting booked 23 Nov, 12:00 · Caller",
        "import": "Brought by people.csv , line 2 23 Nov, 11:00 · Manager",
        "entered": "Added to Ongoing coverage · M&amp;A -- New York 23 Nov, 10:00",
    }.items():
        assert words in texts[name][0], name
        assert texts[name][1], name
    assert "Exploring heard on a call" in " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_removal_and_a_return_are_told_and_no_step_between(clock, as_viewer, campaign, person, manager):
    clock()
    remove(campaign=campaign, contacts=[person.pk], by=manager, reason="Asked to wait")
    clock()
    change_status(campaign=campaign, to="paused", by=manager, reason="Holidays")
    clock()
    enroll(campaign=campaign, contacts=[person.pk], by=manager)
    clock()
    change_status(campaign=campaign, to="active", by=manager)

    page = as_viewer.get(url(person))

    assert rows(page) == ["status_change", "returned", "was_out", "entered"]
    text = " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())
    assert "Came back into Ongoing coverage · M&amp;A -- New York 23 Nov, 13:00 · Manager" in text
    assert "Taken out of Ongoing coverage · M&amp;A -- New York 23 Nov, 11:00 · Manager Asked to wait" in text


def test_an_erasure_is_the_last_that_is_told(clock, as_viewer, ops, full):
    clock()
    erase(contact=full, by=ops, reason="Request 204")

    page = as_viewer.get(url(full))

    assert rows(page)[0] == "erasure"
    assert "Likes boats" not in page.content.decode()
    assert "I might listen" not in page.content.decode()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("calls", ["call", "call"]),
        ("signals", ["signal", "signal"]),
        ("campaigns", ["left", "status_change", "entered"]),
        ("meetings", ["meeting_change", "meeting"]),
        ("corrections", ["voided", "correction"]),
        ("suppressions", ["lifted", "suppression"]),
        ("imports", ["import"]),
        ("merges", ["merge"]),
        ("erasures", []),
    ],
)
def test_the_stream_is_filtered_by_kind(as_viewer, full, kind, expected):
    page = as_viewer.get(url(full), {"kind": kind})

    assert rows(page) == expected
    assert metric(page, "rows") == len(expected)


def test_every_source_has_a_kind_that_can_be_chosen():
    assert {each.kind for each in SOURCES} == set(KINDS)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"kind": "gossip"}, "There is no kind of event “gossip”; use one of calls, signals,"),
        ({"page": "2"}, "There is no page “2”; this list has 1 page. This is the first."),
        ({"page": "x"}, "There is no page “x”"),
    ],
)
def test_what_there_is_not_gets_a_sentence(as_viewer, person, query, sentence):
    assert sentence in as_viewer.get(url(person), query).content.decode()
