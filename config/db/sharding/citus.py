"""Whether Citus could distribute the tables by workspace, and the statements that would do so.

The rules are those of its documentation (SQL support, create_distributed_table, foreign keys), read from the catalogue
of this database: docs/scale.md says what was tried and what was not.
"""

from collections.abc import Collection, Iterator
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

COLUMN = "workspace_id"
"""By which tables are distributed."""

TABLES = """
    SELECT relname, relhasrules, relkind = 'r' AND relhassubclass,
        a.attnotnull, format_type(a.atttypid, a.atttypmod), a.attgenerated <> '' OR a.attidentity <> ''
    FROM pg_class c LEFT JOIN pg_attribute a ON attrelid = c.oid AND attname = %s AND NOT attisdropped
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace"""
UNIQUE_INDEXES = """
    SELECT indrelid::regclass::text, indexrelid::regclass::text, indisprimary, indisreplident,
        array(SELECT attname::text FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY(indkey::int2[]))
    FROM pg_index JOIN pg_class c ON c.oid = indrelid
    WHERE (indisunique OR indisexclusion) AND relkind IN ('r', 'p') AND NOT relispartition
        AND relnamespace = 'public'::regnamespace"""
FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, confrelid::regclass::text, conname, confdeltype IN ('n', 'd')
        OR confupdtype IN ('n', 'd', 'c'),
        array(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY k(num, place)
            JOIN pg_attribute ON attrelid = conrelid AND attnum = num ORDER BY place),
        array(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY k(num, place)
            JOIN pg_attribute ON attrelid = confrelid AND attnum = num ORDER BY place)
    FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND connamespace = 'public'::regnamespace"""
TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND tgparentid = 0 AND relnamespace = 'public'::regnamespace"""
IDENTITIES = """
    SELECT attrelid::regclass::text, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE attidentity <> '' AND atttypid <> 'bigint'::regtype AND relnamespace = 'public'::regnamespace"""


class Refusal(NamedTuple):
    table: str
    what: str
    """The constraint, index, trigger or column."""
    why: str


class Kinds(NamedTuple):
    """What becomes of each table."""

    distributed: frozenset[str]
    """Its rows are on the shard of their workspace."""
    reference: frozenset[str]
    """Copied to every node."""
    local: frozenset[str]
    """Stays on the coordinator."""


def kinds(connection: BaseDatabaseWrapper, reference: Collection[str], local: Collection[str]) -> Kinds:
    """All tables with a workspace are distributed unless they are named, so that a new one cannot be forgotten."""
    tables = {name: is_required is not None for name, *_, is_required, _, _ in _fetch(connection, TABLES, COLUMN)}
    distributed = {name for name, has_workspace in tables.items() if has_workspace} - {*reference, *local}
    rest = tables.keys() - distributed - set(reference)
    return Kinds(frozenset(distributed), frozenset(reference), frozenset(rest))


def refusals(connection: BaseDatabaseWrapper, found: Kinds) -> list[Refusal]:
    """What Citus would refuse, or could not keep in order while shards move. Needs PostgreSQL."""
    return sorted([*_of_tables(connection, found), *_of_keys(connection, found), *_of_foreign_keys(connection, found)])


def plan(connection: BaseDatabaseWrapper, found: Kinds) -> list[str]:
    """The statements, each table after those that its foreign keys refer to, all in one colocation group."""
    targets: dict[str, list[str]] = {table: [] for table in sorted(found.reference | found.distributed)}
    for table, target, *_ in sorted(_fetch(connection, FOREIGN_KEYS)):
        if table != target and table in targets and target in targets:
            targets[table].append(target)
    order = list(TopologicalSorter(targets).static_order())
    first = next((each for each in order if each in found.distributed), None)
    statements = [f"SELECT create_reference_table('{each}');" for each in order if each in found.reference]
    for each in order:
        if each in found.distributed:
            group = "none" if each == first else first
            statements.append(f"SELECT create_distributed_table('{each}', '{COLUMN}', colocate_with => '{group}');")
    return ["CREATE EXTENSION IF NOT EXISTS citus;", *statements]


def _of_tables(connection: BaseDatabaseWrapper, found: Kinds) -> Iterator[Refusal]:
    for table, has_rules, is_inherited, is_required, column_type, is_generated in _fetch(connection, TABLES, COLUMN):
        if table not in found.distributed | found.reference:
            continue
        if has_rules:
            yield Refusal(table, "a rule", "rules are not supported")
        if is_inherited:
            yield Refusal(table, "inheritance", "tables with children are not supported")
        if table in found.distributed:
            if not is_required:
                yield Refusal(table, COLUMN, "may be null")
            if column_type != "bigint" or is_generated:
                yield Refusal(table, COLUMN, "is no plain bigint, so that tables are not colocated")
    for table, trigger in _fetch(connection, TRIGGERS):
        if table in found.distributed | found.reference:
            yield Refusal(table, trigger, "triggers are not supported")
    for table, column in _fetch(connection, IDENTITIES):
        if table in found.distributed | found.reference:
            yield Refusal(table, column, "an identity column has to be a bigint")


def _of_keys(connection: BaseDatabaseWrapper, found: Kinds) -> Iterator[Refusal]:
    identified = set()
    for table, index, is_primary, is_identity, columns in _fetch(connection, UNIQUE_INDEXES):
        if is_primary or is_identity:
            identified.add(table)
        if table in found.distributed and COLUMN not in columns:
            yield Refusal(table, index, f"a unique key has to contain {COLUMN}")
    for table in found.distributed - identified:
        yield Refusal(table, "replica identity", "without a primary key, its shards cannot move while it is written")


def _of_foreign_keys(connection: BaseDatabaseWrapper, found: Kinds) -> Iterator[Refusal]:
    for table, target, name, acts, columns, to_columns in _fetch(connection, FOREIGN_KEYS):
        pairs = list(zip(columns, to_columns, strict=True))
        if table in found.distributed:
            if target in found.local:
                yield Refusal(table, name, f"{target} is neither distributed nor a reference table")
            elif target in found.distributed and (COLUMN, COLUMN) not in pairs:
                yield Refusal(table, name, f"a foreign key has to contain {COLUMN} on both sides")
            if acts and COLUMN in columns:
                yield Refusal(table, name, f"it would change {COLUMN}")
        elif target in found.distributed:
            yield Refusal(table, name, f"only distributed tables can refer to {target}")
        elif table in found.reference and target in found.local:
            yield Refusal(table, name, f"a reference table cannot refer to {target}, which is none")


def _fetch(connection: BaseDatabaseWrapper, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall()
