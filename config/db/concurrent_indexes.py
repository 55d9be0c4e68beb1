"""Indexes that are created while the portal is in use (docs/operations/upgrades.md)."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddIndex


class AddIndexInUse(AddIndexConcurrently):
    """CREATE INDEX CONCURRENTLY on PostgreSQL; SQLite, which knows no such thing, gets it as usual."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        of = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        of.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        of = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        of.database_backwards(self, app_label, schema_editor, from_state, to_state)
