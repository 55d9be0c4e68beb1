from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils.timezone import now
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from config.db import encryption
from markets.models import Webhook
from markets.webhooks.courier import Courier
from markets.webhooks.messages import headers_of
from markets.webhooks.services import rotate_encryption, rotate_secret, send_test
from tests.commands import run_command, run_failing


class PublishedEvent:
    message_id = "msg_p5jXN8AQM9LWM0D4loKWxJek"


@time_machine.travel(datetime.fromtimestamp(1614265330, tz=UTC), tick=False)
def test_the_signature_is_that_of_the_published_example():
    """From the tests that all libraries of Standard Webhooks share."""
    webhook = Webhook(secret=encryption.encrypt("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))

    headers = headers_of(webhook, PublishedEvent, '{"test": 2432232314}')

    assert headers["webhook-id"] == PublishedEvent.message_id
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_verifies_what_it_gets(receiver, make_webhook):
    webhook = make_webhook(receiver.url)
    send_test(webhook)

    Courier().run_once()

    (got,) = receiver.received
    assert Verifier(webhook.plain_secret).verify(got.body, got.headers) == got.message
    assert (got.message["type"], got.message["data"]) == ("webhook.test", {"webhook": webhook.pk})
    assert got.headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Verifier(webhook.plain_secret).verify(got.body + b" ", got.headers)


def test_after_a_rotation_both_secrets_verify_for_a_day(receiver, make_webhook):
    webhook = make_webhook(receiver.url)
    new = rotate_secret(webhook=webhook, by=None)
    webhook.refresh_from_db()
    body, event = "{}", PublishedEvent

    headers = headers_of(webhook, event, body)
    for secret in (webhook.plain_secret, new):
        Verifier(secret).verify(body, headers)

    webhook.former_secret_until = now() - timedelta(seconds=1)
    with pytest.raises(WebhookVerificationError):
        Verifier(webhook.plain_secret).verify(body, headers_of(webhook, event, body))


def test_secrets_are_encrypted_in_the_database(webhook):
    stored = Webhook.objects.get()

    assert encryption.is_current(stored.secret)
    assert webhook.plain_secret not in stored.secret
    assert encryption.decrypt(stored.secret) == webhook.plain_secret


def test_a_secret_that_no_key_reads_is_a_failed_attempt(receiver, make_webhook, settings):
    webhook = make_webhook(receiver.url)
    send_test(webhook)
    settings.SECRET_KEY = "another " * 10

    Courier().run_once()

    assert "No encryption key reads the secret" in webhook.deliveries.get().problem
    assert receiver.received == []


def test_secrets_are_encrypted_anew_when_the_key_is_replaced(webhook, settings):
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another " * 10
    settings.SECRET_KEY_FALLBACKS = [former]
    rotate_secret(webhook=webhook, by=None)

    assert rotate_encryption(dry_run=True).rotated == 1
    assert "Webhooks: 1 encrypted anew" in run_command("rotate_encryption_keys")

    settings.SECRET_KEY_FALLBACKS = []
    webhook.refresh_from_db()
    assert encryption.decrypt(webhook.former_secret) == webhook.plain_secret
    assert rotate_encryption().current == 1

    settings.SECRET_KEY = "a third " * 10
    error, _ = run_failing("rotate_encryption_keys")
    assert "No key reads the secrets of 1 webhooks" in error
