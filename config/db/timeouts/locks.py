"""How long a migration may wait for the lock of a table.

While an ALTER TABLE waits for a long transaction, every later query of the table queues up behind it: the whole portal
stands still. So it gives up soon, lets the others through, and is tried again.
"""

from django.db import OperationalError, connection

LONGEST_WAIT = "2s"
LOCK_NOT_AVAILABLE = "55P03"


def limit_lock_waits(limit: str) -> None:
    """For this connection from now on; `0` means no limit. Does nothing on SQLite."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [limit])


def is_lock_timeout(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE
