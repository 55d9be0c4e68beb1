"""Limits on codes of a second factor and on mails that reset a password."""

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, UserFactory


@pytest.fixture(autouse=True)
def ten_o_clock():
    with time_machine.travel("2026-11-29T10:00:00Z", tick=False):
        yield


@pytest.fixture
def ann(db):
    return UserFactory(email="ann@firm.example")


@pytest.fixture
def bob(db):
    return UserFactory(email="bob@firm.example")


def ask_for_reset(email):
    return Client().post(reverse("account_reset_password"), {"email": email})


class TestOtherLimits:
    def test_codes_of_a_second_factor_are_limited_for_each_user(self, client, ops):
        EmailAddress.objects.filter(user=ops).update(verified=True)
        client.post(reverse("account_login"), {"login": ops.email, "password": PASSWORD})

        pages = [client.post(reverse("mfa_authenticate"), {"code": "000000"}) for _ in range(6)]

        assert "This code or passkey is not known" in pages[4].content.decode()
        assert "Too many wrong codes. Try again in 5 minutes." in pages[5].content.decode()

    def test_mails_of_a_password_reset_are_limited_for_each_address_of_a_mailbox(self, ann, bob):
        answers = [ask_for_reset(ann.email) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
        assert answers[-1]["Retry-After"] == "60"
        assert "Wait a minute" in answers[-1].content.decode()
        assert ask_for_reset(bob.email).status_code == 302

    def test_a_known_and_an_unknown_mailbox_are_answered_alike(self, ann):
        known, unknown = ([ask_for_reset(email) for _ in range(4)] for email in (ann.email, "nobody@firm.example"))

        assert [(a.status_code, a.headers.get("Location")) for a in known] == [
            (a.status_code, a.headers.get("Location")) for a in unknown
        ]
