"""Limits on the time that a page's statements, lock waits and idle transactions may take. They apply to processes that
serve pages (config/wsgi.py), where one runaway statement or forgotten lock would hold up everybody else. Commands have
no limits."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import InterfaceError, OperationalError, connection

LIMITS = {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "15s"}
"""PostgreSQL settings. On SQLite, writers wait for each other as long as the Django settings say."""
OPTIONS = " ".join(f"-c {name}={value}" for name, value in LIMITS.items())
SET_LIMIT = "SELECT set_config('statement_timeout', %s, false)"


def is_transient(error: BaseException | None) -> bool:
    """True for errors that pass by themselves, such as a timeout or a lost connection. SQLite reports every operational
    error this way, so only its locks count."""
    if connection.vendor == "sqlite":
        return isinstance(error, OperationalError) and "locked" in str(error)
    return isinstance(error, (InterfaceError, OperationalError))


@contextmanager
def without_statement_timeout() -> Iterator[None]:
    """For requests that are more than a page, such as exports, which read as many rows as there are."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        limit = cursor.fetchone()
        cursor.execute(SET_LIMIT, ["0"])
    try:
        yield
    finally:
        with (
            suppress(InterfaceError, OperationalError),
            connection.cursor() as cursor,
        ):  # the connection may be lost
            cursor.execute(SET_LIMIT, limit)
