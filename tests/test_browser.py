"""What people do by keyboard and with htmx, in a real browser. Skipped, with a word, where there is none; not by CI."""

import os
import re
import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.factories import PASSWORD, active_campaign, call

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", function (event) {
  console.error("CSP refused " + event.blockedURI + " by " + event.violatedDirective);
});
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="There is no Chromium on this machine."),
]


@pytest.fixture
def browse(django_db_setup, live_server, tmp_path):  # in this order: the server must find the database of the tests
    """Opens a page in a fresh browser, which must end without an error in its console or a refusal by its policy.

    The rows are made before: inside it playwright's event loop runs, which is no place for the database.
    """

    @contextmanager
    def opened():
        assert CHROMIUM, "There is no Chromium on this machine, and CI must not do without."
        with sync_playwright() as playwright:
            context = playwright.chromium.launch_persistent_context(
                tmp_path / "profile", executable_path=CHROMIUM, args=FLAGS, base_url=live_server.url
            )
            context.set_default_timeout(20_000)
            context.add_init_script(REPORT_VIOLATIONS)
            page = context.pages[0]
            troubles = []
            page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            yield page
            context.close()
        assert not troubles, "\n".join(troubles)

    return opened


def sign_in(page, user):
    page.goto("/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Acme")


def metrics(page, about):
    """The numbers that the page shows of one thing, by metric."""
    found = page.locator(f"[data-total='{about}'] data[data-metric]")
    return {each.get_attribute("data-metric"): float(each.get_attribute("value") or "nan") for each in found.all()}


def test_a_caller_logs_a_call_by_keyboard_and_sees_the_numbers_move(browse, campaign, caller):
    call(campaign)
    person = campaign.members.order_by("pk").last().contact.full_name
    about = f"campaign:{campaign.pk}"

    with browse() as page:
        sign_in(page, caller)
        page.get_by_role("link", name="Campaigns").click()
        page.get_by_role("link", name=campaign.name).click()
        before = metrics(page, about)

        page.get_by_role("link", name="Call people").click()
        page.get_by_role("row", name=person).get_by_role("link", name="Log a call").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(person)
        expect(page.get_by_text("Exploring", exact=True)).to_be_hidden()
        page.keyboard.press("7")
        expect(page.get_by_label("Future Potential")).to_be_checked()
        page.get_by_text("Exploring", exact=True).click()
        page.get_by_label("Notes").press_sequentially("Would listen in spring; 9 partners left.")
        expect(page.get_by_label("Future Potential")).to_be_checked()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text(f"Recorded: Future Potential, {person}.")).to_be_visible()

        page.get_by_role("link", name=campaign.name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(campaign.name)
        after = metrics(page, about)

    assert (before["calls_made"], after["calls_made"]) == (1, 2)
    assert (before["connection_rate"], after["connection_rate"]) == (0, 0.5)
    assert (before["signals_captured"], after["signals_captured"]) == (0, 1)


def test_a_sorted_table_comes_without_a_page_load_and_back_undoes_it(browse, campaign, viewer):
    active_campaign(market=campaign.market, name="A later one")

    with browse() as page:
        sign_in(page, viewer)
        page.get_by_role("link", name="Campaigns").click()
        names = page.locator("#table tbody td.lead strong")
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
            page.evaluate("document.body.setAttribute('style', 'color: red')")

    with pytest.raises(AssertionError, match="CSP refused inline by style-src-attr"):
        style_inline()
