"""A delivery as the signed message of Standard Webhooks."""

import json
from base64 import b64encode
from datetime import datetime
from secrets import token_bytes

from django.utils.timezone import now
from standardwebhooks import Webhook as Signer

from config.db import encryption
from markets.models import Webhook, WebhookEvent

SECRET_PREFIX = "whsec_"  # noqa: S105 - only how a secret begins
USER_AGENT = "Client-Portal-Webhooks"


def new_secret() -> str:
    return SECRET_PREFIX + b64encode(token_bytes(32)).decode()


def body_of(event: WebhookEvent) -> str:
    message = {"type": event.kind, "timestamp": event.happened_at.isoformat(), "data": event.data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def headers_of(webhook: Webhook, event: WebhookEvent, body: str) -> dict[str, str]:
    """Raises UnreadableSecretError."""
    at = now()
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": event.message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(
            Signer(secret).sign(event.message_id, at, body) for secret in signing_secrets(webhook, at)
        ),
    }


def signing_secrets(webhook: Webhook, at: datetime) -> list[str]:
    """The secret and, for a day after its rotation, the former one."""
    stored = [webhook.secret]
    if webhook.former_secret_until and webhook.former_secret_until > at:
        stored.append(webhook.former_secret)
    return [encryption.decrypt(each) for each in stored]
