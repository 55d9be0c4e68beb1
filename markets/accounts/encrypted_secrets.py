"""The secrets of second factors in the database, and how they are encrypted anew with the current key.

allauth encrypts what it writes through our MFA adapter: the secret of an authenticator app, the seed of recovery codes,
and recovery codes taken over from another system. A passkey's row holds a public key, which is no secret.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from config.db import encryption

ROWS_AT_A_TIME = 200
SECRETS = ("secret", "seed")
LISTS_OF_SECRETS = ("migrated_codes",)


@dataclass
class Rotation:
    """How many second factors were found in which state."""

    rotated: int = 0
    current: int = 0
    unreadable: int = 0

    def figures(self) -> dict[str, object]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


def secrets_of(data: dict[str, Any]) -> list[str]:
    return [data[name] for name in SECRETS if data.get(name)] + [
        each for name in LISTS_OF_SECRETS for each in data.get(name) or []
    ]


def with_secrets(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    single = {name: change(data[name]) for name in SECRETS if data.get(name)}
    lists = {name: [change(each) for each in data[name]] for name in LISTS_OF_SECRETS if data.get(name)}
    return {**data, **single, **lists}


def reencrypt(text: str) -> str:
    return encryption.encrypt(encryption.decrypt(text))


def rotate(*, dry_run: bool = False, model: type[Authenticator] = Authenticator) -> Rotation:
    """Encrypts with the first key whatever is plain or has another key. What is current stays, so that it can be run
    again after an interruption. `model` is for the migration.
    """
    result, last = Rotation(), 0
    while True:
        with transaction.atomic():
            rows = list(model.objects.select_for_update().filter(pk__gt=last).order_by("pk")[:ROWS_AT_A_TIME])
            if not rows:
                return result
            for row in rows:
                _rotate_row(row, result, dry_run)
            last = rows[-1].pk


def _rotate_row(row: Authenticator, result: Rotation, dry_run: bool) -> None:
    texts = secrets_of(row.data)
    if all(map(encryption.is_current, texts)):
        result.current += bool(texts)
        return
    try:
        data = with_secrets(row.data, reencrypt)
    except encryption.UnreadableSecretError:
        result.unreadable += 1
        return
    result.rotated += 1
    if not dry_run:
        row.data = data
        row.save(update_fields=["data"])
