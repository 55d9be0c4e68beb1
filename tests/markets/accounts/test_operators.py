"""The first steps of an operator: an account without a mail server, and the way from its link into the admin."""

import json
import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from markets.models import AuditEvent, User
from tests.commands import run_command, run_failing
from tests.factories import UserFactory

EMAIL, PASSWORD = "ops@portal.example", "a long passphrase of ops"


@pytest.fixture(autouse=True)
def portal(settings, monkeypatch):
    settings.PORTAL_URL = "https://portal.example"
    monkeypatch.delenv("PORTAL_PASSWORD", raising=False)


def link_in(text):
    return re.search(r"https://portal\.example(/accounts/\S+)", text).group(1)


def test_the_password_comes_from_the_environment(db, client, monkeypatch):
    monkeypatch.setenv("PORTAL_PASSWORD", PASSWORD)

    printed = run_command("create_operator", "Ops@Portal.example")

    assert "ops@portal.example is now an operator." in printed
    assert "/accounts/" not in printed
    user = User.objects.get(email=EMAIL)
    assert user.is_staff
    assert user.is_superuser
    assert EmailAddress.objects.get(user=user).verified
    assert client.login(email=EMAIL, password=PASSWORD)


def test_without_a_password_a_link_sets_it_once_and_leads_to_the_second_factor(db, client):
    link = link_in(run_command("create_operator", EMAIL))

    form = client.get(link, follow=True)
    chosen = client.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    client.post(reverse("account_login"), {"login": EMAIL, "password": PASSWORD})

    assert chosen.status_code == 302
    assert client.get("/admin/").url == reverse("mfa_activate_totp")
    again = client.get(link, follow=True)
    assert "password1" not in again.content.decode()


def test_running_it_again_changes_nothing_and_a_lost_password_gets_a_new_link(db):
    run_command("create_operator", EMAIL)
    before = User.objects.values().get()

    again = run_command("create_operator", EMAIL)
    with_link = json.loads(run_command("create_operator", EMAIL, "--new-link", "--format", "json"))

    assert "is already an operator." in again
    assert "/accounts/" not in again
    assert with_link["link"].startswith("https://portal.example/accounts/")
    assert with_link["created"] is False
    assert User.objects.values().get() == before
    assert AuditEvent.objects.filter(action="operator_created").count() == 1


def test_an_account_of_somebody_else_becomes_an_operators_only_if_told(db):
    member = UserFactory(email=EMAIL)

    error, _ = run_failing("create_operator", EMAIL)
    member.refresh_from_db()
    assert "Give --promote" in error
    assert not member.is_staff

    run_command("create_operator", EMAIL, "--promote")
    member.refresh_from_db()
    assert member.is_staff


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [("ops", "", "“ops” is not an email address."), (EMAIL, "short", "This password is too short.")],
)
def test_what_cannot_be_used_is_refused_and_nobody_is_made(db, monkeypatch, email, password, sentence):
    monkeypatch.setenv("PORTAL_PASSWORD", password)

    error, _ = run_failing("create_operator", email)

    assert sentence in error
    assert not User.objects.exists()
