"""What a view is made of, and the SQL that creates it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

SCHEMA = "reporting"
OWN_WORKSPACE = (
    f"(SELECT granted.workspace_id FROM {SCHEMA}.grants granted "  # noqa: S608
    "JOIN markets_workspace own ON own.id = granted.workspace_id AND own.archived_at IS NULL "
    "WHERE granted.role = CURRENT_USER)"
)
"""The id of the workspace that the role may read; null for any other role, whatever its rights. PostgreSQL reads it
once for each query. In a view CURRENT_USER is who queries it, not the owner."""


def quoted(text: str) -> str:
    """A literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def one_of(values: Collection[str]) -> str:
    """The right side of IN."""
    return f"({', '.join(quoted(str(value)) for value in values)})"


@dataclass(frozen=True)
class Column:
    name: str
    sql: str
    meaning: str


@dataclass(frozen=True)
class View:
    """`source` is what follows FROM. It restricts each table to the workspace of the row of the table whose alias is
    `tenant`, and that is restricted to the workspace of the role."""

    name: str
    meaning: str
    tenant: str
    source: str
    columns: tuple[Column, ...]
    workspace_key: str = "workspace_id"

    @property
    def full_name(self) -> str:
        return f"{SCHEMA}.{self.name}"

    def query(self) -> str:
        columns = ",\n    ".join(f"{each.sql} AS {each.name}" for each in self.columns)
        return (
            f"SELECT\n    {columns}\nFROM {self.source.strip()}\n"
            f"WHERE {self.tenant}.{self.workspace_key} = {OWN_WORKSPACE}"
        )

    def create(self) -> str:
        """Conditions of a reader are checked on the rows of the workspace alone.

        `security_barrier` keeps functions that betray their arguments behind the condition of the view. OFFSET 0 keeps
        behind it also those that do not, such as =, because EXPLAIN would betray from the statistics of the whole table
        how frequent a value is elsewhere.
        """
        return f"CREATE VIEW {self.full_name} WITH (security_barrier) AS\n{self.query()}\nOFFSET 0"

    def comments(self) -> Iterator[str]:
        yield f"COMMENT ON VIEW {self.full_name} IS {quoted(self.meaning)}"
        for column in self.columns:
            yield f"COMMENT ON COLUMN {self.full_name}.{column.name} IS {quoted(column.meaning)}"
