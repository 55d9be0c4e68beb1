"""P4: texts that would run a script are shown as texts on every page. Short: three payloads of sixty."""

import os

import pytest
from django.db import transaction
from django.template import engines
from django.test import Client

from tests.access_rows import url_of
from tests.firms import firm
from tests.isolation.conftest import PAGES
from tests.isolation.payloads import PAYLOADS, dangers
from tests.isolation.walk import visit

IS_FULL = os.environ.get("DRILL") == "full"
TRIED = PAYLOADS if IS_FULL else PAYLOADS[1::24]
IN_BROWSER = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


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


@pytest.mark.promise("P4")
def test_no_page_shows_a_payload_raw(db, figure, monkeypatch):
    results = [dangers_with(payload, PAGES) for payload in TRIED]
    assert [found for found, _ in results if found] == []

    monkeypatch.setattr(engines["django"].engine, "autoescape", False)
    control, _ = dangers_with(IN_BROWSER, [row for row in PAGES if row.name.endswith(":detail")])
    assert len(control) > 10
    figure(
        f"0 of {len(TRIED)} payloads raw in {sum(count for _, count in results):,} pages, as every text of a workspace",
        control=f"without escaping, {len(control)} elements and attributes in the pages of details",
    )
