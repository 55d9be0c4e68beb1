"""A real browser for tests: opening it, and signing in."""

import os
import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.factories import PASSWORD

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

needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="There is no Chromium on this machine."),
]
"""The marks of a module of such tests."""

expect.set_options(timeout=20_000)  # the first page of a server that has just been started


def browser_on(url, profile):
    """Opens a page in a fresh browser, which must end without an error in its console or a refusal by its policy,
    except `expected` ones.

    The rows are made before: inside it playwright's event loop runs, which is no place for the database.
    """

    @contextmanager
    def opened(expected=()):
        assert CHROMIUM, "There is no Chromium on this machine, and CI must not do without."
        with sync_playwright() as playwright:
            context = playwright.chromium.launch_persistent_context(
                profile, executable_path=CHROMIUM, args=FLAGS, base_url=url
            )
            context.set_default_timeout(20_000)
            context.add_init_script(REPORT_VIOLATIONS)
            page = context.pages[0]
            troubles = []
            page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            yield page
            context.close()
        words = (expected,) if isinstance(expected, str) else expected
        troubles = [each for each in troubles if not any(word in each for word in words)]
        assert not troubles, "\n".join(troubles)

    return opened


def sign_in(page, user):
    page.goto("/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Acme")
