from collections.abc import Callable, Hashable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import BooleanField, Case, F, Func, Q, When

if TYPE_CHECKING:
    from markets.models import Workspace


def null_as_of(at: datetime | None, field: str) -> Q:
    """The condition that what the moment in `field` marks had not happened by then; None is now."""
    condition = Q(**{field: None})
    return condition | Q(**{f"{field}__gte": at}) if at else condition


def override_fields[Rows: models.QuerySet[Any]](rows: Rows, **values: Any) -> Rows:
    """The same rows, whose fields read as these expressions from here on: in conditions, sums and lists.

    `annotate` refuses the name of a field, but within a query an annotation comes before the field of its name.
    """
    rows = rows.all()
    for name, value in values.items():
        rows.query.add_annotation(value, name)
    return rows


class JsonTextByKey(Func):
    """The text that a JSON object, given as a text, has for an id."""

    template = "(%(expressions)s::text)"
    arg_joiner = "::jsonb ->> "
    on_sqlite = """JSON_EXTRACT(%(expressions)s || '"')"""

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.on_sqlite, arg_joiner=""", '$."' || """, **context)


class JsonHasKey(JsonTextByKey):
    """Whether it has anything for an id, even null."""

    arg_joiner = "::jsonb ? "
    on_sqlite = """(JSON_TYPE(%(expressions)s || '"') IS NOT NULL)"""
    output_field = BooleanField()


def cached_as_of[Found](workspace: "Workspace", key: Hashable, find: Callable[[], Found]) -> Found:
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
    as_of_args: "tuple[Workspace, date | None] | None" = None

    def as_of(self, workspace: "Workspace", day: date | None) -> Self:
        """Those that were entered by the end of a day of the workspace; None is now."""
        if day is None:
            return self
        known = self.filter(workspace.in_days(self.entered_field, None, day))
        _, known.at = workspace.bounds(None, day)
        known.as_of_args = workspace, day
        return known

    @property
    def as_of_params(self) -> dict[str, str]:
        """As `as_of` of a link to their list."""
        day = self.as_of_args[1] if self.as_of_args else None
        return {"as_of": day.isoformat()} if day else {}

    def same_as_of(self, model: type[models.Model]) -> Any:
        """All rows of a model, as they were known when these were."""
        everything = model._default_manager.all()
        return everything.as_of(*self.as_of_args) if self.as_of_args else everything  # type: ignore[attr-defined]

    def override_fields(self, **values: Any) -> Self:
        """See `override_fields`."""
        return override_fields(self, **values)

    def hide_later_values(self, *ended: str) -> Self:
        """Without the moments in these fields where they had not come, for pages that show the rows themselves."""
        if self.at is None:
            return self
        return self.override_fields(
            **{field: Case(When(**{f"{field}__lt": self.at}, then=F(field))) for field in ended}
        )

    def _clone(self) -> Self:
        rows = super()._clone()  # type: ignore[misc]
        rows.at, rows.as_of_args = self.at, self.as_of_args
        return rows
