"""Thousands of rows at once, where the ORM would cost more than the rows: COPY on PostgreSQL, executemany on SQLite."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache, partial
from itertools import batched
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils.timezone import now

Statement = tuple[str, Sequence[Any]]
"""SQL and its parameters."""
Part = str | tuple[Any, ...]
"""Values of columns that follow each other, as `insert` writes them."""
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"'})
NEXT_IDS = """
    WITH found AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS ids)
    SELECT nextval(ids) FROM found, generate_series(1, %s)
"""
TUNING = """
    -- Checked at once: those of a whole dry run would wait in memory.
    SET CONSTRAINTS ALL IMMEDIATE;
    -- Thousands of keys are looked up in the index: the planner would rather read a table of a million through.
    SET LOCAL enable_seqscan = off;
    -- A crash may take back the last chunks, their checkpoints with them. The end of the job waits for the disk.
    SET LOCAL synchronous_commit = off
"""
OUTGROWN = 1000
"""How many times as many rows as PostgreSQL last saw make a table another one."""


@cache  # asked for each row
def on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def moment(value: datetime | None) -> Any:
    """A moment as `insert` takes it; None stays so."""
    return value if on_postgresql() else connection.ops.adapt_datetimefield_value(value)


def database_now() -> str:
    """This moment, as `insert` and `update` take it."""
    return str(moment(now()))


def part(values: Sequence[Any]) -> Part:
    """The end of a row, made beside the database so that whoever writes the row need not make it."""
    return _line(values) if on_postgresql() else tuple(values)


def whole(start: Sequence[Any], rest: Part) -> Part:
    """A row of which the end was made before."""
    return f"{_line(start)}\t{rest}" if isinstance(rest, str) else (*start, *rest)


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Part | Sequence[Any]]) -> None:
    """Writes rows whose values are as the database takes them; every column without a default must be given."""
    names = ", ".join(map(connection.ops.quote_name, columns))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if not on_postgresql():
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", list(rows))  # noqa: S608
            return

        def copy(sql: str, *_: Any) -> None:
            with connection.wrap_database_errors, cursor.copy(sql) as copying:
                for some in batched(rows, 250):  # few enough for the database to begin at once
                    lines = [each if isinstance(each, str) else _line(each) for each in some]
                    copying.write("\n".join([*lines, ""]))

        for wrapper in reversed(connection.execute_wrappers):  # whoever hears of statements hears of this one, too
            copy = partial(wrapper, copy)
        copy(f"COPY {table} ({names}) FROM STDIN", None, False, {"connection": connection, "cursor": cursor})


def _line(row: Sequence[Any]) -> str:
    """Values in COPY's text format: written here in a third of the time that the driver takes."""
    line = "\t".join(["\\N" if value is None else str(value) for value in row])
    if line.count("\\") != row.count(None) or "\n" in line or "\r" in line or line.count("\t") >= len(row):
        line = "\t".join(["\\N" if value is None else str(value).translate(ESCAPED) for value in row])
    return line


def select(
    model: type[Model], columns: Sequence[str], *, among: str, values: Collection[Any], **where: Any
) -> list[tuple[Any, ...]]:
    """The columns of the rows whose `among` is one of the values and whose other columns are as given.

    A text is looked for only where it is not blank, as the partial indexes ask.
    """
    if not values:
        return []
    quote = connection.ops.quote_name
    is_text = isinstance(next(iter(values)), str)
    is_among, parameter = one_of(values, "text" if is_text else "bigint")
    conditions = [f"{quote(name)} = %s" for name in where]
    if is_text:
        conditions.append(f"{quote(among)} <> ''")
    conditions.append(f"{quote(among)} {is_among}")
    return _fetched(
        f"SELECT {', '.join(map(quote, columns))} FROM {quote(model._meta.db_table)} WHERE {' AND '.join(conditions)}",  # noqa: S608
        [*where.values(), parameter],
    )


def without(
    model: type[Model], *, among: str, values: Collection[int], or_with: str = "", **where: Any
) -> tuple[set[int], set[int]]:
    """Those of the values for which there is no row whose other columns are as given, and those whose row has something
    in the column `or_with`: the answer is short where both are few."""
    if not values:
        return set(), set()
    quote = connection.ops.quote_name
    place, parameter = wanted(values, "bigint")
    source = f"unnest({place}) AS wanted(value)" if on_postgresql() else f"{place} AS wanted"
    conditions = [f"kept.{quote(name)} = %s" for name in where] + [f"kept.{quote(among)} = wanted.value"]
    is_missing = f"kept.{quote(among)} IS NULL"
    found = _fetched(
        f"SELECT value, {is_missing} FROM {source} "  # noqa: S608
        f"LEFT JOIN {quote(model._meta.db_table)} AS kept ON {' AND '.join(conditions)} "
        f"WHERE {is_missing}{f' OR kept.{quote(or_with)} IS NOT NULL' if or_with else ''}",
        [parameter, *where.values()],
    )
    missing = {value for value, is_missing in found if is_missing}
    return missing, {value for value, is_missing in found if not is_missing}


def wanted(values: Collection[Any], kind: str) -> tuple[str, Any]:
    """Thousands of values as one parameter: a place for it in SQL, and the parameter."""
    if on_postgresql():
        return f"%s::{kind}[]", _array(values)
    return "json_each(%s)", json.dumps(list(values))


def _array(values: Collection[Any]) -> str:
    """Values, none of them null, as one text: written and read in a third of the time of the list that the driver
    makes of them."""
    line = '","'.join(map(str, values))
    if "\\" in line or line.count('"') > 2 * (len(values) - 1):
        line = '","'.join(str(value).translate(QUOTED) for value in values)
    return f'{{"{line}"}}' if values else "{}"


def one_of(values: Collection[Any], kind: str = "bigint") -> tuple[str, Any]:
    """What follows a column of which the value is to be among thousands: in SQL, and its parameter."""
    place, parameter = wanted(values, kind)
    return (f"= ANY({place})" if on_postgresql() else f"IN (SELECT value FROM {place})"), parameter  # noqa: S608


def execute(cursor: Any, statement: Statement, *, besides: Statement | None) -> None:
    """Executes a statement, and before it another that changes rows of another table: on PostgreSQL as one, in which
    neither sees what the other changes."""
    sql, parameters = statement
    if besides and on_postgresql():
        cursor.execute(f"WITH besides AS ({besides[0]}) {sql}", [*besides[1], *parameters])
        return
    if besides:
        cursor.execute(*besides)
    cursor.execute(sql, parameters)


def differ(one: str, other: str) -> str:
    """SQL that says whether two expressions are not alike; two nulls are."""
    return f"{one} {'IS DISTINCT FROM' if on_postgresql() else 'IS NOT'} {other}"


def differs(names: Iterable[str], kept: str, found: str) -> str:
    """SQL that says whether any column of one table is otherwise in another."""
    return " OR ".join(differ(f"{kept}.{name}", f"{found}.{name}") for name in names)


def _fetched(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def new_ids(model: type[Model], count: int) -> Sequence[int]:
    """Ids for rows that are inserted in this transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if on_postgresql():
            cursor.execute(NEXT_IDS, [table, count])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])  # nobody else writes meanwhile
        row = cursor.fetchone()
        last = row[0] if row else 0
        return range(last + 1, last + 1 + count)


def update(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], **same: Any) -> None:
    """Sets text columns of rows by their id, which is the first of each row's values, and others alike for all."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    constants = [f"{quote(name)} = %s" for name in same]
    with connection.cursor() as cursor:
        if on_postgresql():
            changes = [f"{quote(name)} = given.{quote(name)}" for name in columns]
            names = ", ".join(map(quote, ["id", *columns]))
            arrays = ", ".join(["%s::bigint[]", *["%s::text[]"] * len(columns)])
            cursor.execute(
                f"UPDATE {table} SET {', '.join([*constants, *changes])} "  # noqa: S608
                f"FROM unnest({arrays}) AS given({names}) WHERE {table}.id = given.id",
                [*same.values(), *map(_array, zip(*rows, strict=True))],
            )
            return
        changes = [f"{quote(name)} = %s" for name in columns]
        cursor.executemany(
            f"UPDATE {table} SET {', '.join([*constants, *changes])} WHERE id = %s",  # noqa: S608
            [[*same.values(), *values, key] for key, *values in rows],
        )


def tune_transaction() -> None:
    """What PostgreSQL needs to know of a transaction that writes thousands of rows and is followed by more like it."""
    if on_postgresql():
        with connection.cursor() as cursor:
            cursor.execute(TUNING)


@contextmanager
def without_nested_loops() -> Iterator[None]:
    """For a statement that joins thousands of rows inside a transaction: PostgreSQL, which may know nothing yet of a
    campaign that is being filled, would take them for one row each and compare every one with every other."""
    if not on_postgresql():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


@contextmanager
def read_snapshot() -> Iterator[None]:
    """What is read inside was so at one moment, while others go on writing; nothing is written inside."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and on_postgresql():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def keep_plans_right(written: int, models: Iterable[type[Model]]) -> None:
    """Tells PostgreSQL what tables hold of which it saw next to nothing of the rows that were `written`: until it looks
    by itself it would go on planning for the empty ones."""
    if not on_postgresql():
        return
    tables = [connection.ops.quote_name(model._meta.db_table) for model in models]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE oid = ANY(%s::regclass[]) AND reltuples * %s < %s",
            [tables, OUTGROWN, written],
        )
        if outgrown := [table for (table,) in cursor.fetchall()]:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(outgrown)}")
