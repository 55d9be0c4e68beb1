"""Failed sign-ins slow whoever guesses: on that account, from there. Everybody else gets in with the right password."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from markets.accounts.sign_in_limits import (
    BY_ACCOUNT,
    BY_ADDRESS,
    BY_BUSY_ADDRESS,
    BY_DEVICE,
    FAILED_FROM_ADDRESS,
    account_key,
    address_key,
    in_words,
)
from markets.models import CachedValue
from tests.factories import PASSWORD, UserFactory

OFFICE, HOME = "203.0.113.9", "198.51.100.20"
SENTENCE = "Too many failed sign-ins. Try again in"
WRONG = "The email address or the password is wrong."


@pytest.fixture(autouse=True)
def ten_o_clock():
    with time_machine.travel("2026-11-29T10:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def ann(db):
    return UserFactory(email="ann@firm.example")


@pytest.fixture
def bob(db):
    return UserFactory(email="bob@firm.example")


def sign_in(email, password=PASSWORD, *, address=OFFICE, client=None):
    """“in”, “wrong” or the sentence that says how long to wait."""
    client = client or Client()
    page = client.post(
        reverse("account_login"), {"login": email, "password": password}, headers={"X-Forwarded-For": address}
    )
    if "_auth_user_id" in client.session:
        return "in"
    text = page.content.decode()  # not its context, in which the test client puts what other threads render
    return "wrong" if WRONG in text else re.search(rf"{SENTENCE}[^<]*", text)[0].strip()


def fail(email, times, *, address=OFFICE):
    return [sign_in(email, f"guess {n}", address=address) for n in range(times)]


def leave(browser):
    """Signs out as people do. The test client's own logout would forget all cookies."""
    browser.post(reverse("account_logout"))
    assert "_auth_user_id" not in browser.session


class TestOneAccount:
    def test_after_five_wrong_passwords_the_right_one_waits_too_and_is_told_how_long(self, ann):
        answers = fail(ann.email, 20)

        assert answers[:5] == ["wrong"] * 5
        assert set(answers[5:]) == {f"{SENTENCE} 15 minutes, or reset your password."}
        assert sign_in(ann.email).startswith(SENTENCE)

    def test_it_ends_by_itself(self, ann, ten_o_clock):
        fail(ann.email, 20)

        ten_o_clock.shift(14 * 60 + 58)
        assert sign_in(ann.email) == f"{SENTENCE} 2 seconds, or reset your password."
        ten_o_clock.shift(2)
        assert sign_in(ann.email) == "in"

    def test_another_spelling_of_the_address_is_no_other_account(self, ann):
        spellings = ["ANN@firm.example", " ann@firm.example ", "Ann@Firm.Example"]

        answers = [sign_in(spellings[n % 3], "guess") for n in range(6)]

        assert answers[:5] == ["wrong"] * 5
        assert answers[5].startswith(SENTENCE)

    def test_nothing_betrays_whether_there_is_such_an_account(self, ann):
        assert fail("nobody@firm.example", 8) == fail(ann.email, 8)

    def test_right_passwords_use_nothing_up(self, ann):
        assert {sign_in(ann.email) for _ in range(3 * BY_ADDRESS.most)} == {"in"}

    def test_a_right_password_does_not_begin_the_count_anew(self, ann):
        fail(ann.email, 4)
        assert sign_in(ann.email) == "in"

        assert fail(ann.email, 2)[-1].startswith(SENTENCE)

    def test_confirming_one_s_password_is_limited_like_signing_in(self, ann, client):
        sign_in(ann.email, client=client)
        url = reverse("account_reauthenticate")

        pages = [client.post(url, {"password": f"guess {n}"}) for n in range(BY_DEVICE.most + 1)]

        assert SENTENCE in pages[-1].content.decode() or pages[-1].status_code == 429


@pytest.mark.promise("P2")
def test_two_hundred_wrong_sign_ins_slow_one_account_from_there_and_nobody_else(ann, bob, figure, monkeypatch):
    checked = fail(ann.email, 200).count("wrong")

    assert checked == BY_ADDRESS.most
    assert sign_in(bob.email) == "in"
    assert sign_in(ann.email, address=HOME) == "in"
    monkeypatch.setattr("markets.accounts.sign_in_limits.Attempt.begin", lambda attempt: 0)
    unlimited = fail("ann@firm.example", 200).count("wrong")
    assert unlimited == 200
    figure(
        f"of 200 guesses at one account {checked} were looked at; a colleague behind the same address and the owner "
        "from another got in at once",
        control=f"without the limit {unlimited}",
    )


class TestOwnerUnderAttack:
    def test_the_owner_s_browser_gets_in_whatever_others_do(self, ann):
        browser = Client()
        assert sign_in(ann.email, client=browser) == "in"
        leave(browser)
        for n in range(30):
            fail(ann.email, 6, address=f"192.0.2.{n}")

        assert sign_in(ann.email, address="192.0.2.1").startswith(SENTENCE)
        assert sign_in(ann.email, address="192.0.2.1", client=browser) == "in"

    def test_from_many_addresses_only_so_many_guesses_are_looked_at(self, ann):
        answers = [answer for n in range(30) for answer in fail(ann.email, 6, address=f"192.0.2.{n}")]

        assert answers.count("wrong") == BY_ACCOUNT.most

    def test_a_password_reset_lets_in_who_reads_the_account_s_mail(self, ann, client):
        for n in range(30):
            fail(ann.email, 6, address=f"192.0.2.{n}")
        assert sign_in(ann.email, address=HOME).startswith(SENTENCE)

        client.post(reverse("account_reset_password"), {"email": ann.email})
        link = next(word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
        form = client.get(link.removeprefix("http://testserver"), follow=True)
        new = "a wholly new passphrase"
        client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})

        assert client.session["_auth_user_id"] == str(ann.pk)
        leave(client)
        assert sign_in(ann.email, new, address=HOME, client=client) == "in"

    def test_a_known_browser_may_guess_no_more_than_ten_times(self, ann):
        browser = Client()
        sign_in(ann.email, client=browser)
        leave(browser)

        answers = [sign_in(ann.email, f"guess {n}", client=browser, address=f"192.0.2.{n}") for n in range(15)]

        assert answers.count("wrong") == BY_DEVICE.most

    def test_a_browser_is_known_for_its_own_accounts_only(self, ann, bob):
        browser = Client()
        sign_in(bob.email, client=browser)
        leave(browser)
        fail(ann.email, 5)

        assert sign_in(ann.email, client=browser).startswith(SENTENCE)

    @pytest.mark.parametrize("forge", [lambda text: f"x{text}", lambda text: text[:-1], lambda text: "a.b", str.upper])
    def test_a_forged_cookie_is_worth_nothing(self, ann, settings, forge):
        browser = Client()
        sign_in(ann.email, client=browser)
        leave(browser)
        name = settings.DEVICE_COOKIE_NAME
        browser.cookies[name] = forge(browser.cookies[name].value)
        fail(ann.email, 5)

        assert sign_in(ann.email, client=browser).startswith(SENTENCE)

    def test_the_cookie_names_nobody(self, ann, settings):
        browser = Client()
        sign_in(ann.email, client=browser)
        cookie = browser.cookies[settings.DEVICE_COOKIE_NAME]

        assert "ann" not in cookie.value
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


class TestManyAccounts:
    @pytest.fixture
    def busy(self, db):
        for n in range(FAILED_FROM_ADDRESS.most):
            sign_in(f"person{n}@firm.example", "guess")

    def test_an_address_that_fails_often_gets_two_guesses_an_hour_at_each_account(self, ann, busy, ten_o_clock):
        checked = 0
        for _ in range(4):
            checked += fail(ann.email, 6).count("wrong")
            ten_o_clock.shift(14 * 60)

        assert checked == BY_BUSY_ADDRESS.most

    def test_the_control_an_address_that_does_not_gets_twenty(self, ann, ten_o_clock):
        checked = 0
        for _ in range(4):
            checked += fail(ann.email, 6).count("wrong")
            ten_o_clock.shift(15 * 60)

        assert checked == 20

    def test_whoever_has_the_right_password_gets_in_behind_it(self, ann, bob, busy):
        assert sign_in(ann.email) == "in"
        assert sign_in(bob.email, "mistyped") == "wrong"
        assert sign_in(bob.email) == "in"

    def test_other_addresses_are_as_before(self, ann, busy):
        assert fail(ann.email, 5, address=HOME) == ["wrong"] * 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers")
def test_the_limit_holds_for_guesses_that_arrive_at_once():
    user = UserFactory(email="ann@firm.example")
    start = threading.Barrier(12)

    def guess(n):
        try:
            start.wait()
            return sign_in(user.email, f"guess {n}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(guess, range(12)))

    assert answers.count("wrong") == BY_ADDRESS.most


def test_a_right_and_a_wrong_address_cost_the_same(ann, monkeypatch):
    hashed, encode = [], MD5PasswordHasher.encode

    def counted(hasher, password, salt):
        hashed.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    costs = []
    for email in (ann.email, "nobody@firm.example"):
        hashed.clear()
        sign_in(email, "guess")
        costs.append(len(hashed))
    assert costs == [1, 1]
    fail(ann.email, 5)
    fail("nobody@firm.example", 5)
    for email in (ann.email, "nobody@firm.example"):
        hashed.clear()
        assert sign_in(email, "guess").startswith(SENTENCE)
        assert hashed == []


def test_the_cache_holds_neither_names_nor_addresses(ann):
    fail(ann.email, 7)
    rows = str(list(CachedValue.objects.values()))

    assert CachedValue.objects.exists()
    assert "ann@" not in rows
    assert OFFICE not in rows


def test_a_network_of_ipv6_is_one_address():
    assert address_key("2001:db8:1:2::5") == address_key("2001:db8:1:2:ffff::9") != address_key("2001:db8:1:3::5")
    assert address_key("203.0.113.9") != address_key("203.0.113.10")


def test_letters_that_find_the_same_user_make_the_same_account():
    assert account_key("Straße@firm.example") == account_key("STRASSE@FIRM.example ")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (90, "90 seconds"), (120, "2 minutes"), (121, "3 minutes"), (3600, "60 minutes")],
)
def test_a_time_to_wait_is_said_in_words(seconds, words):
    assert in_words(seconds) == words
