"""Conversations per call by attempt and by weekday and hour, and the report that shows them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import void
from calls.metrics.attempts_and_hours import by_attempt, by_hour
from calls.metrics.definitions import hour_counts
from campaigns.dispositions import Disposition
from campaigns.lifecycle.transitions import change_status
from config.ui.periods import Period
from tests.factories import MarketFactory, active_campaign, call, member
from tests.reading import metric, numbers

TALK = Disposition.CALLBACK_REQUESTED


def attempts(campaign, period=None):
    found = by_attempt(campaign.workspace, campaign.workspace.campaigns.all(), period or Period())
    return [(share.number, share.calls, share.conversations) for share in found]


def days_ago(days: float):
    return now() - timedelta(days=days)


def test_an_attempt_is_the_calls_place_among_those_to_that_person_in_that_campaign(campaign, manager):
    one, two = (each.contact for each in campaign.members.order_by("pk")[:2])
    other = active_campaign(market=campaign.market)
    for days, person, disposition in ((9, one, "no_answer"), (8, one, "voicemail"), (7, one, TALK), (6, two, TALK)):
        call(campaign, person, disposition=disposition, started_at=days_ago(days))
    call(other, disposition="no_answer")
    void(call=call(campaign, two, started_at=days_ago(20)), by=manager, reason="Twice")
    call(campaign, two, direction="inbound", started_at=days_ago(19))

    assert attempts(campaign) == [("1", 3, 1), ("2", 1, 0), ("3", 1, 1)]


def test_calls_before_the_period_count_as_attempts_made(campaign):
    for days in (9, 8, 3):
        call(campaign, started_at=days_ago(days))
    today = campaign.workspace.today()

    assert attempts(campaign, Period(today - timedelta(days=5), today)) == [("1", 0, 0), ("2", 0, 0), ("3", 1, 0)]


def test_from_the_tenth_attempt_on_all_are_one(campaign):
    for days in range(13, 0, -1):
        call(campaign, started_at=days_ago(days))

    assert attempts(campaign)[-2:] == [("9", 1, 0), ("10+", 4, 0)]


def test_without_calls_there_is_nothing_to_show(campaign):
    assert attempts(campaign) == []
    assert by_hour(hour_counts(campaign.workspace)) is None


@pytest.mark.parametrize(
    ("zone", "at", "where"),
    [
        ("America/New_York", datetime(2026, 3, 8, 6, 30, tzinfo=UTC), "Sun 01:00–01:59"),  # the night without a 02:30
        ("America/New_York", datetime(2026, 3, 8, 7, 30, tzinfo=UTC), "Sun 03:00–03:59"),
        ("America/New_York", datetime(2025, 11, 2, 5, 30, tzinfo=UTC), "Sun 01:00–01:59"),  # the night with two
        ("America/New_York", datetime(2025, 11, 2, 6, 30, tzinfo=UTC), "Sun 01:00–01:59"),
        ("Asia/Kathmandu", datetime(2026, 3, 8, 18, 20, tzinfo=UTC), "Mon 00:00–00:59"),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, 10, tzinfo=UTC), "Sun 01:00–01:59"),
    ],
)
def test_weekdays_and_hours_are_those_of_the_workspaces_zone(campaign, zone, at, where):
    workspace = campaign.workspace
    workspace.timezone = zone
    workspace.save()
    campaign = active_campaign(market=campaign.market, workspace=workspace, days_ago=500)
    call(campaign, started_at=at, disposition=TALK)

    times = by_hour(hour_counts(workspace))

    (cell,) = [share for row in times.rows for share in row.cells if share.calls]
    assert cell.label == where


def test_the_best_times_of_a_market_pool_its_campaigns_in_the_period(as_viewer, campaign):
    at = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)  # a Monday; New York has put its clocks forward the night before
    other, elsewhere = (
        active_campaign(market=campaign.market),
        active_campaign(market=MarketFactory(workspace=campaign.workspace)),
    )
    for called, disposition in ((campaign, TALK), (other, "no_answer"), (elsewhere, TALK)):
        call(called, disposition=disposition, started_at=at)
    call(campaign, disposition=TALK, started_at=at - timedelta(days=7))
    url = reverse("markets:detail", args=["acme", campaign.market_id])

    body = as_viewer.get(f"{url}?from=2026-03-09&to=2026-03-15").content.decode()

    assert "Mon 10:00–10:59: 1 of 2 calls" in body
    assert "Best times</h2><p>Conversations per call by weekday and hour in America/New_York" in re.sub(
        r">\s+<", "><", body
    )
    assert "No calls in this period" in as_viewer.get(f"{url}?from=2025-12-01&to=2025-12-02").content.decode()


def test_a_cell_says_its_fraction_its_interval_and_that_its_calls_are_few(campaign):
    for n in range(10):
        call(campaign, disposition=TALK if n < 1 else "no_answer")

    (share,) = by_attempt(campaign.workspace, campaign.workspace.campaigns.all())[:1]

    assert share.words == "Attempt 1: 1 of 1 calls, 100.0 %; 95 % interval 20.7–100.0 %, few calls"


@pytest.mark.parametrize("status", ["draft", "active", "completed"])
def test_a_report_shows_what_the_campaign_came_to(as_viewer, campaign, manager, status):
    if status == "draft":
        campaign = campaign.workspace.campaigns.create(market=campaign.market, workspace=campaign.workspace, name="D")
    else:
        for n, disposition in enumerate([*Disposition, *Disposition]):
            call(campaign, campaign.members.order_by("pk")[n % 3].contact, disposition=disposition)
    if status == "completed":
        change_status(campaign=campaign, to="completed", by=manager, reason="The season is over")
    about = f"campaign:{campaign.pk}"

    page = as_viewer.get(reverse("campaigns:performance", args=["acme", campaign.pk]))
    body = page.content.decode()

    assert metric(page, "calls_made", about) == (0 if status == "draft" else 18)
    assert ("Attempt 1: " in body) == (status != "draft")
    assert ("The season is over" in body) == (status == "completed")
    assert "America/New_York" in body


def test_the_outcomes_of_a_report_open_their_calls_and_add_up(as_viewer, campaign):
    for disposition in [*Disposition, Disposition.NO_ANSWER]:
        call(campaign, disposition=disposition, started_at=days_ago(4))
    call(campaign, started_at=days_ago(100))
    today = campaign.workspace.today()
    url = reverse("campaigns:performance", args=["acme", campaign.pk])

    page = as_viewer.get(f"{url}?from={today - timedelta(days=9)}&to={today - timedelta(days=1)}")

    found = [(value, href) for about, name, value, href in numbers(page) if about.startswith("outcome:")]
    assert [value for value, _ in found] == [2, *[1] * 8]
    assert all(metric(as_viewer.get(href), "rows") == value for value, href in found)
    assert metric(page, "calls_made", f"campaign:{campaign.pk}") == 10


def test_who_is_left_opens_those_people(as_viewer, campaign):
    member(campaign)
    call(campaign, disposition="not_interested")

    page = as_viewer.get(reverse("campaigns:performance", args=["acme", campaign.pk]))

    for about, name, value, href in numbers(page):
        if name in ("callable", "uncalled"):
            assert (value, metric(as_viewer.get(href), "rows")) == (3, 3), (about, name)
