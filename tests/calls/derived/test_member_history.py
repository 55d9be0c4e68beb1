"""Whoever left a campaign and came back: what was known of them on each day in between, and that it stays known."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from calls.metrics.definitions import totals
from campaigns.lifecycle.transitions import delete_draft
from campaigns.membership import enroll, remove
from campaigns.models import Absence
from config.ui.periods import Period
from tests.factories import CampaignFactory, MarketFactory, active_campaign, call, member
from tests.reading import metric

ZONE = ZoneInfo("America/New_York")


def on(day):
    """It is noon of that day of March."""
    return time_machine.travel(datetime(2026, 3, day, 12, tzinfo=ZONE), tick=False)


@pytest.fixture
def campaign(workspace, manager):
    """Of two people one is out from the 10th to the 20th, and again from the 25th."""
    with on(2):
        market = MarketFactory(workspace=workspace)
        made = active_campaign(2, market=market, days_ago=1)
    who = [first(made).contact_id]
    with on(3):
        call(made, first(made).contact)
    with on(10):
        remove(campaign=made, contacts=who, by=manager, reason="Asked to wait")
    with on(20):
        enroll(campaign=made, contacts=who, by=manager)
    with on(25):
        remove(campaign=made, contacts=who, by=None, reason="Moved away")
    with on(31):
        yield made


def first(campaign):
    return campaign.members.select_related("contact").order_by("pk").first()


def members(client, campaign, day, **query):
    query |= {"as_of": date(2026, 3, day).isoformat()}
    return client.get(reverse("campaigns:members", args=["acme", campaign.pk]), query)


def test_who_removed_somebody_when_and_why_stays_known_when_they_come_back(campaign, manager):
    kept = Absence.objects.get()

    assert (kept.removed_by, kept.removed_reason, kept.returned_by) == (manager, "Asked to wait", manager)
    assert (kept.removed_at.astimezone(ZONE).day, kept.returned_at.astimezone(ZONE).day) == (10, 20)
    assert first(campaign).removed_reason == "Moved away"
    assert first(campaign).added_at.astimezone(ZONE).day == 2


@pytest.mark.parametrize(("day", "here"), [(2, 2), (9, 2), (10, 1), (19, 1), (20, 2), (24, 2), (25, 1), (30, 1)])
def test_somebody_is_counted_on_the_days_that_they_were_in_the_campaign(as_viewer, campaign, day, here):
    known = totals(campaign.workspace, None, Period().with_as_of(date(2026, 3, day)))

    assert known["contact_count"] == here
    assert known["called"] == (0 if day < 3 or here == 1 else 1)
    assert metric(members(as_viewer, campaign, day), "rows") == here
    assert metric(members(as_viewer, campaign, day, state="removed"), "rows") == 2 - here


@pytest.mark.parametrize(
    ("day", "reason", "removed_on"), [(9, "", ""), (15, "Asked to wait", "10"), (22, "", ""), (28, "Moved away", "25")]
)
def test_a_member_of_a_past_day_shows_why_they_were_out_then(as_viewer, campaign, day, reason, removed_on):
    page = members(as_viewer, campaign, day, state="removed").content.decode()
    rows = members(as_viewer, campaign, day, state="removed", _export="csv").getvalue().decode()

    assert [words for words in ("Asked to wait", "Moved away") if words in page] == ([reason] if reason else [])
    assert (f"2026-03-{removed_on} 16:00" in rows) is bool(removed_on)


def test_many_come_back_in_as_many_statements_as_one(campaign):
    people = [member(campaign).contact_id for _ in range(30)]

    def cost(contacts):
        remove(campaign=campaign, contacts=contacts, by=None, reason="All of them")
        with CaptureQueriesContext(connection) as statements:
            assert enroll(campaign=campaign, contacts=contacts, by=None) == set(contacts)
        return len(statements)

    assert cost(people[:1]) == cost(people)
    assert Absence.objects.filter(removed_reason="All of them").count() == 31


def test_a_draft_goes_with_those_who_came_back_into_it(market):
    draft = CampaignFactory(market=market)
    who = [member(draft).contact_id]
    remove(campaign=draft, contacts=who, by=None, reason="Not now")
    enroll(campaign=draft, contacts=who, by=None)

    delete_draft(campaign=draft)

    assert not Absence.objects.exists()
