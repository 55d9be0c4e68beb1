"""Migrations that put the workspace into the primary key of a table: docs/scale.md.

Only on PostgreSQL, whose tables can be distributed or partitioned by workspace. To Django the `id` stays the key.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.models import Model


class KeyInWorkspace(Operation):
    """The primary key (id, workspace_id) instead of (id). It comes after CreateModel, in the same migration.

    Models are named as “Call”, those of another app as “calls.Call”. The `id` comes first, so that its index serves to
    find rows by the `id` alone.
    """

    reversible = True
    builds_index = True

    def __init__(self, *model_names: str):
        self.model_names = model_names

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models stay as they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in self._models(app_label, schema_editor, to_state):
            if self.builds_index:
                schema_editor.execute(_create_index(model, "workspace_id"))
            schema_editor.execute(_replace_key(model, schema_editor.connection))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in self._models(app_label, schema_editor, from_state):
            schema_editor.execute(_create_index(model))
            schema_editor.execute(_replace_key(model, schema_editor.connection))
            if not self.builds_index:
                schema_editor.execute(_create_index(model, "workspace_id"))

    def _models(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: Any) -> list[type[Model]]:
        if schema_editor.connection.vendor != "postgresql":
            return []
        return [state.apps.get_model(*_place(app_label, name)) for name in self.model_names]

    def describe(self) -> str:
        return f"Put the workspace into the primary key of {', '.join(self.model_names)}"


class KeyInWorkspaceUsingIndex(KeyInWorkspace):
    """The same for tables in use, by the indexes that BuildKeysInWorkspace made in a migration before."""

    builds_index = False


class BuildKeysInWorkspace(KeyInWorkspace):
    """The indexes for KeyInWorkspaceUsingIndex, built concurrently, in a migration that is not atomic."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in self._models(app_label, schema_editor, to_state):
            # An attempt that failed leaves an invalid index behind.
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_index(model)}")
            schema_editor.execute(_create_index(model, "workspace_id", "CONCURRENTLY "))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in self._models(app_label, schema_editor, from_state):
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_index(model)}")

    def describe(self) -> str:
        return f"Build the primary keys with the workspace of {', '.join(self.model_names)}"


def _place(app_label: str, name: str) -> tuple[str, str]:
    app, _, model = name.rpartition(".")
    return app or app_label, model


def _index(model: type[Model]) -> str:
    return f"{model._meta.db_table}_key"


def _create_index(model: type[Model], column: str = "", how: str = "") -> str:
    columns = [str(field.column) for field in model._meta.pk_fields] + ([column] if column else [])
    return f"CREATE UNIQUE INDEX {how}{_index(model)} ON {model._meta.db_table} ({', '.join(columns)})"


def _replace_key(model: type[Model], connection: BaseDatabaseWrapper) -> str:
    """One statement: a table is never without its key. That of a renamed table has still its former name."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
    key = next((name for name, each in constraints.items() if each["primary_key"]), f"{table}_pkey")
    return f"ALTER TABLE {table} DROP CONSTRAINT {key}, ADD CONSTRAINT {key} PRIMARY KEY USING INDEX {_index(model)}"
