"""A manager sets up a market: people, a campaign with its goal and callers, a colleague, and the start."""

import re

import pytest
from playwright.sync_api import expect

from markets.imports.perform import work_once
from tests.browser_days.files import people_file
from tests.browser_days.hands import Hands
from tests.browsers import needs_browser, sign_in
from tests.factories import active_campaign
from tests.test_campaign_life import elsewhere

pytestmark = needs_browser
PEOPLE = 12


@pytest.fixture
def busy(workspace):
    """A workspace that calls in another market already."""
    return active_campaign(2, market__workspace=workspace)


def test_a_market_is_set_up_from_its_people_to_an_active_campaign_with_a_goal_and_callers(
    browse, busy, manager, caller
):
    with browse() as page:
        sign_in(page, manager)
        hands = Hands(page)

        # The market, by keyboard alone.
        hands.find("New market")
        expect(page.get_by_label("Practice area")).to_be_focused()
        hands.write("Antitrust")
        hands.tab_to(page.get_by_label("Geography"))
        hands.write("Chicago")
        hands.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Antitrust -- Chicago")
        assert hands.clicks == 0

        hands.click(page.get_by_role("link", name="Import people").last)
        hands.choose_file(page.locator("[name=file]"), people_file(PEOPLE))
        hands.click(page.locator("main form button.primary"))
        hands.click(page.locator("form#import button.primary"))
        elsewhere(work_once, worker="test")
        hands.click(page.get_by_role("button", name="Start the import"))
        elsewhere(work_once, worker="test")
        hands.click(page.get_by_role("link", name="New campaign"))
        hands.tab_to(page.get_by_label("Name", exact=True))
        hands.write("Market validation")
        hands.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Market validation")
        campaign = page.url.partition("?")[0]

        # What the set-up still lacks, step by step.
        hands.click(page.get_by_role("link", name="Set goals").first)
        hands.tab_to(page.get_by_label(re.compile("Meetings")).first)
        hands.write("3")
        hands.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Market validation")
        hands.click(page.get_by_role("link", name="Choose callers"))
        hands.click(page.get_by_label(re.compile("Caller")).first)
        hands.click(page.locator("main form button.primary").first)
        page.goto(campaign)
        expect(page.locator("main")).to_contain_text("Done")

        # A colleague, then the start.
        hands.click(page.locator("#sections").get_by_role("link", name="Team"))
        hands.tab_to(page.get_by_label("Email").last)
        hands.write("new@acme.example")
        hands.press("Enter")
        expect(page.locator("main")).to_contain_text("new@acme.example")
        page.goto(campaign)
        hands.click(page.get_by_role("link", name="Activate", exact=True))
        hands.click(page.get_by_role("button", name="Activate", exact=True))
        expect(page.locator(".status-active").first).to_be_visible()
        assert hands.clicks == 13
