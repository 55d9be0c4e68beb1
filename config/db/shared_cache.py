"""Django's database cache, made exact: what is counted in it holds for all server processes."""

import base64
import itertools
import pickle
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.utils.timezone import now

UPSERT = """
    INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s)
    ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires {condition}
    RETURNING cache_key"""
CHANGE = "UPDATE {table} SET value = %s WHERE cache_key = %s AND value = %s RETURNING cache_key"
CULL = """
    DELETE FROM {table} WHERE cache_key IN (
        SELECT cache_key FROM {table} WHERE expires < %s ORDER BY expires LIMIT 1000 {skip_locked})"""
writes = itertools.count(1)


class SharedCache(DatabaseCache):
    """Counts exactly and forgets nothing early.

    Django's own reads and then writes, so that two processes that count at once count one, and two that add an expired
    key both succeed. When it is full it deletes what has not expired: whoever fills it with failed sign-ins would end
    the limits of others. Here each write is one statement, and only expired rows go, every `CULL_EVERY` writes. No row
    stays locked for longer than its statement.
    """

    def __init__(self, table: str, params: dict[str, Any]):
        super().__init__(table, params)
        self.table = connection.ops.quote_name(table)
        self.cull_every = params.get("OPTIONS", {}).get("CULL_EVERY", 200)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        condition = f"WHERE {self.table}.expires < %s"
        return self._write(UPSERT, *self._row(key, value, timeout, version), self._now(), condition=condition)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._write(UPSERT, *self._row(key, value, timeout, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Raises ValueError for a key that is not there. Repeats when another process has counted in between; of all
        that count at once, one succeeds with each round."""
        name = self.make_and_validate_key(key, version=version)
        while (value := self.get(key, version=version)) is not None:
            counted: int = value + delta
            if self._write(CHANGE, _encode(counted), name, _encode(value)):
                return counted
        raise ValueError(f"Key '{key}' not found")

    def _row(self, key: Any, value: Any, timeout: Any, version: int | None) -> tuple[str, str, Any]:
        expires = self.get_backend_timeout(timeout)
        moment = datetime.max.replace(tzinfo=UTC) if expires is None else datetime.fromtimestamp(expires, UTC)
        return self.make_and_validate_key(key, version=version), _encode(value), self._adapt(moment)

    def _now(self) -> Any:
        return self._adapt(now())

    def _adapt(self, moment: datetime) -> Any:
        return connection.ops.adapt_datetimefield_value(moment.replace(microsecond=0))

    def _write(self, statement: str, *values: Any, condition: str = "") -> bool:
        """True if a row was written."""
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=self.table, condition=condition), values)
            is_written = cursor.fetchone() is not None
            if self.cull_every and next(writes) % self.cull_every == 0:
                skip = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
                cursor.execute(CULL.format(table=self.table, skip_locked=skip), [self._now()])
        return is_written


def _encode(value: Any) -> str:
    """As Django's database cache stores it, which reads it."""
    return base64.b64encode(pickle.dumps(value, pickle.HIGHEST_PROTOCOL)).decode("ascii")
