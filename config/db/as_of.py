from collections.abc import Callable, Hashable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import BooleanField, Case, F, Func, Q, When

if TYPE_CHECKING:
    from markets.models import Workspace


def not_by(at: datetime | None, field: str) -> Q:
    """The condition that what the moment in `field` marks had not happened by then; None is now."""
    condition = Q(**{field: None})
    return condition | Q(**{f"{field}__gte": at}) if at else condition


def reading[Rows: models.QuerySet[Any]](rows: Rows, **values: Any) -> Rows:
    """The same rows, whose fields read as these expressions from here on: in conditions, sums and lists.

    `annotate` refuses the name of a field, but within a query an annotation comes before the field of its name.
    """
    rows = rows.all()
    for name, value in values.items():
        rows.query.add_annotation(value, name)
    return rows


class OfId(Func):
    """The text that a JSON object, given as a text, has for an id."""

    template = "(%(expressions)s::text)"
    arg_joiner = "::jsonb ->> "
    on_sqlite = """JSON_EXTRACT(%(expressions)s || '"')"""

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.on_sqlite, arg_joiner=""", '$."' || """, **context)


class HasId(OfId):
    """Whether it has anything for an id, even null."""

    arg_joiner = "::jsonb ? "
    on_sqlite = """(JSON_TYPE(%(expressions)s || '"') IS NOT NULL)"""
    output_field = BooleanField()


def once[Found](workspace: "Workspace", key: Hashable, find: Callable[[], Found]) -> Found:
    """What `find` finds, asked once for all that a page asks of a workspace as of a past day."""
    found: dict[Hashable, Found] = workspace.__dict__.setdefault("_found_once", {})
    if key not in found:
        found[key] = find()
    return found[key]


class AsOfQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows of a workspace that can be asked for as they were known at the end of a past day.

    `at` is the moment when that day ended, and None for now: words of the querysets ask it, and so mean what they meant
    then. What is only kept as it is today stays as it is.
    """

    entered_field: ClassVar[str]
    """The field that says when a row was entered."""
    at: datetime | None = None
    known_by: "tuple[Workspace, date | None] | None" = None

    def as_of(self, workspace: "Workspace", day: date | None) -> Self:
        """Those that were entered by the end of a day of the workspace; None is now."""
        if day is None:
            return self
        known = self.filter(workspace.moments(self.entered_field, None, day))
        _, known.at = workspace.bounds(None, day)
        known.known_by = workspace, day
        return known

    @property
    def knowledge(self) -> dict[str, str]:
        """As `as_of` of a link to their list."""
        day = self.known_by[1] if self.known_by else None
        return {"as_of": day.isoformat()} if day else {}

    def known_beside(self, model: type[models.Model]) -> Any:
        """All rows of a model, as they were known when these were."""
        everything = model._default_manager.all()
        return everything.as_of(*self.known_by) if self.known_by else everything  # type: ignore[attr-defined]

    def reading(self, **values: Any) -> Self:
        """See `reading`."""
        return reading(self, **values)

    def as_shown(self, *ended: str) -> Self:
        """Without the moments in these fields where they had not come, for pages that show the rows themselves."""
        if self.at is None:
            return self
        return self.reading(**{field: Case(When(**{f"{field}__lt": self.at}, then=F(field))) for field in ended})

    def _clone(self) -> Self:
        rows = super()._clone()  # type: ignore[misc]
        rows.at, rows.known_by = self.at, self.known_by
        return rows
