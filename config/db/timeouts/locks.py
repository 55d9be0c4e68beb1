"""How long a migration may wait for the lock of a table.

While an ALTER TABLE waits for a long transaction, every later query of the table queues up behind it: the whole portal
stands still. So it gives up soon, lets the others through, and is tried again.
"""

from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from psycopg.pq import TransactionStatus

SET_LIMIT = "SET LOCAL lock_timeout = '2s'"
LOCK_NOT_AVAILABLE = "55P03"


def limit_lock_waits(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """As `execute_wrapper` takes it: limits each transaction with its first statement. Set for the session, the limit
    would stay on a connection that a pooler gives to others."""
    database = context["connection"]
    is_in_transaction = database.vendor == "postgresql" and database.in_atomic_block
    if is_in_transaction and database.connection.info.transaction_status == TransactionStatus.IDLE:
        database.connection.execute(SET_LIMIT)
    return execute(sql, params, many, context)


def is_lock_timeout(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE
