"""Lists that mix markets name each campaign with its market."""

from html import unescape

import pytest

from tests.factories import CampaignFactory, MarketFactory, active_campaign, booked, call, signal


@pytest.fixture
def spring(market):
    return active_campaign(market=market, name="Spring", days_ago=9)


@pytest.mark.parametrize("page", ["calls", "calls/callers", "callbacks", "meetings", "signals", "repairs"])
def test_a_filter_offers_campaigns_with_their_markets(as_viewer, workspace, spring, page):
    other = MarketFactory(workspace=workspace, practice_area="Tax", geography="Boston")
    CampaignFactory(market=other, name="Spring")

    text = unescape(as_viewer.get(f"/w/acme/{page}/").text)

    assert f"Spring · {spring.market}</option>" in text
    assert "Spring · Tax -- Boston</option>" in text


def test_what_is_chosen_is_named_with_its_market(as_viewer, spring):
    text = unescape(as_viewer.get("/w/acme/calls/", {"campaign": spring.pk}).text)

    assert f"Campaign: Spring · {spring.market} ×" in text


@pytest.mark.parametrize(("page", "disposition"), [("signals", "future_potential"), ("repairs", "incorrect_number")])
def test_a_list_names_the_market_below_the_campaign(as_viewer, spring, page, disposition):
    made = call(spring, booked(spring).call.contact, disposition=disposition)
    if page == "signals":
        signal(made)

    cells = unescape(as_viewer.get(f"/w/acme/{page}/").text).split("Spring</a>")

    assert str(spring.market) in cells[1][:120]
