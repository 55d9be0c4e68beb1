"""The index of a folded text."""

from typing import Any

from django.db.backends.ddl_references import Statement
from django.db.models import F, Index
from django.db.models.expressions import Expression


class TrigramIndex(Index):
    """On PostgreSQL an index of the trigrams of a text (pg_trgm). SQLite reads the texts of a workspace instead."""

    def __init__(self, text: Expression | str, **options: Any):
        self.text = text
        super().__init__(F(text) if isinstance(text, str) else text, **options)

    def deconstruct(self) -> Any:
        path, _, options = super().deconstruct()
        return path, (self.text,), options

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **options: Any) -> Any:
        if schema_editor.connection.vendor == "sqlite":
            return Statement("SELECT 1")
        statement = super().create_sql(model, schema_editor, using=" USING gin", **options)
        parts: dict[str, Any] = statement.parts
        parts["columns"] = f"{parts['columns']} gin_trgm_ops"
        return statement

    def remove_sql(self, model: Any, schema_editor: Any, **options: Any) -> Any:
        if schema_editor.connection.vendor == "sqlite":
            return Statement("SELECT 1")
        return super().remove_sql(model, schema_editor, **options)
