"""Turns the tables of a migrated PostgreSQL database into hash partitions by workspace, read from its catalogue."""

KEYS_AND_CHECKS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype IN ('p', 'u', 'x') ORDER BY conname"""
INDEXES = """
    SELECT pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid
        AND contype IN ('p', 'u', 'x'))"""
FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND (conrelid = ANY(%s::regclass[]) OR confrelid = ANY(%s::regclass[]))"""


def partition(connection, tables, shards=4):
    """Replaces empty tables. Their partitions are in a schema of their own, `shards`.

    Raises psycopg.errors.FeatureNotSupported for a unique key without the workspace.
    """
    tables = sorted(tables)
    connection.execute(
        "DROP SCHEMA IF EXISTS reporting CASCADE"
    )  # its views read the tables; migrate creates them again
    foreign_keys = connection.execute(FOREIGN_KEYS, [tables, tables]).fetchall()
    for table, name, _ in foreign_keys:
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    connection.execute("CREATE SCHEMA shards")
    for table in tables:
        replace(connection, table, shards)
    for table, name, definition in foreign_keys:
        connection.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def replace(connection, table, shards):
    keys = connection.execute(KEYS_AND_CHECKS, [table]).fetchall()
    indexes = connection.execute(INDEXES, [table]).fetchall()
    copied = f"LIKE {table} INCLUDING ALL EXCLUDING INDEXES"
    connection.execute(f"CREATE TABLE partitioned ({copied}) PARTITION BY HASH (workspace_id)")
    connection.execute(f"DROP TABLE {table}")
    connection.execute(f"ALTER TABLE partitioned RENAME TO {table}")
    connection.execute(f"ALTER SEQUENCE IF EXISTS partitioned_id_seq RENAME TO {table}_id_seq")
    for number in range(shards):
        values = f"FOR VALUES WITH (MODULUS {shards}, REMAINDER {number})"
        connection.execute(f"CREATE TABLE shards.{table}_{number} PARTITION OF {table} {values}")
    for name, definition in keys:
        connection.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    for (definition,) in indexes:
        connection.execute(definition)
