"""What a day is."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.models import Call
from markets.models import Workspace
from tests.factories import CampaignFactory, member, utc

NIGHTS = [
    ("America/New_York", date(2026, 3, 8), 23),
    ("America/New_York", date(2026, 11, 1), 25),
    ("Europe/London", date(2026, 3, 29), 23),
    ("Europe/London", date(2026, 10, 25), 25),
    ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ("Asia/Kathmandu", date(2026, 3, 29), 24),
]


@pytest.mark.parametrize(("zone", "day", "hours"), NIGHTS)
def test_a_day_is_as_long_as_the_clocks_make_it(zone, day, hours):
    start, end = Workspace(timezone=zone).bounds(day, day)

    assert (end - start.astimezone(ZoneInfo("UTC"))).total_seconds() / 3600 == hours


@given(
    st.sampled_from([zone for zone, _, _ in NIGHTS]),
    st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(ZoneInfo("UTC"))),
)
def test_every_moment_lies_within_the_bounds_of_its_day(zone, moment):
    workspace = Workspace(timezone=zone)
    day = workspace.day_of(moment)
    start, end = workspace.bounds(day, day)

    assert start <= moment < end
    assert workspace.day_of(start) == day
    assert workspace.day_of(end - timedelta(microseconds=1)) == day


@pytest.mark.parametrize(("zone", "day", "hours"), NIGHTS)
def test_the_database_cuts_days_where_the_workspace_does(workspace, market, zone, day, hours):
    workspace.timezone = zone
    workspace.save()
    campaign = CampaignFactory(market=market)
    contact = member(campaign).contact
    midnight = workspace.bounds(day, day)[0].astimezone(ZoneInfo("UTC"))
    moments = [midnight + timedelta(minutes=15 * n - 1) for n in range(-8, 110)]
    Call.objects.bulk_create(
        Call(workspace=workspace, campaign=campaign, contact=contact, started_at=moment) for moment in moments
    )

    days = dict(Call.objects.annotate(cut=workspace.day_in_sql("started_at")).values_list("started_at", "cut"))

    assert days == {moment: workspace.day_of(moment) for moment in moments}
    within = Call.objects.filter(workspace.in_days("started_at", day, day)).count()
    assert within == sum(workspace.day_of(moment) == day for moment in moments)


def test_a_range_without_an_end_goes_on(workspace):
    assert workspace.bounds(None, None) == (None, None)
    assert workspace.bounds(date(2026, 1, 1), None)[0] == utc(2026, 1, 1, 5)
