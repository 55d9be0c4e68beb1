"""What a view is made of, and the SQL that creates it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

SCHEMA = "reporting"


def quoted(text: str) -> str:
    """A literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def one_of(values: Collection[str]) -> str:
    """The right side of IN."""
    return f"({', '.join(quoted(str(value)) for value in values)})"


@dataclass(frozen=True)
class Column:
    """`is_plain` is for keys and times by which a reader's condition should find rows through an index."""

    name: str
    sql: str
    meaning: str
    is_plain: bool = False

    @property
    def expression(self) -> str:
        """GREATEST of one value is that value, but an expression, which has no statistics and matches no index.

        PostgreSQL estimates conditions on a plain column from values of all workspaces, and may look them up in an
        index before the policy excludes the rows of others. EXPLAIN would tell both.
        """
        return self.sql if self.is_plain else f"greatest({self.sql})"


@dataclass(frozen=True)
class View:
    """`source` is what follows FROM. The policies of its tables restrict it to the workspace of the role."""

    name: str
    meaning: str
    source: str
    columns: tuple[Column, ...]

    @property
    def full_name(self) -> str:
        return f"{SCHEMA}.{self.name}"

    def create(self) -> str:
        columns = ",\n    ".join(f"{each.expression} AS {each.name}" for each in self.columns)
        return f"CREATE VIEW {self.full_name} AS\nSELECT\n    {columns}\nFROM {self.source.strip()}"

    def comments(self) -> Iterator[str]:
        yield f"COMMENT ON VIEW {self.full_name} IS {quoted(self.meaning)}"
        for column in self.columns:
            yield f"COMMENT ON COLUMN {self.full_name}.{column.name} IS {quoted(column.meaning)}"
