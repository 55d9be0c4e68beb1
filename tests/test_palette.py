"""The palette and live lists in a real browser, by keyboard alone, judged by the rules of axe."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browsers import needs_browser, sign_in
from tests.factories import active_campaign, call

pytestmark = needs_browser


def violations(page):
    """What axe finds wrong, in both schemes."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour on its way to another
        found += [(scheme, each["id"], each["nodes"][0]["target"]) for each in Axe().run(page).response["violations"]]
    return found


def test_the_palette_is_used_by_keyboard_alone(browse, campaign, caller):
    person = campaign.members.order_by("pk").first().contact
    person.full_name, person.firm = "Ann Ingleby", "Malik LLP"
    person.save()
    call(campaign, person, disposition="future_potential", caller=caller)

    with browse() as page:
        sign_in(page, caller)
        page.goto("/w/acme/calls/")
        header = page.locator("#table thead a").first
        header.focus()
        page.keyboard.press("/")
        field = page.get_by_role("combobox", name="Search people")
        expect(field).to_be_focused()
        expect(page.get_by_role("option", name="New task")).to_be_visible()

        page.keyboard.type("ingl")
        options = page.get_by_role("listbox").get_by_role("option")
        expect(options.first).to_have_text(re.compile("Ann Ingleby.*Malik LLP · Future Potential"))
        expect(options.first).to_have_attribute("aria-selected", "true")
        expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
        expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(re.compile(r"^\d+ results?$"))
        assert violations(page) == []

        last = options.count() - 1
        for key, chosen in [("End", last), ("ArrowDown", 0), ("ArrowUp", last), ("Home", 0), ("ArrowDown", 1)]:
            page.keyboard.press(key)
            expect(options.nth(chosen)).to_have_attribute("aria-selected", "true")
            expect(page.locator("[aria-selected=true]")).to_have_count(1)
        expect(field).to_be_focused()

        page.keyboard.press("Escape")
        expect(field).to_be_hidden()
        expect(header).to_be_focused()

        page.keyboard.press("Control+k")
        page.keyboard.type("call next ongoing")
        expect(options.first).to_have_text(re.compile("^Call next in Ongoing coverage"))
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/next/$"))

        page.keyboard.press("Control+k")
        page.keyboard.type("ingleby")
        page.keyboard.press("Enter")  # before anything is found: the page of what was typed
        expect(page).to_have_url(re.compile(r"/search/\?q=ingleby$"))
        expect(page.get_by_role("link", name="Ann Ingleby")).to_be_visible()
        assert violations(page) == []


def test_what_is_wrong_with_the_palette_is_noticed(browse, campaign, caller):
    """The control: a field without a name, options that are none, and a text that is too pale."""
    with browse() as page:
        sign_in(page, caller)
        page.goto("/w/acme/campaigns/")
        page.locator("#table thead a").first.focus()
        page.keyboard.press("/")
        field = page.get_by_role("combobox", name="Search people")
        expect(field).to_be_focused()
        page.keyboard.type("ongoing")
        option = page.get_by_role("listbox").get_by_role("option").first
        expect(option).to_have_text(re.compile("Ongoing coverage"))
        assert violations(page) == []

        field.evaluate(
            "field => { for (const label of [...field.labels]) label.remove(); field.removeAttribute('aria-label');"
            " field.removeAttribute('placeholder'); }"
        )
        option.evaluate("option => { option.setAttribute('role', 'heading'); option.style.color = '#888'; }")
        found = {rule for _, rule, _ in violations(page)}
        assert found >= {"label", "aria-required-children", "color-contrast"}


def test_a_list_filters_while_one_types_and_back_undoes_it(browse, campaign, viewer):
    active_campaign(market=campaign.market, name="A later one")

    with browse() as page:
        sign_in(page, viewer)
        page.goto("/w/acme/campaigns/")
        page.evaluate("window.isSameDocument = true")
        names = page.locator("#table tbody .lead strong")
        expect(names).to_have_count(2)

        field = page.locator("#id_q")
        field.focus()
        page.keyboard.type("lat")
        expect(page).to_have_url(re.compile(r"/campaigns/\?q=lat$"))
        expect(names).to_have_text(["A later one"])
        page.keyboard.type("er")
        expect(page).to_have_url(re.compile(r"\?q=later$"))
        expect(field).to_be_focused()
        expect(field).to_have_value("later")
        assert field.evaluate("field => field.selectionStart") == 5
        expect(page.locator("body > [data-announcer]")).to_have_text("1 campaign.")

        page.get_by_label("Status").select_option("Active")
        expect(page).to_have_url(re.compile(r"\?q=later&status=active$"))
        chip = page.get_by_role("link", name="Remove filter Search: later")
        chip.focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/campaigns/\?status=active$"))
        expect(names).to_have_count(2)
        expect(page.get_by_role("link", name="Remove filter Status: Active")).to_be_focused()
        assert violations(page) == []

        for address in (r"\?q=later&status=active$", r"\?q=later$", r"/campaigns/$"):
            page.go_back()
            expect(page).to_have_url(re.compile(address))
        expect(names).to_have_count(2)
        assert page.evaluate("window.isSameDocument")


def test_what_is_typed_while_a_list_comes_stays_and_a_lost_list_is_said(browse, campaign, viewer):
    with browse() as page:
        sign_in(page, viewer)
        page.goto("/w/acme/campaigns/")
        field = page.locator("#id_q")
        held = []
        page.route(re.compile(r"\?q=ong$"), lambda route: held.append(route))
        field.focus()
        page.keyboard.type("ong")
        with page.expect_request(re.compile(r"\?q=ong$")):
            pass
        page.keyboard.type("o")
        held[0].continue_()
        page.keyboard.type("ing")
        expect(page).to_have_url(re.compile(r"\?q=ongoing$"))
        expect(field).to_have_value("ongoing")

        lost = {"body": "<p>Gateway</p>", "content_type": "text/html"}
        page.route(re.compile(r"\?q=ongoing(\+|%20)c$"), lambda route: route.fulfill(**lost))
        page.keyboard.type(" c")
        expect(page.get_by_text("Not updated: the portal did")).to_be_visible()
        expect(page.locator("#table tbody .lead strong")).to_have_text(["Ongoing coverage"])
        expect(page).to_have_url(re.compile(r"\?q=ongoing$"))


def test_without_scripts_the_header_leads_to_a_page_and_filters_leave_a_short_address(browse, campaign, viewer):
    with browse() as page:
        sign_in(page, viewer)
        page.context.new_cdp_session(page).send("Emulation.setScriptExecutionDisabled", {"value": True})
        page.goto("/w/acme/campaigns/")
        page.get_by_label("Status").select_option("Active")
        page.get_by_role("button", name="Filter").click()
        expect(page).to_have_url(re.compile(r"/campaigns/\?status=active$"))

        page.get_by_label("Search Acme").fill("ongoing")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/search/\?q=ongoing$"))
        page.locator("#results").get_by_role("link", name="Ongoing coverage").click()
        expect(page).to_have_url(re.compile(r"/campaigns/\d+/$"))
