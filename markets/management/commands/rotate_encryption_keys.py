from typing import Any

from django.core.management.base import CommandError, CommandParser

from config.db.encryption import key_fingerprint
from markets.accounts.encrypted_secrets import rotate
from markets.management.command import PortalCommand
from markets.models import AuditAction
from markets.webhooks.services import rotate_encryption
from markets.workspaces.audit import record_event


class Command(PortalCommand):
    help = (
        "Encrypts the secrets of second factors and of webhooks with the first key in ENCRYPTION_KEYS. To replace a "
        "key, put the new one first and leave the former behind it, run this, then drop the former. What has the first "
        "key already stays, so run it again whenever it was interrupted."
    )
    examples = """
        rotate_encryption_keys --dry-run
        ENCRYPTION_KEYS=new,former rotate_encryption_keys
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: object, dry_run: bool, **options: Any) -> None:
        result, webhooks = rotate(dry_run=dry_run), rotate_encryption(dry_run=dry_run)
        done = "to encrypt anew" if dry_run else "encrypted anew"
        text = " ".join(
            f"{name}: {each.rotated:,} {done}, {each.current:,} already with key {key_fingerprint()}, "
            f"{each.unreadable:,} unreadable."
            for name, each in (("Second factors", result), ("Webhooks", webhooks))
        )
        self.report(
            text, options, **result.figures(), webhooks=webhooks.figures(), key=key_fingerprint(), dry_run=dry_run
        )
        if result.rotated and not dry_run:
            summary = f"Encrypted {result.rotated:,} second factors with another key"
            record_event(workspace=None, user=None, action=AuditAction.ENCRYPTION_KEYS_ROTATED, summary=summary)
        if result.unreadable:
            raise CommandError(
                f"No key in ENCRYPTION_KEYS, SECRET_KEY or SECRET_KEY_FALLBACKS reads {result.unreadable:,} second "
                "factors. Add the key that they were written with, or reset them under Users in the admin."
            )
        if webhooks.unreadable:
            raise CommandError(
                f"No key reads the secrets of {webhooks.unreadable:,} webhooks. Add the key that they were written "
                "with, or let a manager make a new secret on the webhook's page."
            )
