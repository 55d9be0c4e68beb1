"""Updates PostgreSQL's statistics of tables. SQLite keeps none.

ANALYZE locks each table until the transaction ends. Two transactions that had each analyzed a table of the other's list
would wait for each other forever, so only one may analyze at a time.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Model

from config.db.advisory_locks import lock_exclusively, try_to_lock_exclusively
from config.db.bulk import on_postgresql

GROWTH = 1000
"""Statistics of a table are useless once it has so many times as many rows."""
LOCK = "analyze"


def analyze_grown_tables(written: int, models: Iterable[type[Model]]) -> None:
    """Updates the statistics of tables that had next to no rows before so many were `written`, unless another
    transaction analyzes. Until autovacuum does so, minutes later, PostgreSQL would plan for empty tables."""
    if not on_postgresql():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE oid = ANY(%s::regclass[]) AND reltuples * %s < %s",
            [_tables(models), GROWTH, written],
        )
        grown = [table for (table,) in cursor.fetchall()]
        if grown and try_to_lock_exclusively(LOCK, 0):
            cursor.execute(f"ANALYZE {', '.join(grown)}")


def analyze(models: Iterable[type[Model]]) -> None:
    """Updates the statistics of tables, with the rows that this transaction has written. Waits until any other
    transaction that analyzes has ended."""
    if on_postgresql():
        lock_exclusively(LOCK, 0)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(_tables(models))}")


def _tables(models: Iterable[type[Model]]) -> list[str]:
    return [connection.ops.quote_name(model._meta.db_table) for model in models]
