"""A shared link shows what was chosen, to whoever has it, and nothing else; it dies when it is revoked or expires."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import override

from campaigns.dispositions import Disposition
from markets.models import AuditEvent
from signals.sharing.links import revoke
from signals.sharing.market_document import MARKET_SECTIONS
from tests.access_rows import METHODS
from tests.factories import call, member, signal
from tests.firms import counts, firm
from tests.signals.sharing.shared import CANARIES, body_of, link_to


def test_it_opens_without_signing_in_and_says_what_it_is(client, full):
    link, path = link_to(full.market)

    page = client.get(path)

    assert page.status_code == 200
    body = body_of(page)
    for words in (
        "M&amp;A -- New York",
        "Shared by Acme",
        "Live",
        "Calls by week",
        "Ongoing coverage",
        "Without names",
    ):
        assert words in body
    assert f"{link.last_day.day} {link.last_day:%b}" in body


def test_a_live_page_is_in_the_language_of_the_reader_and_a_frozen_one_in_that_of_who_shared_it(client, full):
    _, live = link_to(full.market)
    _, frozen = link_to(full.market, is_frozen=True)
    with override("de"):
        _, frozen_in_german = link_to(full.market, is_frozen=True)

    pages = [body_of(client.get(path, headers={"accept-language": "de"})) for path in (live, frozen, frozen_in_german)]

    assert ["Instabil" in page for page in pages] == [True, False, True]
    assert ["Unstable" in page for page in pages] == [False, True, False]
    assert ["Calls by week" in page for page in pages] == [False, True, False]
    assert '<html lang="de">' in body_of(client.get(frozen_in_german, headers={"accept-language": "en"}))


@pytest.mark.parametrize("is_frozen", [False, True])
def test_without_people_no_byte_tells_anybody(client, full, is_frozen):
    _, path = link_to(full.market, is_frozen=is_frozen)

    page = client.get(path)

    everything = body_of(page) + str(page.headers) + str(page.cookies)
    assert [name for name, words in CANARIES.items() if words.lower() in everything.lower()] == []
    assert "1 person moved" in everything


def test_with_people_it_shows_who_moved_but_neither_address_nor_number(client, full):
    """The control of the test above: the same page would show the name."""
    _, path = link_to(full.market, shows_people=True)

    body = body_of(client.get(path))

    assert CANARIES["name"] in body
    for name in ("email", "phone", "number", "caller", "brief"):
        assert CANARIES[name] not in body


def test_nothing_on_it_leads_into_the_workspace(client, full):
    _, path = link_to(full.market, shows_people=True)

    body = body_of(client.get(path))

    assert not re.search(r"/w/|/accounts/|/admin/|<form|<script|hx-", body)
    assert re.findall(r'href="([^"]*)"', body) == ["/static/icon.svg", "/static/portal.css"]
    assert not re.search(r"(campaign|market|contact|firm):\d", body)


def test_it_is_kept_out_of_caches_search_engines_and_referrers(client, full):
    _, path = link_to(full.market)
    revoked, gone = link_to(full.market)
    revoke(link=revoked, by=None)

    for page in (client.get(path), client.head(path), client.get(gone)):
        assert "no-store" in page["Cache-Control"]
        assert "noindex" in page["X-Robots-Tag"]
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["X-Frame-Options"] == "DENY"
        assert "script-src" not in page["Content-Security-Policy"]
        assert "default-src 'none'" in page["Content-Security-Policy"]
        assert not page.cookies


def test_unknown_expired_revoked_and_archived_answer_alike(client, full):
    _, expired = link_to(full.market, expires_on=full.workspace.today())
    revoked_link, revoked = link_to(full.market)
    _, archived = link_to(full.market)
    revoke(link=revoked_link, by=None)
    unknown = [reverse("shared_page", args=[token]) for token in ("x", "A" * 43, "é" * 43, "A" * 5000, "a\0b")]

    with time_machine.travel(now() + timedelta(days=1, hours=1)):
        pages = [client.generic(method, path) for path in (expired, revoked, *unknown) for method in METHODS]
        full.workspace.archived_at = now()
        full.workspace.save()
        pages.append(client.get(archived))

    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    assert "Acme" not in body_of(pages[0])
    assert not AuditEvent.objects.filter(action="link_visited").exists()


def test_it_opens_on_its_last_day_and_not_on_the_next(client, campaign):
    zone = campaign.workspace.zone
    link, path = link_to(campaign.market, expires_on=campaign.workspace.today() + timedelta(days=3))
    end = link.expires_at.astimezone(zone)
    assert (end.hour, end.minute) == (0, 0)

    with time_machine.travel(link.expires_at - timedelta(seconds=2), tick=False):
        assert client.get(path).status_code == 200
    with time_machine.travel(link.expires_at, tick=False):
        assert client.get(path).status_code == 404


def test_one_link_never_shows_what_anothers_shows(client, db):
    ours, theirs = firm("Lisbon", "ours"), firm("Zanzibar", "theirs")

    for mine, other in ((ours, "Zanzibar"), (theirs, "Lisbon")):
        body = body_of(client.get(reverse("shared_page", args=[mine.token])))
        assert f"{mine.workspace.name}" in body
        assert other not in body


def test_a_link_does_not_sign_in(client, full):
    _, path = link_to(full.market, shows_people=True)

    client.get(path)

    assert client.get(reverse("dashboard", args=["acme"])).status_code == 302


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_it_is_read_only(client, full, method):
    _, path = link_to(full.market)
    before = counts()

    assert client.generic(method, path).status_code == 405
    assert counts() == before


def test_only_the_chosen_sections_show_and_are_kept(client, full):
    link, path = link_to(full.market, sections=["figures", "outcomes"], is_frozen=True)

    body = body_of(client.get(path))

    assert re.findall("<h2>(.*?)</h2>", body) == ["Call outcomes"]
    assert link.document.keys() & MARKET_SECTIONS.keys() == {"figures", "outcomes"}


def test_a_live_one_follows_and_a_frozen_one_stays(client, full):
    pages = [link_to(full.market, is_frozen=is_frozen)[1] for is_frozen in (False, True)]
    call(full)

    live, frozen = (body_of(client.get(path)) for path in pages)

    assert 'data-metric="calls_made" value="3"' in live
    assert 'data-metric="calls_made" value="2"' in frozen
    assert "later changes don’t show" in frozen


def test_small_firms_are_among_the_others_and_few_heard_are_not_counted(client, full):
    for _ in range(3):
        contact = member(full, firm="Heron & Co").contact
        call(full, contact, disposition=Disposition.NO_ANSWER)
    call(full, contact, disposition=Disposition.FUTURE_POTENTIAL)
    _, path = link_to(full.market, sections=["coverage", "firms"])

    body = body_of(client.get(path))

    assert "Heron &amp; Co" in body
    assert "under 3" in body
    assert CANARIES["firm_of_few"] not in body


def test_many_heard_are_counted(client, campaign):
    for _ in range(3):
        call(campaign, member(campaign, firm="Heron & Co").contact, disposition=Disposition.FUTURE_POTENTIAL)
    _, path = link_to(campaign.market, sections=["coverage"])

    body = body_of(client.get(path))

    assert "Heron &amp; Co" in body
    assert "under 3" not in body


def test_what_two_people_of_a_firm_said_is_left_out_beside_what_three_said(client, campaign):
    for place in range(3):
        made = call(campaign, member(campaign, firm="Heron & Co").contact, disposition=Disposition.FUTURE_POTENTIAL)
        signal(made, value="Active")
        if place < 2:
            signal(made, type="firm_stability", value="Unstable")

    anonymous, named = (
        body_of(client.get(link_to(campaign.market, sections=["firms"], shows_people=shows_people)[1]))
        for shows_people in (False, True)
    )

    assert "Active" in anonymous
    assert "Unstable" not in anonymous
    assert "Unstable" in named
