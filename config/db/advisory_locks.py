"""Locks on something that is no row, such as all rules of a workspace. They last until the transaction ends."""

from django.db import connection

from config.db.bulk import on_postgresql


def lock_exclusively(name: str, key: int) -> None:
    """Waits until no other transaction has the lock, shared or not."""
    _lock("pg_advisory_xact_lock", name, key)


def lock_shared(name: str, key: int) -> None:
    """Waits until no other transaction has the lock exclusively."""
    _lock("pg_advisory_xact_lock_shared", name, key)


def try_to_lock_exclusively(name: str, key: int) -> bool:
    """Does not wait: says whether the lock was to be had."""
    return _lock("pg_try_advisory_xact_lock", name, key) is True


def _lock(function: str, name: str, key: int) -> object:
    if not on_postgresql():  # SQLite has one writer at a time
        return True
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtext(%s), %s)", [name, key % 2**31])
        return cursor.fetchone()[0]
