"""What lifts the limits of a page (config/db/session.py), and which errors pass by themselves."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections, transaction

from config.db.timeouts import stalls

LIFTED = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "5min"}
"""Whoever takes an export may be slow to read it. Who does not read at all for so long has gone."""

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
def without_statement_timeout(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """A transaction for requests that are more than a page, such as exports, which read as many rows as there are.

    The limits are lifted for this transaction only: set for the session, they would stay so on a connection that a
    pooler gives to others.
    """
    database = connections[using]
    if database.vendor != "postgresql":
        yield
        return
    with transaction.atomic(using=using), database.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join('current_setting(%s)' for _ in LIFTED)}", list(LIFTED))
        limits = dict(zip(LIFTED, cursor.fetchone(), strict=True))
        _set(cursor, LIFTED)
        with stalls.unlimited():
            yield
        _set(cursor, limits)  # a transaction around this one goes on


def _set(cursor: Any, limits: Mapping[str, str]) -> None:
    """Until the transaction ends."""
    for name, limit in limits.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, limit])
