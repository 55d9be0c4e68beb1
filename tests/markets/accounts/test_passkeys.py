"""Passkeys in a real browser with a virtual authenticator: added, named, used alone and as second factor, removed."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import expect

from markets.models import AuditEvent
from tests.browsers import needs_browser
from tests.factories import PASSWORD

pytestmark = needs_browser

SIGN_IN = reverse("account_login")


@pytest.fixture
def browse(browse, live_server, tmp_path):
    """On “localhost”: under an address of numbers browsers have no passkeys."""
    from tests.browsers import browser_on

    return browser_on(re.sub(r"//[^:]+", "//localhost", live_server.url), tmp_path / "localhost")


def authenticator(page):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    added = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    return lambda on: session.send(
        "WebAuthn.setUserVerified", {"authenticatorId": added["authenticatorId"], "isUserVerified": on}
    )


def sign_in(page, user):
    page.goto(SIGN_IN)
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def add(page, name, alone=True):
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_label("Name").fill(name)
    page.get_by_label("Sign in with it alone").set_checked(alone)
    page.get_by_role("button", name="Add passkey").click()


def sign_out(page):
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/accounts/login" in url)


def heading(page, text):
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_a_passkey_signs_in_without_a_password(browse, manager):
    with browse() as page:
        authenticator(page)
        sign_in(page, manager)
        heading(page, "Acme")
        add(page, "Work laptop")
        heading(page, "Recovery codes")
        sign_out(page)

        page.get_by_role("button", name="Sign in with a passkey").click()
        heading(page, "Acme")

        page.goto(reverse("mfa_list_webauthn"))
        expect(page.get_by_text("Work laptop")).to_be_visible()
        expect(page.get_by_text("Signs you in without a password")).to_be_visible()
        page.get_by_role("link", name="Rename").click()
        page.get_by_label("Name").fill("Home laptop")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Home laptop")).to_be_visible()
        page.get_by_role("link", name="Remove").click()
        page.get_by_role("button", name="Remove passkey").click()
        expect(page.get_by_text("No passkeys yet")).to_be_visible()

    assert not Authenticator.objects.exists()


def test_a_passkey_is_the_second_factor_of_ops(browse, manager):
    manager.is_staff = manager.is_superuser = True
    manager.save()
    with browse() as page:
        authenticator(page)
        sign_in(page, manager)
        heading(page, "Acme")
        page.goto("/admin/")
        expect(page.get_by_text("The admin takes a second factor")).to_be_visible()
        page.get_by_role("link", name="Add a passkey instead").click()
        page.get_by_label("Sign in with it alone").uncheck()
        page.get_by_role("button", name="Add passkey").click()
        page.get_by_role("link", name="Go on to the admin").click()
        page.wait_for_url("**/admin/")
        page.goto(reverse("mfa_index"))
        sign_out(page)

        sign_in(page, manager)
        heading(page, "Second factor")
        page.get_by_role("button", name="Use a passkey").click()
        heading(page, "Acme")
        page.goto("/admin/")
        assert page.url.endswith("/admin/")


def test_what_goes_wrong_is_said(browse, manager):
    with browse() as page:
        verified = authenticator(page)
        sign_in(page, manager)
        heading(page, "Acme")
        verified(False)
        add(page, "Work laptop")
        expect(page.get_by_role("alert")).to_contain_text("No passkey was used")
        verified(True)
        add(page, "Work laptop")
        heading(page, "Recovery codes")
        add(page, "Again")
        expect(page.get_by_role("alert")).to_contain_text("This device has a passkey for your account already.")

        page.goto(reverse("mfa_list_webauthn"))
        page.get_by_role("link", name="Remove").click()
        page.get_by_role("button", name="Remove passkey").click()
        sign_out(page)
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_text("This code or passkey is not known")).to_be_visible()

    assert AuditEvent.objects.get(action="sign_in_failed").summary == "Wrong passkey for no known account"
