"""The line on the call screen that says how far the caller is today."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls.log.services import void
from calls.metrics.day_of_caller import day_of_caller
from tests.calls.views.call_form_pages import text, url
from tests.factories import active_campaign, call

pytestmark = pytest.mark.usefixtures("noon")


def test_it_counts_the_callers_own_calls_of_today_in_the_campaign(campaign, caller, manager):
    today = now()
    for disposition in ("no_answer", "not_interested", "meeting_booked"):
        call(campaign, disposition=disposition, caller=caller, started_at=today - timedelta(hours=1))
    call(campaign, caller=caller, started_at=today - timedelta(days=1))
    call(campaign, caller=manager, started_at=today)
    call(campaign, caller=caller, started_at=today, direction="inbound")
    call(active_campaign(market=campaign.market), caller=caller, started_at=today)
    void(call=call(campaign, caller=caller, started_at=today), by=caller, reason="Mistake")

    day = day_of_caller(campaign, caller)

    assert (day.calls, day.conversations, day.meetings, day.goal) == (3, 2, 1, None)


def test_the_screen_shows_it_beside_the_goal_and_its_number_opens_the_calls(as_caller, campaign, caller):
    call(campaign, disposition="not_interested", caller=caller, started_at=now() - timedelta(hours=1))
    assert " of 60" not in text(as_caller.get(url("next", campaign)))
    campaign.calls_per_day = 60
    campaign.save()

    page = " ".join(text(as_caller.get(url("next", campaign))).split())

    assert ">1</a> of 60 · 1 conversation · 0 meetings" in page
    address = page.split('Your calls today: <a href="')[1].split('"')[0].replace("&amp;", "&")
    assert 'data-metric="rows" value="1"' in text(as_caller.get(address))
