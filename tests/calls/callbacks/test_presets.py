"""The times to call back that are offered as buttons: on days and at hours at which the person may be called."""

from zoneinfo import ZoneInfo

import pytest

from calls.callbacks.presets import callback_presets
from calls.queue.calling_hours import CallingHours
from tests.factories import ContactFactory, utc

NEW_YORK = ZoneInfo("America/New_York")


def presets(workspace, moment, hours=CallingHours(), **person):  # noqa: B008 # frozen
    contact = ContactFactory.build(workspace=workspace, **person)
    found = callback_presets(contact, hours, moment)
    return {each.key: (each.label, f"{each.at.astimezone(NEW_YORK):%a %-d %b %H:%M}") for each in found}


@pytest.fixture
def monday_noon():
    return utc(2026, 6, 1, 16)


def test_in_an_hour_tomorrow_next_monday_and_in_two_weeks(workspace, monday_noon):
    assert presets(workspace, monday_noon) == {
        "h": ("in 1 hour", "Mon 1 Jun 13:00"),
        "t": ("tomorrow 9:00", "Tue 2 Jun 09:00"),
        "m": ("Monday 9:00", "Mon 8 Jun 09:00"),
        "w": ("in two weeks, 9:00", "Mon 15 Jun 09:00"),
    }


def test_at_nine_where_the_person_is(workspace, monday_noon):
    there = presets(workspace, monday_noon, timezone="America/Los_Angeles")

    assert there["t"] == ("tomorrow 9:00 there", "Tue 2 Jun 12:00")


def test_nine_gives_way_to_the_hours_of_the_campaign(workspace, monday_noon):
    assert presets(workspace, monday_noon, CallingHours(14, 20))["t"] == ("tomorrow 14:00", "Tue 2 Jun 14:00")
    assert "h" not in presets(workspace, monday_noon, CallingHours(8, 13))


def test_a_weekend_gives_way_to_the_day_after_unless_the_campaign_calls_then(workspace):
    friday = utc(2026, 6, 5, 16)

    usual, always = presets(workspace, friday), presets(workspace, friday, CallingHours(on_weekends=True))

    assert usual["t"] == ("Monday 9:00", "Mon 8 Jun 09:00")
    assert "m" not in usual, "the same Monday twice"
    assert (always["t"][1], always["m"][1]) == ("Sat 6 Jun 09:00", "Mon 8 Jun 09:00")


def test_the_weekend_is_that_of_the_persons_country(workspace):
    thursday = utc(2026, 6, 4, 9)

    assert presets(workspace, thursday, timezone="Asia/Riyadh")["t"] == ("Sunday 9:00 there", "Sun 7 Jun 02:00")


def test_a_holiday_of_the_workspace_gives_way_to_the_next_working_day(workspace):
    before_thanksgiving, before_christmas = utc(2026, 11, 25, 17), utc(2026, 12, 11, 17)

    assert presets(workspace, before_thanksgiving)["t"] == ("Friday 9:00", "Fri 27 Nov 09:00")
    assert presets(workspace, before_christmas)["w"] == ("Monday, 28 Dec, 9:00", "Mon 28 Dec 09:00")
