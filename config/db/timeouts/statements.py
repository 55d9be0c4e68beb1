"""Limits on the time that a page's statements, lock waits and idle transactions may take. They apply to processes that
serve pages (config/wsgi.py), where one runaway statement or forgotten lock would hold up everybody else. Commands have
no limits."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC

import psycopg
from django.db import InterfaceError, OperationalError, connection

from config.db.timeouts import stalls

LIMITS = {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "15s"}
"""PostgreSQL settings. On SQLite, writers wait for each other as long as the Django settings say."""
OPTIONS: str = " ".join(f"-c {name}={value}" for name, value in LIMITS.items())
SET_LIMIT = "SELECT set_config('statement_timeout', %s, false)"


READ_ONLY, DISK_FULL = "25006", "53100"
"""PostgreSQL's codes for a write in a read-only transaction, as on a standby, and for a disk without space."""
SQLITE_DISK_ERRORS = ("disk is full", "disk I/O error")


def is_transient(error: BaseException | None) -> bool:
    """True for errors that pass by themselves or by the operator, such as a timeout, a lost connection or a full disk.

    SQLite reports every operational error this way, so only its locks and its disk count.
    """
    if is_disk_full(error) or _sqlstate(error) == READ_ONLY:
        return True
    if connection.vendor == "sqlite":
        return isinstance(error, OperationalError) and "locked" in str(error)
    # The driver's own come from where Django does not translate them, such as the return of a connection to the pool.
    return isinstance(error, (InterfaceError, OperationalError, psycopg.InterfaceError, psycopg.OperationalError))


def is_disk_full(error: BaseException | None) -> bool:
    """Of the database, or of the portal's own files."""
    if isinstance(error, OSError):
        return error.errno in (ENOSPC, EDQUOT)
    if isinstance(error, OperationalError) and connection.vendor == "sqlite":
        return any(words in str(error) for words in SQLITE_DISK_ERRORS)
    return _sqlstate(error) == DISK_FULL


def _sqlstate(error: BaseException | None) -> str | None:
    return getattr(getattr(error, "__cause__", None), "sqlstate", None)


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
        with stalls.unlimited():
            yield
    finally:
        with (
            suppress(InterfaceError, OperationalError),
            connection.cursor() as cursor,
        ):  # the connection may be lost
            cursor.execute(SET_LIMIT, limit)
