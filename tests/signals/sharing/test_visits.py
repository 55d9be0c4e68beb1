"""Visits of shared links are counted in the audit log, and passwords are asked for and throttled."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from campaigns.models import SharedLink
from markets.models import AuditEvent
from signals.sharing.links import PASSWORDS_PER_QUARTER, VISITS_PER_MINUTE, revoke
from tests.signals.sharing.shared import CANARIES, body_of, link_to
from tests.test_safe_methods import read_only_database


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

    def test_looking_at_the_form_is_no_attempt(self, client, full):
        _, path = link_to(full.market, password=self.PASSWORD)

        for _ in range(PASSWORDS_PER_QUARTER + 1):
            client.get(path)

        assert client.post(path, {"password": self.PASSWORD}).status_code == 302

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
