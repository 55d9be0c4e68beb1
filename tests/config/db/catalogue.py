"""Reads keys, columns and names from the catalogue of a database, on PostgreSQL and SQLite alike."""

import re
from typing import NamedTuple

UNIQUE_INDEXES = """
    SELECT indrelid::regclass::text, indexrelid::regclass::text, attname
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey::int2[])
    WHERE indisunique AND NOT indisprimary AND relnamespace = 'public'::regnamespace"""
FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, confrelid::regclass::text, conname, attname
    FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY(conkey)
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace"""
COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"""
NAMES = """
    SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass
    UNION SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = %s::regclass
    UNION SELECT proname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE tgrelid = %s::regclass AND NOT tgisinternal"""


TABLE_RULE = r'(?:CONSTRAINT "|CREATE TRIGGER )(\w+?)(?:"|_update |_delete )'


class Key(NamedTuple):
    table: str
    columns: frozenset[str]
    target: str = ""
    """The table that a foreign key refers to."""

    def __str__(self):
        return f"{self.table}({', '.join(sorted(self.columns))})"


class Catalogue:
    def __init__(self, connection):
        self.connection = connection
        self.on_postgresql = connection.vendor == "postgresql"

    def fetch(self, sql, *parameters):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return cursor.fetchall()

    def tables(self):
        return self.connection.introspection.table_names()

    def tenant_tables(self):
        return {table for table in self.tables() if "workspace_id" in self.columns(table)}

    def columns(self, table):
        """By column, its declared type and whether it may be null."""
        if self.on_postgresql:
            return {name: (kind, nullable) for name, kind, nullable in self.fetch(COLUMNS, table)}
        rows = self.fetch(f"PRAGMA table_xinfo('{table}')")
        return {
            name: (kind.lower().removesuffix(" generated always"), not required) for _, name, kind, required, *_ in rows
        }

    def unique_keys(self):
        """Unique constraints and indexes other than primary keys. Expressions are left out of their columns."""
        columns = {}
        if self.on_postgresql:
            for table, name, column in self.fetch(UNIQUE_INDEXES):
                columns.setdefault((table, name), set()).add(column)
        else:
            for table in self.tables():
                for _, name, is_unique, origin, _ in self.fetch(f"PRAGMA index_list('{table}')"):
                    if is_unique and origin != "pk":
                        columns[table, name] = {column for _, _, column in self.fetch(f"PRAGMA index_info('{name}')")}
        return [Key(table, frozenset(key - {None})) for (table, _), key in columns.items()]

    def foreign_keys(self):
        columns = {}
        if self.on_postgresql:
            for table, target, name, column in self.fetch(FOREIGN_KEYS):
                columns.setdefault((table, target, name), set()).add(column)
        else:
            for table in self.tables():
                for number, _, target, column, *_ in self.fetch(f"PRAGMA foreign_key_list('{table}')"):
                    columns.setdefault((table, target, number), set()).add(column)
        return [Key(table, frozenset(key), target) for (table, target, _), key in columns.items()]

    def names(self, table):
        """The names of the constraints, indexes and functions of triggers of a table."""
        if self.on_postgresql:
            return {name for (name,) in self.fetch(NAMES, *[table] * 3)}
        statements = self.fetch("SELECT sql FROM sqlite_master WHERE tbl_name = %s", table)
        constraints = {name for (sql,) in statements for name in re.findall(TABLE_RULE, sql or "")}
        return constraints | {name for _, name, *_ in self.fetch(f"PRAGMA index_list('{table}')")}
