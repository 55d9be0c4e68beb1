"""What people do by keyboard and with htmx, in a real browser. Skipped, with a word, where there is none; not by CI."""

import re

import pytest
from playwright.sync_api import expect

from tests.browsers import needs_browser, sign_in
from tests.factories import PASSWORD, CampaignFactory, ContactFactory, active_campaign, make_it_noon

pytestmark = needs_browser


def metrics(page, about):
    """The numbers that the page shows of one thing, by metric."""
    found = page.locator(f"[data-total='{about}'] data[data-metric]")
    return {each.get_attribute("data-metric"): float(each.get_attribute("value") or "nan") for each in found.all()}


@pytest.fixture
def at_noon(campaign):
    """The campaign's people, first to last, where it is about noon now."""
    make_it_noon(campaign)
    return [member.contact.full_name for member in campaign.members.order_by("pk")]


def tab_to(page, name):
    """Goes on from key to key, as one does without a mouse, to what has that name."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText") == name:
            return
    raise AssertionError(f"The key Tab does not lead to “{name}”.")


def expect_next(page, name):
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(name)
    expect(heading).to_be_focused()
    expect(page).to_have_url(re.compile(r"/next/$"))


def test_what_contradicts_itself_is_answered_by_keyboard_alone(browse, campaign, caller, at_noon):
    person = campaign.members.order_by("pk").first().contact_id

    with browse() as page:
        sign_in(page, caller)
        page.goto(f"/w/acme/campaigns/{campaign.pk}/contacts/{person}/call/")
        page.keyboard.press("5")
        page.get_by_label("Active", exact=True).focus()
        page.keyboard.press("Space")
        page.keyboard.press("Control+Enter")
        box = page.get_by_label("Yes, both are correct")
        expect(box).to_be_focused()
        expect(page.get_by_label("Active", exact=True)).to_be_checked()

        page.keyboard.press("Space")
        page.keyboard.press("Control+Enter")
        expect_next(page, at_noon[1])


def test_a_caller_works_three_people_by_keyboard_alone_and_the_numbers_move(browse, campaign, caller, at_noon):
    about = f"campaign:{campaign.pk}"

    with browse() as page:
        sign_in(page, caller)
        page.goto(f"/w/acme/campaigns/{campaign.pk}/")
        before = metrics(page, about)
        tab_to(page, "Call people")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(at_noon[0])
        page.evaluate("window.isSameDocument = true")

        page.keyboard.press("1")
        expect(page.get_by_label("No Answer")).to_be_checked()
        page.keyboard.press("Control+Enter")
        expect_next(page, at_noon[1])
        expect(page.get_by_text(f"Recorded: No Answer, {at_noon[0]}.")).to_be_visible()

        expect(page.get_by_label("Call back at")).to_be_hidden()
        page.keyboard.press("6")
        page.keyboard.press("t")
        expect(page.get_by_label("Call back at")).not_to_have_value("")
        page.keyboard.press("Control+Enter")
        expect_next(page, at_noon[2])

        expect(page.get_by_text("Exploring", exact=True)).to_be_hidden()
        page.keyboard.press("7")
        tab_to(page, "Not heard")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        expect(page.get_by_label("Exploring")).to_be_checked()
        page.keyboard.press("Tab")
        page.keyboard.type("I would listen in 3 months")
        tab_to(page, "Notes optional")
        page.keyboard.type("9 partners left.")
        expect(page.get_by_label("Future Potential")).to_be_checked()
        page.keyboard.press("Control+Enter")
        expect_next(page, "Nobody to call right now")
        assert page.evaluate("window.isSameDocument"), "the next person came with a page load"

        page.goto(f"/w/acme/campaigns/{campaign.pk}/")
        after = metrics(page, about)

    assert (before["calls_made"], after["calls_made"]) == (0, 3)
    assert after["connection_rate"] == pytest.approx(2 / 3)
    assert (before["signals_captured"], after["signals_captured"]) == (0, 1)


def test_a_call_whose_answer_was_lost_is_sent_again_and_written_once(browse, campaign, caller, at_noon):
    def lose(route):
        route.fetch(max_redirects=0)
        route.fulfill(body="<p>Gateway</p>", content_type="text/html")

    with browse() as page:
        sign_in(page, caller)
        page.goto(f"/w/acme/campaigns/{campaign.pk}/next/")
        page.route("**/call/", lose, times=1)
        page.keyboard.press("2")
        page.get_by_label("Notes").fill("Left a word")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Not saved: the portal did not answer")).to_be_visible()
        expect(page.get_by_label("Notes")).to_have_value("Left a word")

        page.keyboard.press("Control+Enter")
        expect_next(page, at_noon[1])
        page.keyboard.press("s")
        expect_next(page, at_noon[2])

    assert [made.notes for made in campaign.calls.all()] == ["Left a word"]


def test_a_call_typed_while_the_session_ended_is_sent_again_after_signing_in(browse, campaign, caller, at_noon):
    """The first person's is saved by signing in on the same page, the second's after signing in on another tab."""
    with browse(expected="403 (Forbidden)") as page:
        sign_in(page, caller)
        page.goto(f"/w/acme/campaigns/{campaign.pk}/next/")
        page.keyboard.press("2")
        page.get_by_label("Notes").fill("Left a word")
        page.reload()
        expect(page.get_by_text("What you typed before is back.")).to_be_visible()
        expect(page.get_by_label("Voicemail")).to_be_checked()
        expect(page.get_by_label("Notes")).to_have_value("Left a word")

        page.context.clear_cookies(name="sessionid")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("You were signed out.")).to_be_visible()
        expect(page.get_by_label("Notes")).to_have_value("Left a word")
        page.get_by_role("link", name="Sign in").click()
        page.get_by_label("Email").fill(caller.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect_next(page, at_noon[1])
        expect(page.get_by_text(f"Recorded: Voicemail, {at_noon[0]}.")).to_be_visible()

        page.get_by_label("Notes").fill("With the assistant")
        page.keyboard.press("Escape")
        page.get_by_label("Gatekeeper").check()
        page.context.clear_cookies()
        tab = page.context.new_page()
        sign_in(tab, caller)
        tab.close()
        page.get_by_label("Notes").press("Control+Enter")
        expect_next(page, at_noon[2])
        expect(page.get_by_text("What you typed before is back.")).to_be_hidden()
        assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('call:'))") == []

    assert [made.notes for made in campaign.calls.order_by("pk")] == ["Left a word", "With the assistant"]


def test_what_was_typed_outlasts_skip_and_ends_with_signing_out(browse, campaign, caller, at_noon):
    kept = "Object.keys(localStorage).filter(key => key.startsWith('call:')).length"

    with browse() as page:
        sign_in(page, caller)
        page.goto(f"/w/acme/campaigns/{campaign.pk}/next/")
        address = page.locator("#call").get_attribute("action")
        page.get_by_label("Notes").fill("On holiday until Monday")
        page.get_by_role("button", name="Skip").click()
        expect_next(page, at_noon[1])
        expect(page.get_by_label("Notes")).to_have_value("")
        page.goto(address)
        expect(page.get_by_label("Notes")).to_have_value("On holiday until Monday")
        page.get_by_role("button", name="Discard it").click()
        expect(page.get_by_label("Notes")).to_have_value("")

        page.get_by_label("Notes").fill("Back on Monday")
        assert page.evaluate(kept) == 1
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Password")).to_be_visible()
        assert page.evaluate(kept) == 0


def test_a_refused_call_has_the_focus_on_its_error_and_an_error_page_replaces_nothing(
    browse, campaign, caller, at_noon
):
    with browse() as page:
        page.set_viewport_size({"width": 390, "height": 780})
        sign_in(page, caller)
        page.goto(f"/w/acme/campaigns/{campaign.pk}/next/")
        page.keyboard.press("6")
        page.keyboard.press("Control+Enter")
        field = page.get_by_label("Call back at")
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#id_callback_at_error")).to_be_in_viewport()
        expect(field).to_have_attribute("aria-describedby", "id_callback_at_error")

        page.route("**/hold/", lambda route: route.fulfill(body="<p>Gateway</p>", content_type="text/html"))
        with page.expect_response("**/hold/"):
            page.evaluate("htmx.ajax('POST', document.querySelector('#hold').getAttribute('hx-post'), '#hold')")
        expect(page.locator("form#hold")).to_be_attached()
        expect(page.get_by_text("Gateway")).to_be_hidden()


def test_keys_choose_signals_and_times_a_click_on_the_number_times_the_call_and_undo_takes_it_back(
    browse, campaign, caller, at_noon
):
    with browse() as page:
        sign_in(page, caller)
        page.goto(f"/w/acme/campaigns/{campaign.pk}/next/")
        page.evaluate(
            "addEventListener('click', event => event.target.matches('a[href^=tel]') && event.preventDefault())"
        )
        page.locator("a[href^=tel]").first.click()
        expect(page.locator("[data-talking]")).to_have_text("0:02")
        page.keyboard.press("6")
        expect(page.get_by_label("Talk time in seconds")).to_have_value(re.compile("^[2-9]$"))
        for key in "vviw":
            page.keyboard.press(key)
        expect(page.get_by_label("Soft Listening")).to_be_checked()
        expect(page.get_by_label("Unknown")).to_be_checked()
        expect(page.get_by_label("Call back at")).not_to_have_value("")
        page.keyboard.press("n")
        page.keyboard.type("No vim")
        page.keyboard.press("Escape")
        page.keyboard.press("v")
        expect(page.get_by_label("Exploring")).to_be_checked()
        page.keyboard.press("Control+Enter")
        expect_next(page, at_noon[1])

        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(at_noon[0])
        expect(page.get_by_label("Notes")).to_have_value("No vim")
        expect(page.get_by_label("Exploring")).to_be_checked()


def test_a_sorted_table_comes_without_a_page_load_and_back_undoes_it(browse, campaign, viewer):
    active_campaign(market=campaign.market, name="A later one")

    with browse() as page:
        sign_in(page, viewer)
        page.locator("#sections").get_by_role("link", name="Campaigns").click()
        names = page.locator("#table tbody .lead strong")
        expect(names).to_have_count(2)
        as_served = names.all_inner_texts()
        page.evaluate("window.isSameDocument = true")

        header = page.get_by_role("columnheader").get_by_role("link", name=re.compile("^Campaign"))
        header.click()
        expect(page).to_have_url(re.compile(r"\?sort=name$"))
        expect(names).to_have_text(["A later one", "Ongoing coverage"])
        header.click()
        expect(page).to_have_url(re.compile(r"\?sort=-name$"))
        expect(names).to_have_text(["Ongoing coverage", "A later one"])
        assert page.evaluate("window.isSameDocument")

        page.go_back()
        expect(page).to_have_url(re.compile(r"\?sort=name$"))
        expect(names).to_have_text(["A later one", "Ongoing coverage"])
        page.go_back()
        expect(page).to_have_url(re.compile(r"/campaigns/$"))
        expect(names).to_have_text(as_served)


def test_what_the_policy_refuses_is_heard(browse):
    def style_inline():
        with browse() as page:
            page.goto("/")
            # The event comes in a task of its own: closing the browser at once can be quicker.
            with page.expect_console_message(lambda message: message.text.startswith("CSP refused")):
                page.evaluate("document.body.setAttribute('style', 'color: red')")

    with pytest.raises(AssertionError, match="CSP refused inline by style-src-attr"):
        style_inline()


def test_two_tabs_on_one_contact_end_in_a_choice_and_one_click_saves(browse, campaign, manager):
    contact = campaign.members.order_by("pk").first().contact
    address = f"/w/acme/contacts/{contact.pk}/edit/"

    with browse() as page:
        sign_in(page, manager)
        page.goto(address)
        other = page.context.new_page()  # its answer 409 would be an error in the console of the first
        other.goto(address)
        page.get_by_label("Title").fill("Partner")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(contact.full_name)

        other.get_by_label("Title").fill("Counsel")
        other.get_by_role("button", name="Save").click()
        expect(other.locator("mark")).to_have_text(["Partner", "Counsel"])
        expect(other.get_by_label("Title")).to_have_value("Counsel")
        other.get_by_role("button", name="Save mine").click()
        expect(other.get_by_role("heading", level=1)).to_have_text(contact.full_name)

        page.goto(address)
        expect(page.get_by_label("Title")).to_have_value("Counsel")


def test_a_rule_is_built_with_a_live_count_and_what_is_ticked_stays(browse, market, manager):
    people = [ContactFactory(workspace=market.workspace, firm="North LLP" if n < 3 else "South LLP") for n in range(60)]
    for person in people:
        market.market_contacts.create(workspace=market.workspace, contact=person)
    campaign = CampaignFactory(market=market)

    with browse() as page:
        sign_in(page, manager)
        page.goto(f"/w/acme/campaigns/{campaign.pk}/contacts/add/")
        page.evaluate("window.isSameDocument = true")
        page.locator("tbody").get_by_role("checkbox").first.check()
        expect(page.locator("#selected")).to_have_text("1 selected")
        page.get_by_role("button", name="Next").click()
        expect(page).to_have_url(re.compile(r"\?page=2$"))
        page.get_by_label("Choose everyone on this page").check()
        expect(page.locator("#selected")).to_have_text("11 selected")

        page.get_by_text("Choose by a rule").click()
        page.get_by_role("button", name="Add condition").click()
        expect(page.get_by_label("About")).to_be_focused()
        page.get_by_label("About").select_option("firm")
        page.get_by_label("A firm").first.press_sequentially("North LLP")
        expect(page.locator("#rule-result strong")).to_have_text("3 people")
        page.get_by_label("Is or is not").select_option("is not")
        expect(page.locator("#rule-result strong")).to_have_text("57 people")
        assert page.evaluate("window.isSameDocument")

        page.wait_for_load_state("networkidle")  # SQLite in memory answers one request at a time
        page.get_by_role("button", name="Show people").click()
        expect(page.locator("#table [data-metric='rows']")).to_have_text("57")
        expect(page.locator("#selected")).to_have_text("11 selected")


def test_on_a_narrow_screen_the_navigation_opens_and_closes_by_keyboard(browse, campaign, viewer):
    with browse() as page:
        page.set_viewport_size({"width": 390, "height": 844})
        sign_in(page, viewer)
        page.goto(f"/w/acme/campaigns/{campaign.pk}/")
        sections = page.locator("#sections")
        expect(sections.get_by_role("link", name="Signals")).to_be_hidden()
        expect(page.get_by_role("navigation", name="At hand").get_by_role("link", name="Overview")).to_be_visible()

        tab_to(page, "Menu")
        page.keyboard.press("Enter")
        expect(sections.get_by_role("link", name="Signals")).to_be_visible()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        page.keyboard.press("Escape")
        expect(sections.get_by_role("link", name="Signals")).to_be_hidden()

        tab_to(page, "All time")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Show")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Show")).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
