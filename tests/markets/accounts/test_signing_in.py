"""Codes work once, sessions get a new key at sign-in and end with the password."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from markets.models import CachedValue
from tests.factories import PASSWORD, UserFactory
from tests.markets.accounts.second_factors import totp

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW = "a wholly new passphrase"
CLIENTS = 8


def is_in(client):
    return "_auth_user_id" in client.session


def sign_in(user, client=None):
    client = client or Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def is_let_in(client):
    return reverse("account_login") not in client.get("/").headers.get("Location", "")


def send_code(client, code):
    client.post(reverse("mfa_authenticate"), {"code": code})
    return is_in(client)


def sent_at_once(user, code):
    """How many of several browsers with the right password one code lets in."""
    browsers = [sign_in(user) for _ in range(CLIENTS)]
    start = threading.Barrier(CLIENTS)

    def send(browser):
        try:
            start.wait()
            return send_code(browser, code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as threads:
        return list(threads.map(send, browsers)).count(True)


class TestSecondFactor:
    def test_a_code_of_an_app_works_once(self, db):
        user = UserFactory()
        TOTP.activate(user, SECRET)
        first, second, third = (sign_in(user) for _ in range(3))
        code = totp(SECRET)

        assert [is_in(first), send_code(first, code), send_code(second, code)] == [False, True, False]
        cache.clear()
        assert send_code(third, code), "the control: it is the shared cache that remembers it"

    def test_a_recovery_code_works_once(self, db):
        user = UserFactory()
        TOTP.activate(user, SECRET)
        code = RecoveryCodes.activate(user).generate_codes()[3]

        assert [send_code(sign_in(user), code) for _ in range(2)] == [True, False]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers")
class TestAtOnce:
    def test_a_code_of_an_app_works_once(self):
        user = UserFactory()
        TOTP.activate(user, SECRET)

        assert sent_at_once(user, totp(SECRET)) == 1
        assert CachedValue.objects.filter(cache_key__contains="totp").exists()

    def test_a_recovery_code_works_once(self):
        user = UserFactory()
        TOTP.activate(user, SECRET)

        assert sent_at_once(user, RecoveryCodes.activate(user).generate_codes()[0]) == 1


@pytest.mark.promise("P2")
def test_sessions_get_a_new_key_at_sign_in_and_end_with_the_password(db, figure):
    user = UserFactory()
    own, other, planted = Client(), sign_in(user), Client()
    before = planted.session.session_key  # of a session that somebody else has begun in this browser
    sign_in(user, planted)
    sign_in(user, own)
    stayed = sum(is_let_in(client) for client in (own, other, planted))

    own.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    left = sum(is_let_in(client) for client in (own, other, planted))
    assert before
    assert planted.session.session_key != before
    assert (stayed, left) == (3, 0)
    figure(
        f"{left} of 3 sessions outlived a change of the password; signing in gave the session a new key",
        control=f"before the change {stayed} of 3 were let in",
    )
