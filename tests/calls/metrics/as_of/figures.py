"""Moments in the workspace, and the page of a market as of 31 March."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import time_machine
from django.urls import reverse

from campaigns.dispositions import Disposition
from tests.reading import lengths_of_lists, metric, numbers

ZONE = ZoneInfo("America/New_York")
AS_OF = date(2026, 3, 31)
TALK = Disposition.FUTURE_POTENTIAL


def at_hour(day, hour=12, month=3):
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def travel_to(*when):
    """Stops the clock at this hour in the workspace."""
    return time_machine.travel(at_hour(*when), tick=False)


def contacts_of(campaign):
    return [each.contact for each in campaign.members.order_by("pk")]


def market_page(client, campaign, **query):
    url = reverse("markets:detail", args=["acme", campaign.market_id])
    return client.get(url, {"as_of": AS_OF.isoformat(), "period": "all", **query}, follow=True)


def follow_numbers(client, page, only=""):
    """Checks that each number of the page opens as many rows, and returns how many numbers there are."""
    shares = {"connection_rate", "coverage", "reach", "share"}
    found = [each for each in numbers(page) if each[1] not in {*shares, "rows"} and only in each[1]]
    rows = lengths_of_lists(client)
    for about, name, value, href in found:
        assert value is not None
        assert "as_of=2026-03-31" in href, (about, name, href)
        assert rows(href) == value, (about, name, href)
    return len(found)


def market_numbers(client, campaign, *names, **query):
    """The numbers of the market as of 31 March. Every number of the page must open as many rows."""
    page = market_page(client, campaign, **query)
    assert page.status_code == 200
    assert follow_numbers(client, page) >= 15
    return [metric(page, name, f"market:{campaign.market_id}") for name in names]
