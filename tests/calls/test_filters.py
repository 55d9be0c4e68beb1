"""The list of calls narrowed by attempt, by weekday and by hour, as the numbers of charts ask for it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.timezone import now

from calls.log.meetings import change_meeting
from calls.log.services import amend, void
from tests.factories import active_campaign, booked, call
from tests.reading import metric

NEW_YORK = "America/New_York"


@pytest.fixture
def listed(as_viewer):
    """How many calls the list has, and its text."""

    def rows_and_page(**query):
        page = as_viewer.get(reverse("calls:list", args=["acme"]), query)
        return metric(page, "rows"), page.content.decode()

    return rows_and_page


def rows(listed, **query):
    return listed(**query)[0]


def days_ago(days):
    return now() - timedelta(days=days)


@pytest.mark.parametrize(
    ("zone", "at", "weekday", "hour"),
    [
        (NEW_YORK, datetime(2026, 3, 8, 6, 30, tzinfo=UTC), 7, 1),  # the night without a 02:30
        (NEW_YORK, datetime(2026, 3, 8, 7, 30, tzinfo=UTC), 7, 3),
        (NEW_YORK, datetime(2026, 3, 9, 3, 59, tzinfo=UTC), 7, 23),
        ("Asia/Kathmandu", datetime(2026, 3, 8, 18, 20, tzinfo=UTC), 1, 0),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, 10, tzinfo=UTC), 7, 1),
    ],
)
def test_calls_are_asked_for_by_weekday_and_hour_of_the_workspaces_zone(listed, market, zone, at, weekday, hour):
    campaign = in_zone(market, zone)
    call(campaign, started_at=at)
    call(campaign, started_at=at + timedelta(hours=36))

    assert rows(listed) == 2
    assert rows(listed, weekday=weekday) == 1
    assert rows(listed, hour=hour) == 1
    assert rows(listed, weekday=weekday, hour=hour) == 1
    assert rows(listed, weekday=weekday, hour=(hour + 12) % 24) == 0


def test_an_hour_that_the_clock_repeats_is_one_hour(listed, market):
    campaign = in_zone(market, NEW_YORK)
    for hour in (4, 5, 6, 7):  # 00:30, 01:30, 01:30 again, 02:30
        call(campaign, started_at=datetime(2025, 11, 2, hour, 30, tzinfo=UTC))

    assert [rows(listed, weekday=7, hour=hour) for hour in range(4)] == [1, 2, 1, 0]


def in_zone(market, zone):
    market.workspace.timezone = zone
    market.workspace.save()
    return active_campaign(market=market, workspace=market.workspace, days_ago=500)


def test_an_attempt_is_numbered_among_all_calls_to_the_person_whatever_else_is_asked(listed, campaign, manager):
    one, two = (each.contact for each in campaign.members.order_by("pk")[:2])
    other = active_campaign(market=campaign.market)
    for days, person in ((9, one), (8, one), (7, one), (6, two)):
        call(campaign, person, started_at=days_ago(days))
    call(other, started_at=days_ago(5))
    void(call=call(campaign, two, started_at=days_ago(20)), by=manager, reason="Twice")
    call(campaign, two, direction="inbound", started_at=days_ago(19))

    def by_attempt(**query):
        return [rows(listed, attempt=attempt, **query) for attempt in (1, 2, 3, 4)]

    assert by_attempt() == [3, 1, 1, 0]
    assert by_attempt(campaign=campaign.pk) == [2, 1, 1, 0]
    assert by_attempt(market=campaign.market_id) == [3, 1, 1, 0]
    late = (campaign.workspace.today() - timedelta(days=7)).isoformat()
    assert by_attempt(campaign=campaign.pk, **{"from": late}) == [1, 0, 1, 0]


def test_from_the_tenth_attempt_on_all_are_asked_for_as_one(listed, campaign):
    for days in range(13, 0, -1):
        call(campaign, started_at=days_ago(days))

    assert rows(listed, attempt="9") == 1
    assert rows(listed, attempt="10+") == 4


def test_as_of_a_past_day_attempts_weekdays_and_hours_are_those_that_were_known(listed, market, manager):
    noon = datetime(2026, 3, 9, 16, tzinfo=UTC)  # a Monday in New York
    with time_machine.travel(noon + timedelta(hours=8)):
        campaign = active_campaign(market=market, days_ago=30)
        first, second = (call(campaign, started_at=noon + timedelta(minutes=n)) for n in (0, 5))
    with time_machine.travel(noon + timedelta(days=4)):
        void(call=first, by=manager, reason="Twice")
        amend(call=second, by=manager, reason="A day later", started_at=noon + timedelta(hours=26))
        then = {"as_of": "2026-03-10"}

        assert [rows(listed, attempt=n) for n in (1, 2)] == [1, 0]
        assert [rows(listed, attempt=n, **then) for n in (1, 2)] == [1, 1]
        assert rows(listed, counted="yes", weekday=1) == 0
        assert rows(listed, counted="yes", weekday=1, hour=12, **then) == 2
        assert rows(listed, counted="yes", weekday=2, hour=14) == 1
        assert rows(listed, counted="yes", weekday=2, hour=14, **then) == 0


def test_calls_are_asked_for_by_what_became_of_their_meetings_as_of_a_past_day_too(listed, campaign, manager):
    today = campaign.workspace.today().isoformat()
    held, _ = booked(campaign), booked(campaign)
    with time_machine.travel(now() + timedelta(days=2)):
        change_meeting(meeting=held, by=manager, to="held")

        assert [rows(listed, became=status) for status in ("scheduled", "held", "no_show")] == [1, 1, 0]
        assert [rows(listed, became=status, as_of=today) for status in ("scheduled", "held")] == [2, 0]


def test_what_is_asked_for_stands_as_a_chip_to_take_off_again(listed, campaign):
    call(campaign)

    _, body = listed(attempt="10+", weekday="1", hour="9")

    for chip in ("Attempt: 10+ ×", "Weekday: Mon ×", "Hour: 09:00–09:59 ×"):
        assert chip in body
    assert 'href="?weekday=1&amp;hour=9"' in body
