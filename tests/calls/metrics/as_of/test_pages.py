"""As of a past day each page says so, and each number opens the rows of that day."""

import pytest
from django.urls import reverse

from calls.log.services import amend, void
from campaigns.membership import remove
from tests.calls.metrics.as_of.figures import TALK, at_hour, contacts_of, follow_numbers, market_page
from tests.factories import call
from tests.reading import metric, numbers


def test_what_is_asked_of_now_alone_says_so(as_viewer, spring):
    call(spring, contacts_of(spring)[2])

    market, campaign = (
        market_page(as_viewer, spring).content.decode(),
        as_viewer.get(reverse("campaigns:detail", args=["acme", spring.pk]), {"as_of": "2026-03-31"}),
    )
    listed = as_viewer.get(reverse("contacts:list", args=["acme"]), {"as_of": "2026-03-31", "state": "callable"})

    assert "Shown as of now only, not for a past day" in market
    assert "Callable people and actions are shown as of now" in campaign.content.decode()
    assert not [name for _, name, _, _ in numbers(campaign) if name == "callable"]
    assert "this is only known as of now; take “as of” off" in listed.content.decode()
    assert metric(listed, "rows") == 0


@pytest.mark.parametrize("name", ["markets:list", "campaigns:list", "campaigns:detail", "campaigns:performance"])
@pytest.mark.parametrize("period", ["all", "30d", "quarter"])
def test_every_number_of_a_page_opens_the_rows_of_then(as_viewer, spring, manager, name, period):
    void(call=call(spring, contacts_of(spring)[2], started_at=at_hour(29)), by=manager, reason="Twice")
    amend(call=spring.calls.filter(disposition=TALK).get(), by=manager, reason="Slip", started_at=at_hour(1))
    remove(campaign=spring, contacts=[contacts_of(spring)[1].pk], by=manager, reason="Left the market")
    url = reverse(name, args=["acme", *([] if name.endswith("list") else [spring.pk])])

    page = as_viewer.get(url, {"as_of": "2026-03-31", "period": period})

    assert follow_numbers(as_viewer, page) >= 4


def test_a_page_says_what_day_it_is_of_and_leads_back(as_viewer, spring):
    page = market_page(as_viewer, spring, period="quarter", by="city").content.decode()

    assert "as of 31 Mar" in page
    assert '<a href="?period=quarter&amp;by=city">back to now</a>' in page
    assert '<input type="date" id="as-of" name="as_of" value="2026-03-31" max="2026-04-20">' in page
    assert 'href="?by=city&amp;as_of=2026-03-31&amp;period=year"' in page


def test_a_list_of_a_past_day_says_so_in_a_chip(as_viewer, spring):
    page = as_viewer.get(reverse("calls:list", args=["acme"]), {"as_of": "2026-03-31", "counted": "yes"})

    assert "As of: 31 Mar ×" in page.content.decode()
    assert 'href="?counted=yes"' in page.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"as_of": "yesterday"}, "“yesterday” is not a day for “as of”"),
        ({"as_of": "2026-02-30"}, "“2026-02-30” is not a day for “as of”"),
        ({"as_of": "2026-04-21"}, "The day 2026-04-21 has not come"),
        ({"from": "2026-04-02"}, "The period starts (2026-04-02) after the day that it is asked as of (2026-03-31)"),
        ({"as_of": "2025-12-31"}, "On 2025-12-31 this was not here yet"),
    ],
)
def test_a_day_that_cannot_be_is_said(as_viewer, spring, query, sentence):
    page = market_page(as_viewer, spring, **query)

    assert sentence in page.content.decode()
    assert page.status_code == 200


def test_a_list_as_of_a_day_to_come_shows_nothing_and_says_so(as_viewer, spring):
    page = as_viewer.get(reverse("calls:list", args=["acme"]), {"as_of": "2026-04-21"})

    assert (
        "As of “2026-04-21” cannot be filtered by: that day has not come; choose a past one." in page.content.decode()
    )
    assert metric(page, "rows") == 0


def test_as_of_today_is_now(as_viewer, spring):
    page = market_page(as_viewer, spring, as_of="2026-04-20").content.decode()

    assert "as of " not in page.split('<p class="facts">')[1].split("</p>")[0]
    listed = as_viewer.get(reverse("calls:list", args=["acme"]), {"as_of": "2026-04-20", "state": "standing"})
    assert metric(listed, "rows") == 2
