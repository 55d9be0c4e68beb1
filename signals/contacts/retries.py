"""Retrying a transaction that does not wait for a contact's lock."""

from django.db import OperationalError

RETRY_DELAYS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between attempts while another transaction writes to a contact."""
LOCK_NOT_AVAILABLE = "55P03"
DEADLOCK_DETECTED = "40P01"


def is_lock_not_available(error: OperationalError) -> bool:
    """Whether PostgreSQL refused a lock that NOWAIT asked for. SQLite has no row locks."""
    return getattr(error.__cause__, "sqlstate", "") == LOCK_NOT_AVAILABLE


def may_be_retried(error: OperationalError) -> bool:
    """Whether PostgreSQL took back the transaction because of another one that is over soon."""
    return is_lock_not_available(error) or getattr(error.__cause__, "sqlstate", "") == DEADLOCK_DETECTED
