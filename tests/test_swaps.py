"""Parts of a page that htmx exchanges: the focus stays, the change is said, and a lost answer harms nothing."""

import re

import pytest
from playwright.sync_api import expect

from tests.browsers import needs_browser, sign_in
from tests.factories import ContactFactory, call
from tests.source_code import ROOT

pytestmark = needs_browser
NOT_UPDATED = "Not updated: the portal did not answer."


@pytest.fixture
def people(market):
    made = [ContactFactory(workspace=market.workspace, firm=f"Firm {n % 5}") for n in range(30)]
    for person in made:
        market.market_contacts.create(workspace=market.workspace, contact=person)
    return made


def act(page, control):
    """Presses Enter on a control, as one does without a mouse, and waits for what it brings."""
    control.focus()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        page.keyboard.press("Enter")
    expect(page.locator(".htmx-request")).to_have_count(0)


def focused(page):
    return page.evaluate("(document.activeElement.innerText || document.activeElement.name || '').trim()")


def said(page):
    return page.locator("body > [data-announcer]").inner_text()


def test_sorting_keeps_the_focus_and_is_said(browse, campaign, people, manager):
    call(campaign, campaign.members.first().contact, caller=manager)
    with browse() as page:
        sign_in(page, manager)
        for path in ("contacts/", "markets/", "campaigns/", "calls/", f"campaigns/{campaign.pk}/contacts/"):
            page.goto(f"/w/acme/{path}")
            name = page.locator("#table thead th a").first.inner_text()
            act(page, page.locator("#table thead th a").first)
            assert focused(page) == name
            assert said(page).startswith(f"Sorted by {name.lower()}. ")


def test_paging_filters_and_chips_keep_the_focus_and_are_said(browse, market, people, manager):
    with browse() as page:
        sign_in(page, manager)
        page.goto("/w/acme/contacts/?sort=full_name")
        act(page, page.get_by_role("link", name="Next"))
        assert said(page) == "Sorted by name. 30 people, page 2 of 2."
        assert page.evaluate("document.activeElement !== document.body")

        page.locator("#id_market").focus()
        with page.expect_response(re.compile("market=")):
            page.locator("#id_market").select_option(str(market.pk))
        expect(page.locator(".htmx-request")).to_have_count(0)
        expect(page.locator("#id_market")).to_be_focused()
        chip = page.locator(".chips a").first
        expect(chip).to_be_visible()
        act(page, chip)
        assert page.evaluate("document.activeElement !== document.body")
        assert said(page) == "Sorted by name. 30 people, page 1 of 2."


FAILURES = {
    "a proxy without a server": lambda route: route.fulfill(status=502, body="<html><h1>Bad gateway</h1></html>"),
    "an error": lambda route: route.fulfill(status=500, body="<html><h1>Server error</h1></html>"),
    "another page": lambda route: route.fulfill(body="<html><h1>Wi-Fi of the hotel</h1></html>"),
    "no network": lambda route: route.abort(),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_list_that_does_not_come_stays_and_is_asked_for_again(browse, people, manager, failure):
    with browse(expected=("Failed to load resource", "htmx:sendError", "htmx:afterRequest")) as page:
        sign_in(page, manager)
        page.goto("/w/acme/contacts/")
        rows = page.locator("#table tbody tr")
        page.route(re.compile(r"sort="), FAILURES[failure], times=1)
        header = page.locator("#table thead th a").first
        header.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text(NOT_UPDATED)).to_be_visible()
        expect(rows).to_have_count(25)
        expect(page).to_have_url(re.compile(r"/contacts/$"))
        expect(header).to_be_focused()

        page.get_by_role("button", name="Retry").click()
        expect(page).to_have_url(re.compile(r"\?sort=full_name$"))
        expect(page.get_by_text(NOT_UPDATED)).to_be_hidden()
        assert focused(page) == "Name"


def test_somebody_who_was_signed_out_is_told_and_comes_back_to_the_list(browse, people, manager):
    with browse() as page:
        sign_in(page, manager)
        page.goto("/w/acme/contacts/?sort=firm")
        page.context.clear_cookies()
        page.locator("#table thead th a").first.click()
        expect(page.get_by_text("You were signed out.")).to_be_visible()
        expect(page.locator("#table tbody tr")).to_have_count(25)
        page.locator("[data-swap-problem] a").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        assert page.url.endswith("next=%2Fw%2Facme%2Fcontacts%2F%3Fsort%3Dfirm")


def test_what_takes_long_is_shown_as_under_way_and_only_then(browse, people, manager):
    with browse() as page:
        sign_in(page, manager)
        page.goto("/w/acme/contacts/")
        held = []
        page.route(re.compile(r"sort="), lambda route: held.append(route))
        page.locator("#table thead th a").first.click()
        expect(page.locator("#table")).not_to_have_attribute("aria-busy", "true", timeout=200)
        expect(page.locator("#table")).to_have_attribute("aria-busy", "true")
        held[0].continue_()
        expect(page).to_have_url(re.compile("sort="))
        expect(page.locator("[aria-busy]")).to_have_count(0)


def test_a_tag_and_a_task_keep_the_place(browse, campaign, people, manager):
    campaign.workspace.tasks.create(
        title="Send the brief", owner=manager, due_on=campaign.workspace.today(), contact=people[0]
    )
    with browse() as page:
        sign_in(page, manager)
        page.goto(f"/w/acme/contacts/{people[0].pk}/")
        page.get_by_text("Add tag").click()
        page.get_by_label("New tag").fill("Warm")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Warm")).to_be_visible()
        assert page.evaluate("document.activeElement !== document.body")
        page.goto("/w/acme/tasks/")
        act(page, page.get_by_role("button", name="Mark Send the brief as done"))
        assert page.evaluate("document.activeElement !== document.body && document.activeElement.tagName !== 'H1'")


def test_a_question_mark_lists_the_keys_but_not_while_writing(browse, campaign, manager):
    with browse() as page:
        sign_in(page, manager)
        page.goto("/w/acme/contacts/")
        page.locator("#id_q").focus()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_have_count(0)
        page.locator("h1").click()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()


WALKED = {"#table", "#tags", "#content"}
ELSEWHERE = {
    "#palette-results": "tests/test_palette.py",
    "#results": "tests/test_palette.py",
    "#rule-editor": "tests/test_browser.py",
    "#rule-result": "tests/test_browser.py",
    "#suggestions": "tests/test_browser.py",
    "this": "replaces itself, without a control that has the focus",
    "closest tr": "tests/markets/views/test_quick_edit.py: the first field has the focus",
    "#preview": "beside its form, which stays",
    "#timeline": "as the table, by the same script",
    "#feed": "as the table, by the same script",
}


def test_no_target_of_a_swap_is_forgotten():
    sources = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    assert set(re.findall(r'hx-target="([^"]+)"', sources)) <= WALKED | set(ELSEWHERE)
