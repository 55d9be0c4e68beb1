"""A shared link shows what was chosen, to whoever has it, and nothing else; it dies when it is revoked or expires."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import void
from campaigns.dispositions import Disposition
from campaigns.lifecycle import change_status
from campaigns.membership import remove
from campaigns.models import SharedLink, Status
from markets.models import AuditEvent
from signals.contacts.erasure import erase
from signals.sharing.links import PASSWORDS_PER_QUARTER, VISITS_PER_MINUTE, revoke, sections_of, share
from signals.sharing.market_document import MARKET_SECTIONS
from tests.access_rows import METHODS
from tests.factories import MembershipFactory, active_campaign, call, member, signal
from tests.firms import counts, firm
from tests.test_safe_methods import read_only_database

CANARIES = {
    "name": "Quillon Ravenscroft",
    "firm_of_few": "Nightjar LLP",
    "title": "Keeper of Seals",
    "email": "quillon@canary.example",
    "phone": "(212) 555-0142",
    "number": "12125550142",
    "evidence": "said the moat is dry",
    "notes": "mentioned the drawbridge",
    "caller": "Ottoline Wren",
    "brief": "ask about the portcullis",
    "reason": "the moat froze",
}

CONTACT_ID = 987_654_321


@pytest.fixture(autouse=True)
def no_throttle_of_other_tests():
    cache.clear()


def link_to(thing, **options):
    """The link and the path of its page."""
    options = {"sections": list(sections_of(thing)), "label": "A client"} | options
    expires_on = options.pop("expires_on", thing.workspace.today() + timedelta(days=30))
    link, token = share(thing=thing, by=None, expires_on=expires_on, **options)
    return link, reverse("shared_page", args=[token])


@pytest.fixture
def full(campaign):
    """A campaign in which every field that could tell a person holds a canary."""
    name = {"user__first_name": "Ottoline", "user__last_name": "Wren"}
    caller = MembershipFactory(workspace=campaign.workspace, role="caller", **name).user
    campaign.brief, campaign.owner = CANARIES["brief"], caller
    campaign.save()
    contact = member(
        campaign,
        id=CONTACT_ID,
        full_name=CANARIES["name"],
        firm=CANARIES["firm_of_few"],
        title=CANARIES["title"],
        email=CANARIES["email"],
        phone=CANARIES["phone"],
        phone_e164="+" + CANARIES["number"],
    ).contact
    for value, days in (("Not Moving", 3), ("Active", 1)):
        made = call(
            campaign,
            contact,
            disposition=Disposition.FUTURE_POTENTIAL,
            notes=CANARIES["notes"],
            caller=caller,
            started_at=now() - timedelta(days=days),
        )
        signal(made, value=value, evidence=CANARIES["evidence"])
        signal(made, type="firm_stability", value="Unstable", evidence=CANARIES["evidence"])
    return campaign


def body_of(page):
    return page.content.decode()


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


class TestReports:
    @pytest.fixture
    def report(self, full):
        contact = full.members.get(contact__full_name=CANARIES["name"]).contact
        call(full, contact, disposition=Disposition.MEETING_BOOKED, notes=CANARIES["notes"])
        for _ in range(3):
            call(full, member(full, firm="Heron & Co").contact, disposition=Disposition.NOT_INTERESTED)
        change_status(campaign=full, to=Status.COMPLETED, by=full.owner, reason=CANARIES["reason"])
        return full.reports.get()

    def test_without_people_no_byte_tells_anybody(self, client, report):
        _, path = link_to(report)

        page = client.get(path)

        everything = body_of(page) + str(page.headers)
        assert [name for name, words in CANARIES.items() if words.lower() in everything.lower()] == []
        assert "1 person showed interest" in everything
        assert "1 towards a change of firm" in everything
        assert "Heron &amp; Co" in everything
        assert "Firms with fewer than 3 people spoken with" in everything
        assert not re.search(r"/w/|<form|<script|\bcontact:\d|campaign:\d", everything)

    def test_with_people_it_shows_names_and_words_but_no_address_number_or_id(self, client, report):
        """The control of the test above."""
        _, path = link_to(report, shows_people=True)

        body = body_of(client.get(path))

        for name in ("name", "firm_of_few", "title", "evidence", "caller", "brief", "reason"):
            assert CANARIES[name] in body, name
        for name in ("email", "phone", "number", "notes"):
            assert CANARIES[name] not in body
        assert "Unknown person" not in body
        contact = report.campaign.members.get(contact__full_name=CANARIES["name"]).contact_id
        assert f"contact:{contact}" not in body.replace('contact:1"', "")

    def test_it_is_frozen_and_shows_the_chosen_sections(self, client, report):
        link, path = link_to(report, sections=["metrics", "outcomes"])
        before = body_of(client.get(path))
        assert link.is_frozen
        assert link.document is None

        void(call=report.campaign.calls.first(), by=None, reason="Twice")

        body = body_of(client.get(path))
        assert body == before
        assert "Frozen" in body
        assert re.findall("<h2>(.*?)</h2>", body) == ["Key numbers", "Call outcomes"]
        assert "Outbound calls with a disposition that are not voided." in body

    @pytest.mark.parametrize("shows_people", [False, True])
    def test_each_section_can_be_shared_alone(self, client, report, shows_people):
        for section, title in sections_of(report).items():
            page = client.get(link_to(report, sections=[section], shows_people=shows_people)[1])

            assert page.status_code == 200
            assert re.findall("<h2>(.*?)</h2>", body_of(page))[0] == title

    def test_an_erased_person_is_no_longer_in_what_a_link_shows(self, client, report):
        paths = [
            link_to(report, shows_people=True)[1],
            link_to(report.campaign.market, shows_people=True, is_frozen=True)[1],
        ]
        contact = report.campaign.members.get(contact__full_name=CANARIES["name"]).contact
        assert all(CANARIES["name"] in body_of(client.get(path)) for path in paths)

        erase(contact=contact, by=None, reason="Asked us to")

        for path in paths:
            body = body_of(client.get(path))
            assert CANARIES["name"] not in body
            assert CANARIES["evidence"] not in body

    def test_a_report_without_anybody_can_be_shared(self, client, market):
        campaign = active_campaign(market=market)
        remove(campaign=campaign, contacts=[campaign.members.get().contact_id], by=None, reason="Left")
        change_status(campaign=campaign, to=Status.COMPLETED, by=None, reason="Nobody")

        for shows_people in (False, True):
            assert client.get(link_to(campaign.reports.get(), shows_people=shows_people)[1]).status_code == 200


class TestVisits:
    def visits(self):
        return AuditEvent.objects.filter(action="link_visited")

    def test_a_visit_is_counted_without_who_it_was(self, client, full):
        link, path = link_to(full.market)

        client.get(path, headers={"User-Agent": "Telltale 1.0"}, REMOTE_ADDR="203.0.113.9")

        visit = self.visits().get()
        assert (visit.workspace, visit.subject_kind, visit.subject_id) == (full.workspace, "sharedlink", link.pk)
        assert (visit.user, visit.details) == (None, {})
        assert "203.0.113.9" not in visit.summary

    def test_a_member_who_looks_is_a_visitor_too(self, as_manager, full):
        as_manager.get(link_to(full.market)[1])

        assert self.visits().get().user is None

    def test_head_and_prefetch_are_none(self, client, full):
        _, path = link_to(full.market)

        assert client.head(path).status_code == 200
        assert client.get(path, headers={"Sec-Purpose": "prefetch;prerender"}).status_code == 200

        assert not self.visits().exists()

    def test_a_read_only_database_shows_the_page(self, client, full, caplog):
        _, path = link_to(full.market)

        with read_only_database():
            assert client.get(path).status_code == 200

        assert "was not recorded" in caplog.text
        assert not self.visits().exists()

    def test_too_many_in_a_minute_wait(self, client, campaign):
        _, path = link_to(campaign.market, sections=["outcomes"], is_frozen=True)

        with time_machine.travel("2026-11-29T10:00:00Z", tick=False):
            answers = [client.get(path) for _ in range(VISITS_PER_MINUTE + 1)]
        assert [page.status_code for page in answers[-2:]] == [200, 429]
        assert int(answers[-1]["Retry-After"]) == 60
        with time_machine.travel("2026-11-29T10:01:00Z", tick=False):
            assert client.get(path).status_code == 200


class TestPassword:
    PASSWORD = "moat and drawbridge"

    def test_it_asks_first_and_shows_nothing(self, client, full):
        _, path = link_to(full.market, password=self.PASSWORD, shows_people=True)

        page = client.get(path)

        assert page.status_code == 200
        assert "has a password" in body_of(page)
        for words in ("New York", "Acme", CANARIES["name"]):
            assert words not in body_of(page)
        assert not AuditEvent.objects.filter(action="link_visited").exists()

    def test_a_wrong_one_is_refused_and_the_right_one_opens_for_hours(self, client, full):
        _, path = link_to(full.market, password=self.PASSWORD)

        refused = client.post(path, {"password": "portcullis"})
        assert refused.status_code == 403
        assert "isn&#x27;t the password" in body_of(refused)
        opened = client.post(path, {"password": self.PASSWORD}, follow=True)

        assert "M&amp;A -- New York" in body_of(opened)
        assert opened.redirect_chain == [(path, 302)]
        cookie = client.cookies["shared-link"]
        assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (path, True, "Lax")
        with time_machine.travel(now() + timedelta(hours=5)):
            assert "has a password" in body_of(client.get(path))

    def test_the_cookie_of_one_link_opens_no_other(self, client, full):
        _, path = link_to(full.market, password=self.PASSWORD)
        _, other = link_to(full.market, password=self.PASSWORD)
        client.post(path, {"password": self.PASSWORD})

        client.cookies["shared-link"]["path"] = "/"

        assert "M&amp;A" in body_of(client.get(path))
        assert "has a password" in body_of(client.get(other))

    def test_a_made_up_cookie_opens_nothing(self, client, full):
        link, path = link_to(full.market, password=self.PASSWORD)

        for value in (str(link.pk), f"{link.pk}:abc:def", "", "\x00"):
            client.cookies["shared-link"] = value
            assert "has a password" in body_of(client.get(path))

    def test_attempts_are_throttled_even_with_the_right_one(self, client, full):
        _, path = link_to(full.market, password=self.PASSWORD)
        with time_machine.travel("2026-11-29T10:00:00Z", tick=False):
            for _ in range(PASSWORDS_PER_QUARTER):
                assert client.post(path, {"password": "guess"}).status_code == 403

            page = client.post(path, {"password": self.PASSWORD})
            assert page.status_code == 429
            assert "Try again in 15 minutes" in body_of(page)
        with time_machine.travel("2026-11-29T10:15:00Z", tick=False):
            assert client.post(path, {"password": self.PASSWORD}).status_code == 302

    def test_revoking_ends_what_a_cookie_opened(self, client, full):
        link, path = link_to(full.market, password=self.PASSWORD)
        client.post(path, {"password": self.PASSWORD})
        assert client.get(path).status_code == 200

        revoke(link=link, by=None)

        assert client.get(path).status_code == 404

    def test_a_form_of_another_site_is_refused_but_its_own_is_taken(self, full):
        from django.test import Client

        careful = Client(enforce_csrf_checks=True)
        _, path = link_to(full.market, password=self.PASSWORD)
        assert careful.post(path, {"password": self.PASSWORD}).status_code == 403
        page = careful.get(path)
        assert page["Referrer-Policy"] == "same-origin"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body_of(page))[1]

        assert careful.post(path, {"password": self.PASSWORD, "csrfmiddlewaretoken": token}).status_code == 302

    @pytest.mark.parametrize("typed", ["", "x" * 500, "\x00", "ø" * 128])
    def test_no_password_makes_a_500(self, client, full, typed):
        _, path = link_to(full.market, password=self.PASSWORD)

        assert client.post(path, {"password": typed}).status_code == 403


def test_only_hashes_are_stored(full):
    link, path = link_to(full.market, password="moat and drawbridge")
    token = path.split("/")[2]

    stored = str(SharedLink.objects.filter(pk=link.pk).values()) + str(list(AuditEvent.objects.values()))

    assert token not in stored
    assert "drawbridge" not in stored
