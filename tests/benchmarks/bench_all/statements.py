"""What a page asks of the database: its statements, and the time, the rows and the buffers of each."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Statement:
    sql: str
    milliseconds: float
    rows: int
    buffers: int


class Recorder:
    """Takes down the statements that are run, and explains those that only read."""

    def __init__(self) -> None:
        self.run: list[tuple[str, object]] = []
        self.known: dict[tuple[str, str], Statement] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        self.run = []
        with connection.execute_wrapper(self._note):
            yield

    def _note(self, execute, sql, parameters, many, context):
        self.run.append((sql, parameters))
        return execute(sql, parameters, many, context)

    def explained(self) -> list[Statement]:
        """What every page asks, such as who is signed in, is explained once."""
        return [self._explain(sql, parameters) for sql, parameters in self.run if _reads(sql)]

    def _explain(self, sql: str, parameters: object) -> Statement:
        key = sql, repr(parameters)
        if key not in self.known:
            self.known[key] = explain(sql, parameters)
        return self.known[key]


def _reads(sql: str) -> bool:
    return sql.lstrip("( ").startswith(("SELECT", "WITH")) and " FOR " not in sql[-80:]


def explain(sql: str, parameters: object) -> Statement:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", parameters)
        (answer,) = cursor.fetchone()
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]
    time = plan["Execution Time"] + plan["Planning Time"]
    top = plan["Plan"]
    return Statement(sql, time, _rows_read(top), top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def _rows_read(node) -> int:
    """Rows that scans of tables looked at, also those that a filter left out."""
    own = 0
    if "Relation Name" in node:
        looked_at = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        looked_at += node.get("Rows Removed by Index Recheck", 0)
        own = round(looked_at * node["Actual Loops"])
    return own + sum(_rows_read(each) for each in node.get("Plans", ()))


def barest(table: str, workspace: int) -> float:
    """Milliseconds of counting the rows of a list and fetching the first 25, without filter, order and relations."""
    quoted = connection.ops.quote_name(table)
    counted = f"SELECT count(*) FROM {quoted} WHERE workspace_id = %s"  # noqa: S608 - the name of a model's table
    fetched = f"SELECT * FROM {quoted} WHERE workspace_id = %s ORDER BY id LIMIT 25"  # noqa: S608
    return sum(min(explain(sql, [workspace]).milliseconds for _ in range(3)) for sql in (counted, fetched))
