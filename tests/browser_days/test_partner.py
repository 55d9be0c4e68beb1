"""A client's partner on Monday: what changed, who moved, the report, and the next campaign.

From the finding on the overview to the Draft of the follow-up: 2 clicks; from the page of the Completed campaign: 3.
"""

from datetime import timedelta

import pytest
from django.utils.timezone import now
from playwright.sync_api import expect

from campaigns.dispositions import Disposition
from campaigns.lifecycle.transitions import change_status
from campaigns.models import Status
from tests.browser_days.hands import Hands
from tests.browsers import needs_browser, sign_in
from tests.factories import active_campaign, call, signal

pytestmark = needs_browser
INTERESTED = 5


@pytest.fixture
def completed(market, manager):
    """Eight people were called five days ago, five showed interest and moved; then the campaign was completed."""
    made = active_campaign(8, market=market, name="Market validation")
    for number, member in enumerate(made.members.select_related("contact").order_by("pk")):
        interested = number < INTERESTED
        outcome = Disposition.FUTURE_POTENTIAL if interested else Disposition.NOT_INTERESTED
        before = call(made, member.contact, disposition=outcome, started_at=now() - timedelta(days=40), caller=manager)
        signal(before, value="Not Moving")
        talked = call(made, member.contact, disposition=outcome, started_at=now() - timedelta(days=5), caller=manager)
        signal(talked, value="Exploring" if interested else "Not Moving")
    change_status(campaign=made, to=Status.COMPLETED, by=manager)
    return made


def expect_draft(page, people):
    expect(page.get_by_role("heading", level=1)).to_have_text("Follow-up to Market validation")
    expect(page.get_by_text(f"is a Draft with {people} people.")).to_be_visible()


def test_monday_leads_from_the_finding_to_its_people_the_report_and_the_follow_up(browse, completed, manager):
    with browse() as page:
        sign_in(page, manager)
        hands = Hands(page)
        findings = page.locator(".findings")
        expect(findings).to_contain_text(f"{INTERESTED} people moved to Exploring or stronger")
        hands.click(findings.locator("[data-metric='moved_up']"))
        expect(page.locator("[data-metric='rows']")).to_have_text(str(INTERESTED))

        # By keyboard alone, to the market and to the report of its campaign.
        hands.find("M&A", "ArrowDown")
        expect(page.get_by_role("heading", level=1)).to_have_text("M&A -- New York")
        expect(page.locator(".findings")).to_be_visible()
        hands.find("Market validation")
        expect(page.get_by_role("heading", level=1)).to_have_text("Market validation")
        assert (hands.clicks, hands.keys) == (1, 5)
        hands.click(page.get_by_text("More", exact=True))
        hands.click(page.get_by_role("link", name="Report", exact=True))
        expect(page.locator("main")).to_contain_text("8 people")

        page.goto("/w/acme/")
        hands = Hands(page)
        hands.click(findings.get_by_role("link", name="Create follow-up"))
        expect(page.locator("data[data-metric='fit']")).to_have_attribute("value", str(INTERESTED))
        hands.click(page.get_by_role("button", name="Create Draft"))
        expect_draft(page, INTERESTED)
        assert hands.clicks == 2


def test_those_who_showed_interest_in_a_completed_campaign_are_followed_up_in_three_clicks(browse, completed, manager):
    """The third is for those who were called within two weeks, as all were."""
    with browse() as page:
        sign_in(page, manager)
        page.goto(f"/w/acme/campaigns/{completed.pk}/")
        hands = Hands(page)
        hands.click(page.get_by_role("link", name="Follow up"))
        hands.click(page.get_by_label("Called within"))
        expect(page.locator("data[data-metric='fit']")).to_have_attribute("value", str(INTERESTED))
        hands.click(page.get_by_role("button", name="Create Draft"))
        expect_draft(page, INTERESTED)
        assert hands.clicks == 3
