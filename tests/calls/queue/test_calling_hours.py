"""When people may be called: each campaign's hours and days, by the people's own clocks."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
from phonenumbers.tzdata import TIMEZONE_DATA

from calls.queue.calling_hours import CallingHours
from calls.queue.ranking import QueueState, queue
from calls.queue.weekends import WEEKENDS, is_weekend
from campaigns.models import Campaign
from markets.models.workspaces import timezone_names
from markets.workspaces.calendar import countries
from tests.calls.queue.members import called_member, queue_state
from tests.factories import ContactFactory, active_campaign, member, utc

pytestmark = pytest.mark.usefixtures("noon")

FRIDAY, SATURDAY, SUNDAY, MONDAY = (utc(2026, 11, day, 17) for day in (27, 28, 29, 30))  # noon in New York


def set_hours(campaign, **fields):
    Campaign.objects.filter(pk=campaign.pk).update(**fields)
    campaign.refresh_from_db()


@pytest.mark.parametrize(
    ("moment", "state"),
    [(FRIDAY, "ready"), (SATURDAY, "outside_hours"), (SUNDAY, "outside_hours"), (MONDAY, "ready")],
)
def test_nobody_is_called_at_a_weekend(campaign, noon, moment, state):
    noon.move_to(moment)
    assert queue_state(campaign.members.first()) == state


def test_it_is_the_weekend_where_the_person_is_that_counts(campaign, noon):
    tokyo = member(campaign, timezone="Asia/Tokyo")
    noon.move_to(utc(2026, 11, 28, 0))  # Friday evening in New York, Saturday 9:00 in Tokyo

    assert queue_state(campaign.members.first()) == QueueState.READY
    assert queue_state(tokyo) == QueueState.OUTSIDE_HOURS


@pytest.mark.parametrize(
    ("day", "zone", "state"),
    [
        (26, "Asia/Riyadh", "ready"),  # Thursday
        (27, "Asia/Riyadh", "outside_hours"),
        (28, "Asia/Riyadh", "outside_hours"),
        (29, "Asia/Riyadh", "ready"),  # Sunday
        (27, "Asia/Tehran", "outside_hours"),
        (28, "Asia/Tehran", "ready"),
        (28, "Asia/Dubai", "outside_hours"),
        (27, "Asia/Dubai", "ready"),
    ],
)
def test_the_weekend_is_that_of_the_persons_country(campaign, noon, day, zone, state):
    noon.move_to(utc(2026, 11, day, 9))

    assert queue_state(member(campaign, timezone=zone)) == state


def test_a_callback_that_was_promised_for_their_friday_is_made_then(campaign, noon):
    friday = utc(2026, 11, 27, 9)
    noon.move_to(friday - timedelta(days=3))
    promised, missed = (
        called_member(
            campaign,
            ContactFactory(workspace=campaign.workspace, timezone="Asia/Riyadh"),
            disposition="callback_requested",
            callback_at=at,
        )
        for at in (friday - timedelta(hours=1), friday - timedelta(days=1))
    )
    noon.move_to(friday)

    assert queue_state(promised) == QueueState.READY
    assert queue_state(missed) == QueueState.OUTSIDE_HOURS


def test_the_table_of_weekends_agrees_with_the_calendars():
    """Of each country with one zone. Where Sunday alone is a day of rest, offices are closed on Saturday, too."""
    region_codes = {regions[0]: code for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()}
    compared = set()
    for country in countries():
        zones = TIMEZONE_DATA.get(str(region_codes.get(country, "")), ())
        if len(zones) != 1 or country == "DZ":  # whose zone is named after Paris
            continue
        calendar = holidays.country_holidays(country)
        days = [MONDAY.date() + timedelta(days=number) for number in range(28)]
        resting = {day.weekday() for day in days if not calendar.is_working_day(day) and day not in calendar}
        expected = resting if 4 in resting else {5, 6}
        assert {day.weekday() for day in days if is_weekend(day, zones[0])} == expected, country
        compared |= set(zones)

    assert len(compared) > 100
    aliases = {"Asia/Tel_Aviv", "Egypt", "Israel", "Iran", "Africa/Algiers"}
    assert set(WEEKENDS) - aliases <= compared
    assert set(WEEKENDS) <= timezone_names()


def test_a_campaign_may_call_at_weekends(campaign, noon):
    set_hours(campaign, calls_on_weekends=True)
    noon.move_to(SATURDAY)

    assert queue_state(campaign.members.first()) == QueueState.READY


@pytest.mark.parametrize(
    ("promised_at", "state"),
    [
        (utc(2026, 11, 28, 15), "ready"),  # for Saturday morning
        (utc(2026, 11, 27, 22), "outside_hours"),  # for Friday afternoon, and missed
    ],
)
def test_a_callback_that_was_promised_for_a_weekend_is_made_there(campaign, noon, promised_at, state):
    noon.move_to(utc(2026, 11, 27, 17))
    promised = called_member(campaign, days_ago=1, disposition="callback_requested", callback_at=promised_at)
    noon.move_to(SATURDAY)

    assert queue_state(promised) == state
    hours = CallingHours.of(campaign)
    assert hours.are_open(ZoneInfo("America/New_York"), SATURDAY, promised_at) == (state == "ready")


def test_each_campaign_calls_in_its_own_hours(campaign, noon):
    late = active_campaign(market=campaign.market, calls_from=18, calls_until=20)
    members = queue(campaign.workspace, [campaign, late], noon.move_to(FRIDAY) or FRIDAY)
    assert set(members.values_list("campaign", "state")) == {
        (campaign.pk, QueueState.READY),
        (late.pk, QueueState.OUTSIDE_HOURS),
    }

    evening = FRIDAY + timedelta(hours=6)
    states = queue(campaign.workspace, [campaign, late], evening).values_list("campaign", "state")
    assert set(states) == {(campaign.pk, QueueState.READY), (late.pk, QueueState.READY)}


def test_the_next_opening_skips_the_weekend():
    zone = ZoneInfo("America/New_York")

    assert CallingHours().next_opening(zone, FRIDAY) == utc(2026, 11, 30, 13)
    assert CallingHours(on_weekends=True).next_opening(zone, FRIDAY) == utc(2026, 11, 28, 13)
    assert CallingHours(10, 12).next_opening(zone, SUNDAY) == utc(2026, 11, 30, 15)


def test_where_it_is_weekend_everywhere_nobody_is_called(campaign, noon):
    noon.move_to(utc(2026, 11, 29, 5))  # Sunday 19:00 in Kiritimati, Saturday 17:00 on Baker Island
    anywhere = member(campaign, timezone="Pacific/Kiritimati")

    assert queue_state(anywhere) == QueueState.OUTSIDE_HOURS


def test_the_call_form_warns_of_the_weekend(as_caller, campaign, noon):
    noon.move_to(SATURDAY)
    contact = campaign.members.first().contact_id

    page = as_caller.get(f"/w/acme/campaigns/{campaign.pk}/contacts/{contact}/call/").content.decode()

    assert "people are called on weekdays from 8:00 to 21:00" in page
