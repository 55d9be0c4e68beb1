"""When sessions end, and how somebody ends them elsewhere."""

import time
from datetime import timedelta
from io import StringIO

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from markets.accounts.sessions import ACTIVE_AT, SIGNED_IN_AT
from tests.factories import PASSWORD
from tests.markets.accounts.second_factors import totp
from tests.test_safe_methods import read_only_database

MINUTES, DAYS = 60, 24 * 3600
PAGE = "/w/acme/"
SIGN_IN = reverse("account_login")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"


def sign_in(client, user, **fields):
    answer = client.post(SIGN_IN, {"login": user.email, "password": PASSWORD, **fields})
    assert client.session.get("_auth_user_id") == str(user.pk), answer
    return client


def age(client, **seconds):
    """As if the session had begun, or been active, so long ago."""
    session = client.session
    for name, ago in seconds.items():
        session[{"signed_in": SIGNED_IN_AT, "active": ACTIVE_AT}[name]] = int(time.time()) - ago
    session.save()


def is_signed_in(client):
    return client.get(PAGE).status_code == 200


@pytest.fixture
def signed_in(client, manager):
    return sign_in(client, manager)


class TestLimits:
    def test_a_session_ends_after_two_hours_without_a_request(self, signed_in):
        age(signed_in, active=119 * MINUTES)
        assert is_signed_in(signed_in)
        age(signed_in, active=121 * MINUTES)

        answer = signed_in.get(PAGE, follow=True)

        assert "You were signed out after 2 hours without activity." in answer.content.decode()
        assert not UserSession.objects.exists()
        assert not is_signed_in(signed_in)

    def test_activity_keeps_it(self, signed_in):
        for _ in range(4):
            age(signed_in, active=100 * MINUTES)
            assert is_signed_in(signed_in)

    def test_who_asked_to_stay_signed_in_may_be_away_for_days(self, client, manager):
        sign_in(client, manager, remember="on")
        age(client, active=10 * DAYS, signed_in=10 * DAYS)

        assert is_signed_in(client)

    @pytest.mark.parametrize("remember", ["on", ""])
    def test_after_two_weeks_everybody_signs_in_again(self, client, manager, remember):
        sign_in(client, manager, remember=remember)
        age(client, signed_in=14 * DAYS + 1)

        assert "you signed in 14 days ago" in client.get(PAGE, follow=True).content.decode()

    def test_staff_is_never_kept(self, client, manager):
        manager.is_staff = True
        manager.save()
        sign_in(client, manager, remember="on")
        age(client, active=121 * MINUTES)

        assert not is_signed_in(client)

    def test_settings_say_how_long(self, signed_in, settings):
        settings.SESSION_IDLE_MINUTES = 15
        age(signed_in, active=16 * MINUTES)

        assert "after 15 minutes without" in signed_in.get(PAGE, follow=True).content.decode()

    @pytest.mark.parametrize(("remember", "age"), [("on", 14 * DAYS), ("", "")])
    def test_the_cookie_ends_with_the_browser_unless_asked_otherwise(self, client, manager, settings, remember, age):
        sign_in(client, manager, remember=remember)

        assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == age

    def test_an_operator_can_do_without_staying_signed_in(self, client, manager, settings):
        assert "Stay signed in on this device for 14 days" in client.get(SIGN_IN).content.decode()
        settings.ACCOUNT_SESSION_REMEMBER = False

        assert "Stay signed in" not in client.get(SIGN_IN).content.decode()
        sign_in(client, manager, remember="on")
        age(client, active=121 * MINUTES)
        assert not is_signed_in(client)

    def test_a_session_from_before_the_limits_starts_with_its_next_page(self, client, manager):
        Client.force_login(client, manager)  # without what the limits keep in the session

        assert is_signed_in(client)
        assert UserSession.objects.get().user == manager
        age(client, active=121 * MINUTES)
        assert not is_signed_in(client)


class TestActivity:
    def writes(self, client):
        with CaptureQueriesContext(connection) as queries:
            assert is_signed_in(client)
        return [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]

    def test_it_is_written_every_five_minutes_not_with_each_page(self, signed_in):
        signed_in.get(PAGE)  # a visit is noted
        assert self.writes(signed_in) == []

        age(signed_in, active=5 * MINUTES)
        UserSession.objects.update(last_seen_at=now() - timedelta(hours=1))
        assert len(self.writes(signed_in)) == 2, "the control: the session and what is shown of it"
        assert now() - UserSession.objects.get().last_seen_at < timedelta(minutes=1)
        assert self.writes(signed_in) == []

    def test_a_prefetch_is_no_activity(self, signed_in):
        age(signed_in, active=30 * MINUTES)

        signed_in.get(PAGE, headers={"Sec-Purpose": "prefetch"})

        assert time.time() - signed_in.session[ACTIVE_AT] >= 30 * MINUTES

    def test_a_database_that_takes_no_writes_shows_the_page(self, signed_in, caplog):
        age(signed_in, active=30 * MINUTES)

        with read_only_database():
            assert is_signed_in(signed_in)
        assert "was not recorded" in caplog.text


class TestEndedFragment:
    def test_htmx_leaves_the_page_for_the_sign_in_page(self, client, workspace):
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/w/acme/calls/?q=lee"}

        answer = client.get("/w/acme/calls/?q=lee&page=2", headers=headers)

        assert answer.status_code == 200
        assert answer.headers["HX-Redirect"] == f"{SIGN_IN}?next=%2Fw%2Facme%2Fcalls%2F%3Fq%3Dlee"
        assert answer.content == b""

    def test_a_post_comes_back_to_the_page_with_its_form(self, client, workspace):
        answer = client.post("/w/acme/review/mail/", headers={"Referer": "http://testserver/w/acme/"})

        assert answer.headers["Location"] == f"{SIGN_IN}?next=%2Fw%2Facme%2F"

    @pytest.mark.parametrize("page", ["https://evil.example/w/acme/", "//evil.example", "javascript:alert(1)", ""])
    def test_a_foreign_page_is_not_come_back_to(self, client, workspace, page):
        answer = client.get(PAGE, headers={"HX-Request": "true", "HX-Current-URL": page})

        assert answer.headers["HX-Redirect"] == SIGN_IN

    def test_a_plain_page_comes_back_to_itself(self, client, workspace):
        assert client.get(PAGE).headers["Location"] == f"{SIGN_IN}?next={PAGE}"


class TestPasswords:
    def test_a_changed_password_ends_all_sessions(self, signed_in, manager):
        elsewhere = sign_in(Client(), manager)
        new = "another long secret"

        signed_in.post(
            reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
        )

        assert not is_signed_in(elsewhere)
        assert not is_signed_in(signed_in)

    def test_a_reset_password_ends_all_sessions(self, signed_in, manager, mailoutbox):
        client = Client()
        client.post(reverse("account_reset_password"), {"email": manager.email})
        link = next(word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word)
        form = client.get(link, follow=True)
        client.post(form.request["PATH_INFO"], {"password1": "another long secret", "password2": "another long secret"})

        assert not is_signed_in(signed_in)


class TestOwnSessions:
    url = reverse("account_sessions")

    def elsewhere(self, user):
        return sign_in(Client(HTTP_USER_AGENT=FIREFOX), user)

    def test_they_are_listed_in_words(self, signed_in, manager):
        self.elsewhere(manager)

        page = signed_in.get(self.url).content.decode()

        assert "Firefox on Linux" in page
        assert "127.0.0.1" in page
        assert page.count("This browser") == 1

    def test_one_is_ended(self, signed_in, manager):
        other, third = self.elsewhere(manager), self.elsewhere(manager)
        row = UserSession.objects.get(session_key=other.session.session_key)

        page = signed_in.post(self.url, {"session": row.pk}, follow=True)

        assert "Signed out there." in page.content.decode()
        assert [is_signed_in(each) for each in (signed_in, other, third)] == [True, False, True]

    def test_all_others_are_ended(self, signed_in, manager):
        others = [self.elsewhere(manager), self.elsewhere(manager)]

        page = signed_in.post(self.url, {"session": "others"}, follow=True)

        assert "Signed out of 2 sessions." in page.content.decode()
        assert [is_signed_in(each) for each in (signed_in, *others)] == [True, False, False]

    @pytest.mark.parametrize("posted", ["", "0", "9" * 30, "x\0", "' OR 1=1"])
    def test_nonsense_ends_nothing(self, signed_in, manager, posted):
        self.elsewhere(manager)

        page = signed_in.post(self.url, {"session": posted}, follow=True)

        assert page.status_code == 200
        assert UserSession.objects.count() == 2

    def test_nobody_ends_somebody_elses(self, signed_in, outsider):
        theirs = self.elsewhere(outsider)
        row = UserSession.objects.get(user=outsider)

        signed_in.post(self.url, {"session": row.pk})
        signed_in.post(self.url, {"session": "others"})

        assert theirs.session.get("_auth_user_id")
        assert UserSession.objects.filter(pk=row.pk).exists()

    def test_what_has_ended_is_not_listed(self, signed_in, manager):
        age(self.elsewhere(manager), active=3 * 3600)

        assert "Firefox" not in signed_in.get(self.url).content.decode()

    def test_strangers_sign_in_first(self, client, db):
        assert client.get(self.url).headers["Location"].startswith(SIGN_IN)


def test_ended_sessions_are_cleared(signed_in, manager):
    idle, expired = sign_in(Client(), manager), sign_in(Client(), manager)
    age(idle, active=3 * 3600)
    Session.objects.filter(session_key=expired.session.session_key).update(expire_date=now() - timedelta(days=1))
    out = StringIO()

    call_command("clear_sessions", stdout=out)

    assert "Cleared 1 expired and 1 ended session" in out.getvalue()
    assert is_signed_in(signed_in)
    assert not SessionStore().exists(idle.session.session_key)
    assert [each.session_key for each in UserSession.objects.all()] == [signed_in.session.session_key]


def test_nobody_is_asked_for_the_password_right_after_signing_in(signed_in):
    page = signed_in.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret

    age(signed_in, signed_in=10 * MINUTES)

    for address in ("mfa_activate_totp", "mfa_add_webauthn"):
        assert signed_in.get(reverse(address)).headers["Location"].startswith(reverse("account_reauthenticate"))
    answer = signed_in.post(reverse("mfa_activate_totp"), {"code": totp(secret)})
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
