"""All that happened to a person in one stream: newest first, each with who and when, and a link."""

import re
from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from calls.log.meetings import change_meeting, state_of
from calls.log.services import amend, void
from calls.models import Meeting
from campaigns.lifecycle import change_status
from campaigns.membership import enroll, remove
from markets.suppressions.services import lift, suppress
from signals.capture.services import NewSignal
from signals.capture.supersede import correct
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from signals.contacts.timeline import KINDS, SOURCES, Timeline
from tests.factories import (
    CampaignFactory,
    ContactFactory,
    SuppressionFactory,
    active_campaign,
    call,
    ended_import,
    member_of,
    signal,
    utc,
)
from tests.reading import metric

MONDAY = utc(2026, 11, 23, 15)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as travelling:
        hours = count(1)
        yield lambda: travelling.move_to(MONDAY + timedelta(hours=next(hours)))


@pytest.fixture
def person(clock, campaign):
    campaign.members.update(added_at=now())
    return campaign.members.order_by("pk").first().contact


def join(campaign, contact):
    """The database's own clock says when people are enrolled."""
    member_of(campaign, contact)
    campaign.members.filter(contact=contact).update(added_at=now())


@pytest.fixture
def full(clock, campaign, caller, manager, person):
    """Somebody to whom everything happened once, an hour after the other."""
    clock()
    brought = ended_import(campaign.workspace, by=manager, created=1)
    flags = dict.fromkeys(["is_placed", "is_enrolled", "is_do_not_call"], False)
    brought.people.create(workspace=campaign.workspace, contact=person, line=2, outcome="c", said=1, **flags)
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
    change_meeting(meeting=meeting, to="held", at=None, reason="", seen=state_of(meeting), by=caller)
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


def url(contact):
    return reverse("contacts:detail", args=["acme", contact.pk])


def rows(page):
    return [name.split(":")[0] for name in re.findall(r'data-row="([^"]+)"', page.content.decode())]


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
    said = {
        name.split(":")[0]: (" ".join(re.sub(r"<[^>]+>", " ", part).split()), "href=" in part)
        for name, part in reversed(events.items())
    }

    for name, words in {
        "left": "23 Nov, 21:00 · Manager Not this mission",
        "merge": "Merged from Old Entry",
        "lifted": "Do not call lifted",
        "suppression": "23 Nov, 18:00 · Caller Asked",
        "voided": "23 Nov, 17:00 · Manager Twice",
        "status_change": "went from Active to Paused 23 Nov, 16:00 · Manager Holidays",
        "correction": "23 Nov, 15:00 · Manager Misheard",
        "meeting_change": "Meeting Held 23 Nov, 14:00 · Caller",
        "signal": "Movement State: Active put right 23 Nov, 13:00 · Manager",
        "meeting": "Meeting booked 23 Nov, 12:00 · Caller",
        "import": "Brought by people.csv , line 2 23 Nov, 11:00 · Manager",
        "entered": "Came into Ongoing coverage 23 Nov, 10:00",
    }.items():
        assert words in said[name][0], name
        assert said[name][1], name
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
    told = " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())
    assert "Came back into Ongoing coverage 23 Nov, 13:00 · Manager" in told
    assert "Taken out of Ongoing coverage 23 Nov, 11:00 · Manager Asked to wait" in told


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


def test_sixty_events_come_on_three_pages_each_once(as_viewer, campaign, person):
    for n in range(59):
        call(campaign, person, started_at=now() - timedelta(hours=n + 1))

    pages = [as_viewer.get(url(person), {"page": n}) for n in (1, 2, 3)]

    found = [re.findall(r'data-row="([^"]+)"', page.content.decode()) for page in pages]
    assert [len(each) for each in found] == [25, 25, 10]
    assert len({row for each in found for row in each}) == 60
    assert "page=2" in pages[0].content.decode()
    assert "60 events" in re.sub(r"<[^>]+>", "", pages[2].content.decode())


def test_a_page_costs_the_same_with_1_and_with_60_events_of_each_sort(campaign, person):
    assert person.workspace
    assert Timeline(person).count() == 1

    def cost():
        timeline = Timeline(person)
        with CaptureQueriesContext(connection) as queries:
            timeline.count()
            shown = timeline[:50]
            [(each.row.pk, str(each.who)) for each in shown]
        return len(queries), {each.source for each in shown}

    def happen(times):
        for n in range(times):
            at = now() - timedelta(days=n, hours=1)
            made = call(campaign, person, disposition="meeting_booked", started_at=at)
            Meeting.objects.filter(call=made).update(created_at=at)
            signal(made)
            SuppressionFactory(workspace=campaign.workspace, contact=person, created_at=at)
            join(CampaignFactory(market=campaign.market), person)

    happen(1)
    few, sorts = cost()
    happen(15)

    assert cost() == (few, sorts)
    assert few == 2 + len(sorts)


def test_the_page_costs_the_same_after_1_and_after_60_calls(as_viewer, campaign, person):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            as_viewer.get(url(person))
        return len(queries)

    call(campaign, person)
    few = cost()
    for n in range(59):
        call(campaign, person, started_at=now() - timedelta(hours=n + 1))

    assert cost() == few


def test_a_campaigns_status_belongs_to_whoever_was_in_it_then(clock, market, manager, person):
    other = active_campaign(market=market, name="Other", days_ago=9)
    late = ContactFactory(workspace=market.workspace)
    clock()
    join(other, person)
    clock()
    change_status(campaign=other, to="paused", by=manager, reason="Holidays")
    clock()
    remove(campaign=other, contacts=[person.pk], by=manager, reason="Done")
    join(other, late)
    clock()
    change_status(campaign=other, to="active", by=manager)

    def steps(contact):
        return [each.row.to_status for each in Timeline(contact)[:25] if each.source == "status_change"]

    assert (steps(person), steps(late)) == (["paused"], ["active"])


def test_what_names_only_the_number_or_the_address_is_told_too(as_viewer, workspace, person):
    SuppressionFactory(workspace=workspace, phone_e164=person.phone_e164)
    SuppressionFactory(workspace=workspace, email=person.email)
    SuppressionFactory(workspace=workspace, email="somebody@else.example")

    page = as_viewer.get(url(person), {"kind": "suppressions"})

    assert rows(page) == ["suppression", "suppression"]
    assert f"set</strong> for {person.email}" in page.content.decode()


def test_nothing_of_another_person_or_workspace_is_told(campaign, person):
    second = campaign.members.order_by("pk")[1].contact
    signal(call(campaign, second, disposition="future_potential"))
    ours = Timeline(person).count()
    foreign = ContactFactory(phone=person.phone)
    SuppressionFactory(workspace=foreign.workspace, phone_e164=person.phone_e164)

    assert Timeline(person).count() == ours == 1
    assert [each.source for each in Timeline(foreign)[:25]] == ["suppression"]


def test_htmx_gets_the_timeline_alone(as_viewer, person):
    part = as_viewer.get(url(person), headers={"HX-Request": "true", "HX-Target": "timeline"})

    assert part.content.decode().lstrip().startswith('<div id="timeline"')
    assert "HX-Target" in part["Vary"]
