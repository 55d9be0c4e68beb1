"""How long a page may keep the database busy or wait for it. Whoever serves pages is held to it (config/wsgi.py): a
statement that ran away, or waits for somebody who does not come back, would hold up everybody else. Commands take the
time that they need."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import InterfaceError, OperationalError, connection

LIMITS = {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "15s"}
"""By PostgreSQL's names. On SQLite writers wait for each other as long as the settings say."""
OPTIONS = " ".join(f"-c {name}={value}" for name, value in LIMITS.items())
SET_LIMIT = "SELECT set_config('statement_timeout', %s, false)"


def is_in_the_way(error: BaseException | None) -> bool:
    """Whether the database did not answer in time, or was not there, which passes. SQLite calls all its faults so."""
    if connection.vendor == "sqlite":
        return isinstance(error, OperationalError) and "locked" in str(error)
    return isinstance(error, (InterfaceError, OperationalError))


@contextmanager
def taking_its_time() -> Iterator[None]:
    """For what is no page, though a request asks for it: an export reads as many rows as there are."""
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
        with suppress(InterfaceError, OperationalError), connection.cursor() as cursor:  # a lost one is not used again
            cursor.execute(SET_LIMIT, limit)
