"""A value in its three forms: as the models have it, as text in CSV, and as the database takes it."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from signals.portability.contents import Column


def plain_value(value: Any, column: Column) -> Any:
    """The value as both files have it: a number, a bool, a date, a moment in UTC, or a text."""
    if column.kind == "json":
        # A database without its own type for JSON does not tell its null from none.
        return None if value is None and column.field.null else json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return str(value) if isinstance(value, UUID) else value


def csv_text(value: Any) -> str | None:
    """A plain value in CSV. None is an empty cell without quotes, unlike an empty text, as PostgreSQL's COPY has it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def stored_value(text: str, column: Column) -> Any:
    """A text of CSV as the database takes it. Days, JSON and UUIDs are texts there, too."""
    match column.kind:
        case "integer":
            return int(text)
        case "boolean":
            return text == "true"
        case "moment":
            return datetime.fromisoformat(text)
    return UUID(text).hex if column.field.get_internal_type() == "UUIDField" else text
