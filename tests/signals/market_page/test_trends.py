"""Signals over time: months, values, links to their rows; and the funnel from the landscape to meetings."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from calls.log.services import void
from calls.metrics.presentation import Scope
from campaigns.dispositions import Disposition
from config.ui.periods import Period
from signals.market_page.trends import signal_trends
from tests.factories import ContactFactory, active_campaign, call, signal
from tests.reading import lengths_of_lists, metric, numbers

NEW_YORK = ZoneInfo("America/New_York")


def heard(campaign, value, at, type="movement_state"):
    of_call = call(campaign, campaign.members.first().contact, disposition=Disposition.FUTURE_POTENTIAL, started_at=at)
    return signal(of_call, type, value)


@pytest.fixture
def campaign(market):
    return active_campaign(3, market=market)


@pytest.fixture
def heard_in_autumn(campaign):
    heard(campaign, "Exploring", datetime(2026, 9, 30, 23, 30, tzinfo=NEW_YORK))
    heard(campaign, "Active", datetime(2026, 10, 1, 9, tzinfo=NEW_YORK))
    heard(campaign, "Active", datetime(2026, 10, 20, 9, tzinfo=NEW_YORK))
    heard(campaign, "Compensation", datetime(2026, 10, 21, 9, tzinfo=NEW_YORK), "motivation_driver")


def trends(market, first=date(2026, 8, 15), last=date(2026, 10, 31)):
    return signal_trends(Scope(market.workspace, Period(first, last), market=market))


def table(trend):
    return {
        row[0]: {
            column: cell.numbers[0].value
            for column, cell in zip(trend.chart.numbers.head[1:], row[1:], strict=True)
            if cell.numbers[0].value
        }
        for row in trend.chart.numbers.rows
    }


@pytest.mark.time_machine("2026-11-15 12:00 +0000")
def test_each_type_that_was_heard_has_a_row_for_each_month_of_the_workspaces_zone(market, heard_in_autumn):
    movement, motivation = trends(market)

    assert table(movement) == {"Aug 2026": {}, "Sep 2026": {"Exploring": 1}, "Oct 2026": {"Active": 2}}
    assert table(motivation)["Oct 2026"] == {"Compensation": 1}


@pytest.mark.time_machine("2026-11-15 12:00 +0000")
def test_at_most_twelve_months_are_shown_and_the_running_one_is_hatched(market, heard_in_autumn):
    movement, *_ = signal_trends(Scope(market.workspace, Period(), market=market))

    assert len(movement.chart.numbers.rows) == 12
    assert list(table(movement))[-1] == "Nov 2026"
    assert [(mark.height, mark.is_hatched) for mark in movement.chart.marks][-1] == (0, True)


def test_the_running_month_is_hatched(market, campaign):
    heard(campaign, "Active", datetime.now(NEW_YORK))
    movement, *_ = signal_trends(Scope(market.workspace, Period(), market=market))

    assert movement.chart.is_hatched


@pytest.mark.time_machine("2026-11-15 12:00 +0000")
def test_voided_calls_and_other_markets_do_not_count(market, campaign, heard_in_autumn, manager):
    elsewhere = active_campaign(1, market__workspace=market.workspace)
    heard(elsewhere, "Not Moving", datetime(2026, 10, 2, 9, tzinfo=NEW_YORK))
    void(call=campaign.calls.get(started_at=datetime(2026, 10, 20, 9, tzinfo=NEW_YORK)), by=manager, reason="Mistake")

    movement, *_ = trends(market)

    assert table(movement)["Oct 2026"] == {"Active": 1}


@pytest.mark.time_machine("2026-11-15 12:00 +0000")
def test_values_are_stacked_in_their_order_from_the_base(market, campaign):
    for value in ("Not Moving", "Active", "Active"):
        heard(campaign, value, datetime(2026, 10, 2, 9, tzinfo=NEW_YORK))
    (movement,) = trends(market, first=date(2026, 10, 1))

    assert [(mark.look, mark.height) for mark in movement.chart.marks] == [
        ("s5", 140),
        ("s1", pytest.approx(46.7, 0.01)),
    ]
    assert [key.words for key in movement.chart.keys] == ["Not Moving 1", "Active 2"]


@pytest.mark.time_machine("2026-11-15 12:00 +0000")
def test_every_number_of_the_page_opens_its_rows(as_viewer, market, heard_in_autumn):
    length = lengths_of_lists(as_viewer)
    page = as_viewer.get(reverse("markets:signals", args=["acme", market.pk]))

    shown = [(value, href) for _, _, value, href in numbers(page) if href]
    assert len([value for value, _ in shown if value]) == 3
    for value, href in shown:
        assert length(href) == value, href


def test_a_market_without_signals_says_so(as_viewer, market):
    page = as_viewer.get(reverse("markets:signals", args=["acme", market.pk]))

    assert "No signals in this period" in page.content.decode()


def test_the_funnel_leads_from_the_landscape_to_meetings(as_viewer, market, campaign):
    market.market_contacts.create(workspace=market.workspace, contact=ContactFactory(workspace=market.workspace))
    first, second, _ = (member.contact for member in campaign.members.order_by("pk"))
    for member in campaign.members.all():
        market.market_contacts.get_or_create(workspace=market.workspace, contact=member.contact)
    call(campaign, first, disposition=Disposition.NO_ANSWER)
    meeting_at = datetime.now(NEW_YORK)
    call(campaign, second, disposition=Disposition.MEETING_BOOKED, meeting_at=meeting_at)

    page = as_viewer.get(reverse("markets:detail", args=["acme", market.pk]) + "?period=all")

    names = ("landscape", "contact_count", "called", "reached", "meetings_booked")
    assert [metric(page, name, "funnel") for name in names] == [4, 3, 2, 1, 1]
    length = lengths_of_lists(as_viewer)
    for about, _, value, href in numbers(page):
        assert about != "funnel" or length(href) == value
