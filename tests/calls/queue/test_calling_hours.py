"""When people may be called: each campaign's hours and days, by the people's own clocks."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from calls.queue.calling_hours import CallingHours
from calls.queue.ranking import QueueState, queue
from campaigns.models import Campaign
from tests.calls.queue.members import called_member, queue_state
from tests.factories import active_campaign, member, utc

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
