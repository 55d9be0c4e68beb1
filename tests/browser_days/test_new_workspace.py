"""The first hour of a new workspace: from the invitation to the first logged call.

From the overview after signing up to the first call: 14 clicks. The file's dialog is one of them.
"""

import pytest
from playwright.sync_api import expect

from campaigns.models import Campaign
from markets.imports.perform import work_once
from markets.workspaces.provisioning import provision_workspace
from tests.browser_days.files import people_file
from tests.browser_days.hands import Hands
from tests.browsers import needs_browser
from tests.factories import PASSWORD, make_it_noon
from tests.test_campaign_life import elsewhere

pytestmark = needs_browser
PEOPLE = 12


@pytest.fixture
def invitation(db, live_server):
    """The link that the first manager of a new workspace gets."""
    made = provision_workspace(
        site=live_server.url,
        slug="fresh",
        name="Fresh Search",
        timezone="America/New_York",
        phone_region="US",
        manager="ann@fresh.example",
        password="",
    )
    return made.invitation_link


def sign_up(page, invitation):
    page.goto(invitation)
    page.get_by_role("link", name="Create your account").click()
    page.get_by_label("First name").fill("Ann")
    page.get_by_label("Last name").fill("Lee")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password (again)").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fresh Search")


def call_at_any_hour():
    make_it_noon(Campaign.objects.get())


def test_from_signing_up_to_the_first_call_in_fifteen_clicks(browse, invitation):
    with browse() as page:
        sign_up(page, invitation)
        hands = Hands(page)
        hands.click(page.locator("#first-steps .button.primary"))
        expect(page.get_by_label("Practice area")).to_be_focused()
        hands.write("M&A")
        hands.tab_to(page.get_by_label("Geography"))
        hands.write("New York")
        hands.click(page.locator("main form button.primary"))

        hands.click(page.get_by_role("link", name="Import people").last)
        hands.choose_file(page.locator("[name=file]"), people_file(PEOPLE))
        hands.click(page.locator("main form button.primary"))
        hands.click(page.locator("form#import button.primary"))
        elsewhere(work_once, worker="test")
        hands.click(page.get_by_role("button", name="Start the import"))
        elsewhere(work_once, worker="test")
        expect(page.locator("main")).to_contain_text(f"{PEOPLE} people imported.")

        hands.click(page.get_by_role("link", name="New campaign"))
        hands.tab_to(page.get_by_label("Name", exact=True))
        hands.write("Spring")
        hands.click(page.locator("main form button.primary"))
        elsewhere(call_at_any_hour)
        hands.click(page.get_by_role("link", name="Activate", exact=True))
        hands.click(page.get_by_role("button", name="Activate", exact=True))
        hands.click(page.get_by_role("link", name="Call people").first)
        hands.click(page.get_by_text("No Answer"))
        hands.click(page.get_by_role("button", name="Save and next"))
        expect(page.get_by_text("Recorded: No Answer, Ann Person00.")).to_be_visible()
        expect(page.get_by_text("That was the first call in Fresh Search.")).to_be_visible()
        assert hands.clicks == 14

        hands.press("1", "Control+Enter")
        expect(page.get_by_text("Recorded: No Answer, Ann Person01.")).to_be_visible()
        expect(page.get_by_text("That was the first call")).to_have_count(0)
