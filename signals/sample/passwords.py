"""What `demo` and `seed` share: the password of the users they make."""

import os

from django.conf import settings
from django.core.management.base import CommandError

KNOWN_PASSWORD = "client-portal-demo"  # noqa: S105 - printed by the command, and refused on a server


def trial_password() -> str:
    """PORTAL_PASSWORD, or on SQLite a word that everybody knows. On a server without one raises CommandError."""
    given = os.environ.get("PORTAL_PASSWORD", "")
    if not given and not settings.ON_SQLITE:
        raise CommandError(
            "PORTAL_PASSWORD is not set. On a database server sample users do not get the password that everybody "
            "knows: set it to one of your own."
        )
    return given or KNOWN_PASSWORD
