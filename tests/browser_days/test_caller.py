"""A caller's hour, by keyboard alone once the first person is on the screen."""

import pytest
from playwright.sync_api import expect

from tests.browser_days.hands import Hands
from tests.browsers import needs_browser, sign_in
from tests.factories import active_campaign, make_it_noon

pytestmark = needs_browser
PEOPLE = 6


@pytest.fixture
def names(market):
    """The people of a campaign, first to last, where it is about noon now."""
    made = active_campaign(PEOPLE, market=market, name="Ongoing coverage")
    make_it_noon(made)
    return [member.contact.full_name for member in made.members.select_related("contact").order_by("pk")]


def expect_person(page, name):
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(name)
    expect(heading).to_be_focused()


def test_an_hour_begins_in_two_clicks_and_goes_on_with_two_keys_for_each_call(browse, names, caller):
    with browse() as page:
        sign_in(page, caller)
        hands = Hands(page)
        hands.click(page.locator("#sections").get_by_role("link", name="Call queue"))
        expect(page.get_by_role("heading", level=1)).to_have_text(names[0])
        assert hands.clicks <= 2
        expect(page.locator("main")).to_contain_text("Your calls today: 0")

        for number, outcome in enumerate("1125"):
            before = hands.keys
            hands.press(outcome, "Control+Enter")
            expect_person(page, names[number + 1])
            assert hands.keys - before == 2
        expect(page.locator("main")).to_contain_text("Your calls today: 4 · 1 conversation")

        # A callback tomorrow, with a note.
        hands.press("6", "t", "n")
        hands.write("On a train. Call tomorrow.")
        hands.press("Control+Enter")
        expect_person(page, names[5])

        # Interest, heard with its words; then nobody is left.
        hands.press("7", "v", "v", "v")
        hands.press("Tab")
        hands.write("I would listen")
        hands.press("Control+Enter")
        expect_person(page, "Nobody to call right now")
        assert hands.clicks == 1

        hands.click(page.get_by_role("button", name="Undo"))
        expect(page.get_by_role("heading", level=1)).to_have_text(names[5])
        expect(page.get_by_label("Exploring")).to_be_checked()
        hands.press("Control+Enter")
        expect_person(page, "Nobody to call right now")

        hands.click(page.locator("#sections").get_by_role("link", name="Calls"))
        expect(page.locator("#table tbody tr")).to_have_count(PEOPLE + 1)
        expect(page.locator("#table tbody")).to_contain_text("On a train. Call tomorrow.")


def test_a_save_that_takes_long_is_shown_as_under_way(browse, names, caller):
    with browse() as page:
        sign_in(page, caller)
        Hands(page).click(page.locator("#sections").get_by_role("link", name="Call queue"))
        held = []
        page.route("**/call/", lambda route: held.append(route), times=1)
        page.keyboard.press("1")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#content")).to_have_attribute("aria-busy", "true")
        held[0].continue_()
        expect(page.get_by_role("heading", level=1)).to_have_text(names[1])
        expect(page.locator("[aria-busy]")).to_have_count(0)


def test_of_several_queues_the_first_call_is_two_clicks_away(browse, market, names, caller):
    make_it_noon(active_campaign(1, market=market, name="Second round"))
    with browse() as page:
        sign_in(page, caller)
        hands = Hands(page)
        hands.click(page.locator("#sections").get_by_role("link", name="Call queue"))
        hands.click(page.get_by_role("link", name="Call the next").first)
        expect(page.locator("form#call")).to_be_visible()
        assert hands.clicks == 2
