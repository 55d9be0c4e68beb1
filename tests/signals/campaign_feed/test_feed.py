"""The feed of a campaign: everything that happened to it, people grouped by batch, newest first."""

import re
from datetime import datetime, time, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from calls.log.meetings import change_meeting
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import enroll, remove
from campaigns.models import CampaignReport
from campaigns.notes.services import delete_note, write_note
from campaigns.tags.services import tag_campaign
from campaigns.tasks.services import set_done
from markets.models import MarketContact
from markets.workspaces.audit import record_event
from signals.campaign_feed.feed import KINDS, SOURCES, CampaignFeed
from tests.factories import CampaignFactory, ContactFactory, active_campaign, booked, call
from tests.importing import finished_import
from tests.reading import metric


@pytest.fixture
def draft(market):
    return CampaignFactory(market=market)


def people(campaign, count):
    contacts = [ContactFactory(workspace=campaign.workspace) for _ in range(count)]
    for contact in contacts:
        MarketContact.objects.create(workspace=campaign.workspace, market=campaign.market, contact=contact)
    return [contact.pk for contact in contacts]


def events(campaign, kind=""):
    return [(event.source, event.who and str(event.who)) for event in CampaignFeed(campaign, kind)[:50]]


def page_of(campaign):
    return reverse("campaigns:feed", args=["acme", campaign.pk])


def test_people_added_together_are_one_event(draft, manager):
    enroll(campaign=draft, contacts=people(draft, 3), by=manager)
    enroll(campaign=draft, contacts=people(draft, 1), by=None)

    found = CampaignFeed(draft, "people")[:50]

    assert [(event.row.people, event.who) for event in found] == [(1, None), (3, manager)]


def test_people_removed_and_added_again_are_told(draft, manager):
    contacts = people(draft, 3)
    enroll(campaign=draft, contacts=contacts, by=manager)
    remove(campaign=draft, contacts=contacts[:2], by=manager, reason="Moved")
    enroll(campaign=draft, contacts=contacts[:1], by=None)

    found = CampaignFeed(draft, "people")[:50]

    assert [(event.source, event.row.people) for event in found] == [
        ("returned", 1),
        ("was_removed", 1),
        ("removed", 1),
        ("added", 3),
    ]


def test_a_whole_life_is_told_newest_first(as_viewer, market, manager, workspace):
    campaign = active_campaign(market=market, days_ago=9, name="Spring")
    meeting = booked(campaign, caller=manager)
    change_meeting(meeting=meeting, to="held", by=manager)
    change_status(campaign=campaign, to="paused", by=manager, reason="Holidays")
    write_note(workspace=workspace, text="Slow start", by=manager, campaign=campaign)
    delete_note(note=write_note(workspace=workspace, text="Gone", by=manager, campaign=campaign)[0])
    task = workspace.tasks.create(title="Find numbers", campaign=campaign, created_by=manager)
    set_done(task=task, is_done=True, by=manager)
    tag_campaign(campaign=campaign, name="Pilot", by=manager)
    CampaignReport.objects.create(workspace=workspace, campaign=campaign, document={}, made_by=manager)
    record_event(workspace=workspace, user=manager, action="callers_changed", subject=campaign, summary="Two callers")

    found = events(campaign)

    assert found[0] == ("audit", "Manager")
    assert ("status_change", "Manager") in found
    assert {name for name, _ in found} == {
        *("created", "added", "status_change", "meeting", "meeting_change", "note", "task", "task_done", "tag"),
        *("calls", "report", "audit"),
    }
    page = as_viewer.get(page_of(campaign))
    assert metric(page, "rows") == len(found)
    for text in ("Holidays", "Slow start", "Find numbers", "Pilot", "Two callers"):
        assert text in page.text


def test_files_of_people_and_calls_are_events_of_the_campaign(as_viewer, market, campaign, workspace):
    options = {"market": market.pk, "campaign": campaign.pk}
    finished_import(workspace, "external_id,full_name", "lead-1,Ann Person", **options)
    log = ["call_id,contact,started_at,disposition", "1,lead-1,2026-03-02 09:30:00,No Answer"]
    finished_import(workspace, *log, kind="calls", name="log.csv", campaign=campaign.pk)

    page = as_viewer.get(page_of(campaign), {"kind": "imports"})

    assert metric(page, "rows") == 2
    assert "1 new in the campaign" in page.text
    assert "1 call here" in page.text


def test_calls_logged_are_one_event_for_a_caller_and_a_day_that_opens_them(as_viewer, market, caller, workspace):
    campaign = active_campaign(market=market, days_ago=9)
    noon = datetime.combine(workspace.today() - timedelta(2), time(12), tzinfo=workspace.zone)
    for hours, fields in [(0, {"caller": caller}), (1, {"caller": caller}), (9, {"caller": caller})]:
        call(campaign, started_at=noon + timedelta(hours=hours), **fields)
    call(campaign, started_at=noon + timedelta(hours=24), caller=caller, disposition="voicemail")
    for name in ("J. Smith & Co", "J. Smith & Co", ""):
        call(campaign, started_at=noon, caller=None, caller_name=name)

    page = as_viewer.get(page_of(campaign), {"kind": "calls"})

    links = re.findall(r'href="([^"]+logged=yes[^"]+)">(\d+)', page.text)
    assert [int(count) for _, count in links] == [1, 3, 1, 2]
    assert page.text.count("· Caller") == 2
    assert "· J. Smith &amp; Co" in page.text
    for url, count in links:
        assert metric(as_viewer.get(unescape(url)), "rows") == int(count)


def test_calls_of_a_file_are_told_with_their_file(market, workspace, campaign):
    finished_import(workspace, "external_id,full_name", "lead-1,Ann Person", market=market.pk, campaign=campaign.pk)
    log = ["call_id,contact,started_at,disposition", "1,lead-1,2026-03-02 09:30:00,No Answer"]
    finished_import(workspace, *log, kind="calls", name="log.csv", campaign=campaign.pk)

    assert campaign.calls.count() == 1
    assert events(campaign, "calls") == []


def test_nothing_of_another_campaign_is_told(draft, campaign, manager, workspace):
    write_note(workspace=workspace, text="Elsewhere", by=manager, campaign=campaign)
    record_event(workspace=workspace, user=manager, action="callers_changed", subject=campaign, summary="Elsewhere")
    record_event(workspace=workspace, user=manager, action="market_changed", subject=draft.market, summary="Elsewhere")

    assert events(draft) == [("created", None)]


def test_the_feed_is_filtered_by_kind_and_paged(as_viewer, draft, manager, workspace):
    for number in range(30):
        write_note(workspace=workspace, text=f"Note {number}", by=manager, campaign=draft)

    page = as_viewer.get(page_of(draft), {"kind": "notes", "page": "2"})

    assert metric(page, "rows") == 30
    assert page.text.count('data-row="note:') == 5
    assert "There is no kind of event “visits”" in as_viewer.get(page_of(draft), {"kind": "visits"}).text


def test_htmx_gets_the_events_or_the_panel_of_the_campaigns_page(as_viewer, draft):
    def fragment(target):
        return as_viewer.get(page_of(draft), headers={"HX-Request": "true", "HX-Target": target}).text.strip()

    assert fragment("feed").startswith('<div id="feed"')
    assert fragment("activity").startswith('<div id="activity"')
    assert "No open tasks." in fragment("activity")


def test_the_campaigns_page_leads_to_it_without_scripts(as_viewer, draft):
    page = as_viewer.get(reverse("campaigns:detail", args=["acme", draft.pk]))

    assert f'href="{page_of(draft)}"' in page.text


def test_a_page_costs_the_same_with_few_and_with_many_events(draft, manager, workspace):
    def happen(times):
        for number in range(times):
            contacts = people(draft, 2)
            enroll(campaign=draft, contacts=contacts, by=manager)
            remove(campaign=draft, contacts=contacts[:1], by=manager, reason="Moved")
            write_note(workspace=workspace, text="Note", by=manager, campaign=draft)
            tag_campaign(campaign=draft, name=f"Tag {number} {now()}", by=manager)
            workspace.tasks.create(title="Task", campaign=draft, created_by=manager, created_at=now() - timedelta(1))

    def cost():
        with CaptureQueriesContext(connection) as queries:
            feed = CampaignFeed(draft)
            feed.count()
            [(event.row.pk, str(event.who)) for event in feed[:50]]
        return len(queries)

    happen(1)
    few = cost()
    happen(6)

    assert cost() == few


def test_every_source_has_a_kind_and_a_template():
    assert {source.kind for source in SOURCES} == set(KINDS)
