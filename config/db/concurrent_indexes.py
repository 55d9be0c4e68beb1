"""Indexes that are created and dropped while the portal is in use (docs/operations/upgrades.md)."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.migrations import AddIndex, RemoveIndex


class AddIndexInUse(AddIndexConcurrently):
    """CREATE INDEX CONCURRENTLY on PostgreSQL; SQLite, which knows no such thing, gets it as usual."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        of = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        of.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        of = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        of.database_backwards(self, app_label, schema_editor, from_state, to_state)


class RemoveIndexInUse(RemoveIndexConcurrently):
    """DROP INDEX CONCURRENTLY on PostgreSQL, as usual on SQLite."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        of = RemoveIndexConcurrently if schema_editor.connection.vendor == "postgresql" else RemoveIndex
        of.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        of = RemoveIndexConcurrently if schema_editor.connection.vendor == "postgresql" else RemoveIndex
        of.database_backwards(self, app_label, schema_editor, from_state, to_state)
