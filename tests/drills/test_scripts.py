"""P4: texts that would run a script are shown as texts: stored, sent back by forms, and in a browser on every page.

Short: three payloads of sixty stored and one sent back, and every tenth page in a browser, which must be installed.
"""

import os
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import transaction
from django.template import engines
from django.test import Client

from tests.access_rows import url_of
from tests.browsers import needs_browser
from tests.config.admin_rows import one_of_each
from tests.factories import active_campaign
from tests.firms import firm
from tests.fuzzing.addresses import Offered, of_others, of_workspaces
from tests.fuzzing.tries import ALWAYS_TRIED
from tests.fuzzing.visitors import visitors
from tests.isolation.conftest import PAGES
from tests.isolation.payloads import PAYLOADS, dangers
from tests.isolation.walk import visit

IS_FULL = os.environ.get("DRILL") == "full"
TRIED = PAYLOADS if IS_FULL else PAYLOADS[1::24]
SENT = PAYLOADS if IS_FULL else PAYLOADS[14:15]
IN_BROWSER = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
SHOWING_MOST = [
    *("dashboard", "contacts:detail", "contacts:edit", "contacts:history", "campaigns:detail", "campaigns:call"),
    *("imports:map", "imports:detail", "imports:notes", "calls:detail", "audit", "tags:list"),
]
"""Pages that show texts of every kind, names, headers and cells of files among them: where each payload is tried."""


def dangers_with(payload, pages):
    """What pages of a workspace hold whose every text is the payload, and how many pages that were."""
    found, count = [], 0
    with transaction.atomic():
        ours = firm(payload, "ours")
        client = Client()
        client.force_login(ours.manager)
        for row in pages:
            page = visit(client, url_of(row, "ours", ours.ids))
            if b"<main" in page.body:
                count += 1
                found += [(row.name, danger) for danger in dangers(page.body.decode())]
        transaction.set_rollback(True)
    return found, count


def dangers_sent_back(ours, payloads, every=1):
    """What answers hold to the payload in every parameter of a page and in every field of a form, and how many."""
    found, count, offered = [], 0, Offered()
    client = Client()
    client.force_login(ours.manager)
    addresses = [each for each in of_workspaces(ours) if each.visitor == "manager"][::every]
    for address in addresses:
        offered.add(address, client.get(address.url))
    for payload in payloads:
        requests = [
            (each.url, None, dict.fromkeys([*ALWAYS_TRIED, *offered.parameters_of(each)], payload))
            for each in addresses
        ]
        requests += [(each.url, dict.fromkeys(data, payload), None) for each, data in offered.forms.values()]
        for url, data, query in requests:
            page = visit(client, f"{url}?{urlencode(query)}" if query else url, data)
            if b"<main" in page.body:
                count += 1
                found += [(url, danger) for danger in dangers(page.body.decode())]
    return found, count


@pytest.mark.promise("P4")
def test_no_page_shows_a_payload_raw(db, figure, monkeypatch):
    results = [dangers_with(payload, PAGES) for payload in TRIED]
    assert [found for found, _ in results if found] == []
    ours = firm("Lisbon", "sent")
    sent_back, answers = dangers_sent_back(ours, SENT, every=1 if IS_FULL else 3)
    assert sent_back == []

    monkeypatch.setattr(engines["django"].engine, "autoescape", False)
    control, _ = dangers_with(IN_BROWSER, [row for row in PAGES if row.name.endswith(":detail")])
    assert len(control) > 10
    sent_back, _ = dangers_sent_back(ours, [IN_BROWSER], every=9)
    assert sent_back
    figure(
        f"0 of {len(TRIED)} payloads raw in {sum(count for _, count in results):,} pages, as every text there; "
        f"0 of {len(SENT)} in {answers:,} answers to it in every field",
        control=f"without escaping, {len(control)} elements and attributes in the pages of details, "
        f"{len(sent_back)} in answers",
    )


class Browsing:
    """A browser that takes the session of one of the visitors, and hears what the policy refuses and what is run."""

    def __init__(self, page, clients, server):
        self.page, self.clients, self.server = page, clients, server
        self.heard, self.run, self.visited = [], [], 0
        page.on("dialog", self._hear_dialog)
        page.on("console", self._hear)

    def visit(self, address):
        self.page.context.clear_cookies()
        for name, morsel in self.clients[address.visitor].cookies.items():
            self.page.context.add_cookies([{"name": name, "value": morsel.value, "url": self.server.url}])
        # A download or a picture is no page.
        answer = self.page.request.get(address.url, max_redirects=0)
        if answer.ok and answer.headers.get("content-type", "").startswith("text/html"):
            self.page.goto(address.url)
            self.visited += 1

    def _hear(self, message):
        if "CSP refused" in message.text:
            self.heard.append(f"{self.page.url}: {message.text}")

    def _hear_dialog(self, dialog):
        self.run.append(f"{self.page.url}: {dialog.message}")
        dialog.dismiss()


@pytest.mark.promise("P4")
@pytest.mark.browser
@needs_browser[1]
def test_a_browser_runs_none_and_hears_no_violation_on_any_page(
    browse, live_server, transactional_db, ops, figure, monkeypatch
):
    ours = firm(IN_BROWSER, "ours")
    admin_rows = one_of_each(active_campaign(3, market__workspace__slug="acme"), ops)
    clients, arguments = visitors(ours, ops)
    every = [each for each in (*of_workspaces(ours), *of_others(arguments, admin_rows)) if each.visitor != "dialer"]
    (detail,) = [each for each in every if each.name == "contacts:detail"]
    others = [firm(payload, f"ours-{n}") for n, payload in enumerate(PAYLOADS if IS_FULL else [])]

    def unescaped(address):
        """What a browser does on the page if texts are shown as they are."""
        with monkeypatch.context() as patch, suppress(AssertionError), browse() as page:
            patch.setattr(engines["django"].engine, "autoescape", False)
            browsing = Browsing(page, clients, live_server)
            browsing.visit(address)
            page.wait_for_timeout(500)
        return browsing

    with browse() as page:
        browsing = Browsing(page, clients, live_server)
        for address in every[:: 1 if IS_FULL else 10]:
            browsing.visit(address)
        for other in others:
            clients["manager"].force_login(other.manager)
            for address in of_workspaces(other):
                if address.name in SHOWING_MOST:
                    browsing.visit(address)
    assert (browsing.heard, browsing.run) == ([], [])

    clients["manager"].force_login(ours.manager)
    refusing = unescaped(detail)
    assert (len(refusing.heard) > 1, refusing.run) == (True, [])
    monkeypatch.setattr(settings, "SECURE_CSP", {})
    running = unescaped(detail)
    assert running.run
    figure(
        f"0 scripts run and 0 refusals by the policy on {browsing.visited} pages in Chromium, {len(others) + 1} of "
        f"{len(PAYLOADS)} payloads as every text",
        control=f"without escaping the policy refuses {len(refusing.heard)} on one page, and without it "
        f"{len(running.run)} run",
    )
