import pytest
from django.core import mail

from tests.commands import run_command, run_failing


@pytest.fixture(autouse=True)
def portal(settings):
    settings.PORTAL_URL = "https://portal.example"


def test_a_test_mail_says_who_took_it():
    printed = run_command("send_test_mail", "ann@acme.example")

    (message,) = mail.outbox
    assert message.to == ["ann@acme.example"]
    assert "https://portal.example" in message.body
    assert "took the mail from Client Portal <portal@localhost> to ann@acme.example." in printed


def test_a_server_that_cannot_be_reached_is_named(settings):
    options = {"host": "127.0.0.1", "port": 9, "timeout": 1}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}

    error, _ = run_failing("send_test_mail", "ann@acme.example")

    assert "The server 127.0.0.1:9 did not take the mail:" in error
    assert "Check EMAIL_URL" in error


def test_what_is_no_address_is_refused():
    error, _ = run_failing("send_test_mail", "ann")

    assert error == "“ann” is not an email address."
    assert not mail.outbox
