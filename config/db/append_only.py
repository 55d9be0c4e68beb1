"""Tables whose rows the database itself refuses to change or remove.

Retention is the exception: a transaction that sets the table's switch may delete rows from before a moment. On
PostgreSQL the switch is a setting of the transaction, on SQLite a row of the table portal_switch.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models import BaseConstraint, Model

POSTGRESQL = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    removable timestamptz := coalesce(nullif(current_setting('portal.{switch}', true), ''), '-infinity')::timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.{moment} < removable THEN
            RETURN OLD;
        END IF;
    ELSIF TG_OP = 'TRUNCATE' AND removable = 'infinity' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()
"""
SQLITE = (
    "CREATE TABLE IF NOT EXISTS portal_switch (name text PRIMARY KEY, value text NOT NULL)",
    "CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{name}'); END",
    "CREATE TRIGGER {name}_delete BEFORE DELETE ON {table}"
    " WHEN OLD.{moment} >= coalesce((SELECT value FROM portal_switch WHERE name = '{switch}'), '')"
    " BEGIN SELECT RAISE(ABORT, '{name}'); END",
)


class AppendOnly(BaseConstraint):
    """Triggers refuse UPDATE, DELETE and TRUNCATE with an IntegrityError.

    `moment` is the column that says how old a row is, `switch` the name by which `removable` lifts the rule for DELETE.
    """

    def __init__(self, *, moment: str, switch: str, name: str, **kwargs: Any):
        self.moment, self.switch = moment, switch
        super().__init__(name=name, **kwargs)

    def _statements(self, model: type[Model], editor: BaseDatabaseSchemaEditor) -> Iterator[Statement]:
        """Their table is a reference, because SQLite makes a new table under another name and renames it."""
        field: Any = model._meta.get_field(self.moment)
        names = {"name": self.name, "moment": field.column, "switch": self.switch}
        for template in SQLITE if editor.connection.vendor == "sqlite" else (POSTGRESQL.strip(),):
            yield Statement(
                template.format(table="%(table)s", **names), table=Table(model._meta.db_table, editor.quote_name)
            )

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        """Nothing of the table's definition: the triggers are created after the table."""
        schema_editor.deferred_sql += self._statements(model, schema_editor)
        return ""

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        """For PostgreSQL; SQLite remakes the table instead."""
        return "; ".join(map(str, self._statements(model, schema_editor)))

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return (
            f"DROP TRIGGER {self.name} ON {table}; DROP TRIGGER {self.name}_truncate ON {table};"
            f" DROP FUNCTION {self.name}()"
        )

    def validate(
        self, model: type[Model], instance: Model, exclude: Collection[str] | None = None, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        """Any new row is valid."""

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        return path, (), {**kwargs, "moment": self.moment, "switch": self.switch}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AppendOnly) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


@contextmanager
def removable(switch: str, before: datetime | None) -> Iterator[None]:
    """A transaction that may delete rows from before that moment; all rows, and by TRUNCATE, if it is None."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            value = connection.ops.adapt_datetimefield_value(before) if before else "9999"
            cursor.execute("INSERT OR REPLACE INTO portal_switch (name, value) VALUES (%s, %s)", [switch, value])
            yield
            cursor.execute("DELETE FROM portal_switch WHERE name = %s", [switch])
        else:
            set_switch = "SELECT set_config(%s, %s, true)"
            cursor.execute(set_switch, [f"portal.{switch}", before.isoformat() if before else "infinity"])
            yield
            cursor.execute(set_switch, [f"portal.{switch}", ""])
