"""Querysets that can return rows as they were known at the end of a past day."""

from collections.abc import Callable, Hashable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import BooleanField, Case, F, Func, Q, Value, When

if TYPE_CHECKING:
    from markets.models import Workspace


def null_as_of(at: datetime | None, field: str) -> Q:
    """Q: `field` is null, or later than `at` (None: now)."""
    is_null = Q(**{field: None})
    return is_null | Q(**{f"{field}__gte": at}) if at else is_null


def override_fields[Rows: models.QuerySet[Any]](rows: Rows, **values: Any) -> Rows:
    """Replaces fields by expressions in everything that is queried from here on: conditions, aggregates and results.

    `annotate` refuses the name of a field, because the annotation hides the field. Here that is the purpose: a filter
    on `status` must mean the status of the past day, wherever that filter is written.
    """
    rows = rows.all()
    for name, value in values.items():
        rows.query.add_annotation(value, name)
    return rows


class JsonTextByKey(Func):
    """The text under a key in a JSON object that is passed as text. The key may be a column."""

    template = "(%(expressions)s::text)"
    arg_joiner = "::jsonb ->> "
    on_sqlite = """JSON_EXTRACT(%(expressions)s || '"')"""

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.on_sqlite, arg_joiner=""", '$."' || """, **context)


class JsonHasKey(JsonTextByKey):
    """Whether the object has the key, even if its value is null."""

    arg_joiner = "::jsonb ? "
    on_sqlite = """(JSON_TYPE(%(expressions)s || '"') IS NOT NULL)"""
    output_field = BooleanField()


def cached_as_of[Result](workspace: "Workspace", key: Hashable, compute: Callable[[], Result]) -> Result:
    """The result of `compute`, computed once for a workspace instance: once per request."""
    cache: dict[Hashable, Result] = workspace.as_of_cache
    if key not in cache:
        cache[key] = compute()
    return cache[key]


class AsOf(Value):
    """The end of a past day of a workspace. A queryset carries it as an alias, which Django keeps when it clones it."""

    def __init__(self, workspace: "Workspace", day: date):
        _, end = workspace.bounds(None, day)
        super().__init__(end, output_field=models.DateTimeField())
        self.workspace, self.day = workspace, day


class AsOfQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows of a workspace, now or as they were known at the end of a past day.

    Methods of subclasses read `at`, the end of that day (None: now), so that they mean what they meant then. Fields
    without a history keep their present values.
    """

    recorded_field: ClassVar[str]
    """The field with the moment when a row was recorded."""

    def as_of(self, workspace: "Workspace", day: date | None) -> Self:
        """Rows that were recorded by the end of a day of the workspace (None: now)."""
        if day is None:
            return self
        recorded = workspace.in_days(self.recorded_field, None, day)
        return self.filter(recorded).alias(as_of=AsOf(workspace, day))

    @property
    def past_day(self) -> AsOf | None:
        past_day = self.query.annotations.get("as_of")
        return past_day if isinstance(past_day, AsOf) else None

    @property
    def at(self) -> datetime | None:
        return self.past_day.value if self.past_day else None

    @property
    def as_of_params(self) -> dict[str, str]:
        """Query parameters for a link to a list of these rows."""
        return {"as_of": self.past_day.day.isoformat()} if self.past_day else {}

    def same_as_of(self, model: type[models.Model]) -> Any:
        """All rows of another model as of the same day."""
        rows = model._default_manager.all()
        return rows.as_of(self.past_day.workspace, self.past_day.day) if self.past_day else rows  # type: ignore[attr-defined]

    def override_fields(self, **values: Any) -> Self:
        return override_fields(self, **values)

    def hide_later_values(self, *fields: str) -> Self:
        """Shows moments in these fields as null if they are later than the past day. For pages that show the rows."""
        if self.at is None:
            return self
        return self.override_fields(
            **{field: Case(When(**{f"{field}__lt": self.at}, then=F(field))) for field in fields}
        )
