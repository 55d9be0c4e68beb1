"""The password of the users that `demo` and `seed` create."""

import os

from django.conf import settings
from django.core.management.base import CommandError

KNOWN_PASSWORD = "client-portal-demo"  # noqa: S105 - printed by the command, and refused on a server


def sample_password() -> str:
    """PORTAL_PASSWORD, or on SQLite a publicly known default. Raises CommandError on a server without the variable."""
    password = os.environ.get("PORTAL_PASSWORD", "")
    if not password and not settings.ON_SQLITE:
        raise CommandError(
            "PORTAL_PASSWORD is not set. On a database server sample users do not get the password that everybody "
            "knows: set it to one of your own."
        )
    return password or KNOWN_PASSWORD
