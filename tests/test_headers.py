"""What every response tells browsers in production: pages, fragments, exports, errors, redirects, files, the admin."""

import gzip
import importlib
import re
import sys

import brotli
import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import path, reverse

from config.urls import handler500 as handler500
from config.urls import urlpatterns as of_the_portal
from markets.workspaces.invitations import invite
from signals.sharing.links import share
from tests.access_rows import ROWS
from tests.factories import call

PRODUCTION = {"SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "testserver", "DATABASE_URL": "sqlite:///db.sqlite3"}
EVERYWHERE = {
    "Content-Security-Policy": r"default-src 'none'; .*frame-ancestors ('none'|'self'); base-uri 'none'",
    "Strict-Transport-Security": r"max-age=31536000",
    "X-Content-Type-Options": r"nosniff",
    "X-Frame-Options": r"DENY|SAMEORIGIN",
    "Referrer-Policy": r"same-origin|no-referrer",
    "Cross-Origin-Opener-Policy": r"same-origin",
    "Cross-Origin-Embedder-Policy": r"require-corp",
    "Cross-Origin-Resource-Policy": r"same-origin",
    "Permissions-Policy": r".*camera=\(\).*geolocation=\(\).*microphone=\(\).*",
}


def fails(request):
    raise RuntimeError("A view failed.")


def conflicts(request):
    raise IntegrityError("A constraint was violated.")


urlpatterns = [*of_the_portal, path("fails/", fails), path("conflicts/", conflicts)]


@pytest.fixture
def production(settings, monkeypatch, tmp_path):
    """What config.settings says about security and static files on a server."""
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    for name in ("LOCAL", "DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name in [each for each in sys.modules if each.startswith("config.settings")]:
        monkeypatch.delitem(sys.modules, name)
    for name, value in vars(importlib.import_module("config.settings")).items():
        if re.match("SECURE_|SESSION_COOKIE|CSRF_COOKIE|X_FRAME|WHITENOISE|STORAGES", name):
            setattr(settings, name, value)
    settings.ROOT_URLCONF = "tests.test_headers"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES |= {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"}  # the admin's files are left out
    }
    call_command("collectstatic", "--no-input", "-v0")
    return settings


class Browser(Client):
    """Speaks HTTPS as behind a proxy that ends TLS."""

    def request(self, **request):
        return super().request(**{"HTTP_X_FORWARDED_PROTO": "https", **request})


@pytest.fixture
def browser(production):
    return Browser(raise_request_exception=False)


@pytest.fixture
def addresses(campaign, manager):
    workspace = campaign.workspace
    meeting = call(campaign, disposition="meeting_booked").meeting
    _, invitation = invite(workspace=workspace, email="new@people.example", role="viewer", by=manager)
    _, token = share(
        thing=campaign.market, by=manager, label="A client", expires_on=workspace.today(), sections=["figures"]
    )
    return {
        "invitation": invitation,
        "shared page": reverse("shared_page", args=[token]),
        "calendar": reverse("meetings:ics", args=["acme", meeting.pk]),
    }


def responses(browser, manager, ops, addresses):
    """One of each kind, by what it is."""
    contacts = reverse("contacts:list", args=["acme"])
    found = {
        "sign-in": browser.get(reverse("account_login")),
        "redirect to sign in": browser.get(contacts),
        "redirect to HTTPS": browser.get("/", HTTP_X_FORWARDED_PROTO="http"),
        "static file": browser.get("/static/portal.css"),
        "API": browser.post(reverse("api:calls", args=["acme"]), {}, content_type="application/json"),
        "shared page": browser.get(addresses["shared page"]),
        "shared page that is gone": browser.get(reverse("shared_page", args=["none"])),
        "invitation": browser.get(addresses["invitation"]),
        "security.txt": browser.get("/.well-known/security.txt"),
        "400": browser.get("/", HTTP_HOST="evil.example"),
        "404": browser.get("/no/such/page/"),
        "403 without a token of the form": Browser(enforce_csrf_checks=True).post(reverse("account_login"), {}),
    }
    browser.force_login(manager)
    for row in [row for row in ROWS if "GET" in row.methods and not row.ids]:
        found[row.name] = browser.get(reverse(row.name, args=["acme"]))
    found |= {
        "fragment": browser.get(contacts, HTTP_HX_REQUEST="true"),
        "CSV": browser.get(contacts, {"_export": "csv"}),
        "XLSX": browser.get(contacts, {"_export": "xlsx"}),
        "calendar": browser.get(addresses["calendar"]),
        "405": browser.delete(contacts),
        "409": browser.get("/conflicts/"),
        "500": browser.get("/fails/"),
        "admin for members": browser.get("/admin/"),
    }
    for each in ("static file", "XLSX"):
        found[each].getvalue()  # which closes the file
    browser.force_login(ops)
    found |= {"admin": browser.get("/admin/"), "admin's list": browser.get("/admin/calls/call/")}
    return found


def lacking(found):
    """The headers that a response lacks or gives another value."""
    return [
        (what, name, response.headers.get(name))
        for what, response in found.items()
        for name, value in EVERYWHERE.items()
        # A redirect to HTTPS came over plain HTTP, where browsers ignore this header.
        if not (name == "Strict-Transport-Security" and what == "redirect to HTTPS")
        if not re.fullmatch(value, response.headers.get(name, ""))
    ]


def score(response):
    """The score of a page by the table of Mozilla's HTTP Observatory (mdn/mdn-http-observatory, src/grader/charts.js).

    Two of its bonuses of 5 points are out of a page's hands or not worth it: the browsers' preload list, and integrity
    hashes of scripts that come from the portal itself.
    """
    policy = response.headers.get("Content-Security-Policy", "")
    cookies = list(response.cookies.values())
    hsts = re.match(r"max-age=(\d+)", response.headers.get("Strict-Transport-Security", ""))
    xfo = response.headers.get("X-Frame-Options", "")
    points = [
        (10 if "default-src 'none'" in policy else 5) if policy and "unsafe" not in policy else -20 if policy else -25,
        -40 if any(not each["secure"] for each in cookies) else 5 if all(each["samesite"] for each in cookies) else 0,
        -50 if "Access-Control-Allow-Origin" in response.headers else 0,
        -20 if not hsts else -10 if int(hsts[1]) < 15768000 else 0,
        5 if response.headers.get("Referrer-Policy") in ("same-origin", "no-referrer") else 0,
        0 if response.headers.get("X-Content-Type-Options") == "nosniff" else -5,
        5 if "frame-ancestors 'none'" in policy else 0 if xfo in ("DENY", "SAMEORIGIN") else -20,
        10 if response.headers.get("Cross-Origin-Resource-Policy") == "same-origin" else 0,
    ]
    penalties = sum(each for each in points if each < 0)
    return 100 + penalties + (sum(each for each in points if each > 0) if 100 + penalties >= 90 else 0)


@pytest.mark.promise("P4")
def test_every_kind_of_response_has_the_headers(browser, production, manager, ops, addresses, figure):
    found = responses(browser, manager, ops, addresses)

    assert lacking(found) == []
    assert {what: found[what].status_code for what in ("400", "404", "405", "409", "500", "API")} == {
        **{"400": 400, "404": 404, "405": 405, "409": 409, "500": 500, "API": 401}
    }
    scores = {what: score(page) for what, page in found.items() if what in ("sign-in", "dashboard", "contacts:list")}
    assert set(scores.values()) == {135}, scores

    production.MIDDLEWARE = [each for each in production.MIDDLEWARE if "headers" not in each and "csp" not in each]
    bare = responses(Browser(raise_request_exception=False), manager, ops, addresses)
    assert len(lacking(bare)) > 2 * len(bare)
    figure(
        f"0 of {len(found) * len(EVERYWHERE)} headers lacking in {len(found)} kinds of responses; Observatory's table "
        f"gives {min(scores.values())} (145 at most: preloading and hashes of our own scripts are left out)",
        control=f"without two middlewares {len(lacking(bare))} headers lack, score {score(bare['sign-in'])}",
    )


def test_nothing_but_static_files_is_stored(browser, manager, ops, addresses):
    for what, response in responses(browser, manager, ops, addresses).items():
        assert ("no-store" in response.headers["Cache-Control"]) is (what != "static file"), what


def test_cookies_are_of_this_host_alone(browser, manager, ops, addresses):
    cookies = {
        name: morsel
        for each in responses(browser, manager, ops, addresses).values()
        for name, morsel in each.cookies.items()
    }

    assert set(cookies) == {"__Host-session", "__Host-csrf"}
    for name, cookie in cookies.items():
        assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"] or "") == (
            True,
            True,
            "/",
            "",
        ), name
        assert cookie["samesite"] == "Lax", name


def test_no_other_origin_is_let_in(browser, manager):
    browser.force_login(manager)

    page = browser.get(reverse("dashboard", args=["acme"]), HTTP_ORIGIN="https://evil.example")

    assert not [name for name in page.headers if name.startswith("Access-Control")]


def test_pages_are_compressed_and_padded(browser, manager, campaign):
    browser.force_login(manager)
    url = reverse("contacts:list", args=["acme"])

    pages = [browser.get(url, HTTP_ACCEPT_ENCODING="gzip, br") for _ in range(6)]
    exports = {kind: browser.get(url, {"_export": kind}, HTTP_ACCEPT_ENCODING="gzip") for kind in ("csv", "xlsx")}

    assert {page["Content-Encoding"] for page in pages} == {"gzip"}
    assert "Accept-Encoding" in pages[0]["Vary"]
    plain = [gzip.decompress(page.content) for page in pages]
    assert len(plain[0]) > 3 * len(pages[0].content)
    assert len({len(page.content) for page in pages}) > 1, "the same page is not always as long"
    assert exports["csv"]["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in exports["xlsx"], "a workbook is compressed already"
    assert exports["xlsx"].getvalue().startswith(b"PK")


def test_static_files_come_as_brotli_or_gzip(browser, db):
    plain = browser.get("/static/portal.css").getvalue()
    as_brotli = browser.get("/static/portal.css", HTTP_ACCEPT_ENCODING="gzip, deflate, br")
    as_gzip = browser.get("/static/portal.css", HTTP_ACCEPT_ENCODING="gzip")

    assert (as_brotli["Content-Encoding"], as_gzip["Content-Encoding"]) == ("br", "gzip")
    assert brotli.decompress(as_brotli.getvalue()) == gzip.decompress(as_gzip.getvalue()) == plain
