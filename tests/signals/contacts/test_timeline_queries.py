"""The timeline's pages, their number of queries, and the limits to one contact and workspace."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls.models import Meeting
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import remove
from signals.contacts.timeline import Timeline
from tests.factories import (
    CampaignFactory,
    ContactFactory,
    SuppressionFactory,
    active_campaign,
    call,
    signal,
)
from tests.signals.contacts.timeline_helpers import enroll_now, rows, url

pytestmark = pytest.mark.usefixtures("clock")


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
            enroll_now(CampaignFactory(market=campaign.market), person)

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
    cost()  # the first view is recorded
    few = cost()
    for n in range(59):
        call(campaign, person, started_at=now() - timedelta(hours=n + 1))

    assert cost() == few


def test_a_campaigns_status_belongs_to_whoever_was_in_it_then(clock, market, manager, person):
    other = active_campaign(market=market, name="Other", days_ago=9)
    late = ContactFactory(workspace=market.workspace)
    clock()
    enroll_now(other, person)
    clock()
    change_status(campaign=other, to="paused", by=manager, reason="Holidays")
    clock()
    remove(campaign=other, contacts=[person.pk], by=manager, reason="Done")
    enroll_now(other, late)
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
