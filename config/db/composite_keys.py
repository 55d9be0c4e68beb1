"""Foreign keys over several columns, which Django lacks. They keep a row from referring to another workspace."""

from collections.abc import Collection, Sequence
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, ForeignKey, Model, OneToOneField
from django.db.models.expressions import Col
from django.db.models.fields.related_lookups import RelatedExact, RelatedIn
from django.db.models.lookups import Exact


class CompositeForeignKey(BaseConstraint):
    """The values of `fields` must exist together as `to_fields` of a row of `to`, unless one of them is null.

    `to_fields` need a unique constraint. PostgreSQL and SQLite both check the key at commit.
    """

    default_violation_error_message = "This row and what it links to belong together: “%(name)s”."

    def __init__(self, *, fields: tuple[str, ...], to: str, to_fields: tuple[str, ...], name: str, **kwargs: Any):
        self.fields, self.to, self.to_fields = tuple(fields), to, tuple(to_fields)
        super().__init__(name=name, **kwargs)

    def _clause(self, model: type[Model], editor: BaseDatabaseSchemaEditor) -> str:
        try:
            target = model._meta.apps.get_model(self.to)
        except LookupError:  # SQLite remakes a table with a registry that has no other model
            target = apps.get_model(self.to)

        def columns(owner: type[Model], names: tuple[str, ...]) -> str:
            return ", ".join(editor.quote_name(_field(owner, name).column) for name in names)

        return (
            f"FOREIGN KEY ({columns(model, self.fields)}) REFERENCES {editor.quote_name(target._meta.db_table)}"
            f" ({columns(target, self.to_fields)}) DEFERRABLE INITIALLY DEFERRED"
        )

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        return f"CONSTRAINT {schema_editor.quote_name(self.name)} {self._clause(model, schema_editor)}"

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} ADD {self.constraint_sql(model, schema_editor)}"

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} DROP CONSTRAINT {schema_editor.quote_name(self.name)}"

    def validate(
        self, model: type[Model], instance: Model, exclude: Collection[str] | None = None, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        if exclude and set(self.fields) & set(exclude):
            return
        values = [getattr(instance, _field(model, name).attname) for name in self.fields]
        if None in values:
            return
        target = apps.get_model(self.to)
        if not target._base_manager.using(using).filter(**dict(zip(self.to_fields, values, strict=True))).exists():
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        return path, (), {**kwargs, "fields": self.fields, "to": self.to, "to_fields": self.to_fields}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CompositeForeignKey) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)


def _loaded_workspace(value: object) -> int | None:
    """That of a row, unless it is deferred: to read it would take a statement."""
    return value.__dict__.get("workspace_id") if isinstance(value, Model) else None


class WithinWorkspace:
    """A relation between tables of a workspace: joins and filters compare the workspaces, too, not only the key.

    Both are equal anyway, as a CompositeForeignKey sees to. To say so lets a database that is spread by workspace join
    each part by itself, and answer `filter(campaign=campaign)` from the one part that has the rows.
    """

    model: type[Model]
    related_model: Any

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> Exact | None:
        if alias is None or related_alias is None:  # a subquery without the other table
            return None
        theirs, ours = _field(self.related_model, "workspace"), _field(self.model, "workspace")
        return Exact(theirs.get_col(alias), ours.get_col(related_alias))

    def get_forward_related_filter(self, obj: Any) -> dict[str, Any]:
        """Of `call.meeting`."""
        return super().get_forward_related_filter(obj) | self.get_extra_descriptor_filter(obj)  # type: ignore[misc]

    def get_extra_descriptor_filter(self, instance: Any) -> dict[str, int]:
        """Of `call.contact`."""
        workspace = _loaded_workspace(instance)
        return {} if workspace is None else {"workspace": workspace}

    def deconstruct(self) -> tuple[str, str, Sequence[object], dict[str, Any]]:
        """To migrations it is a plain foreign key: the database is the same."""
        name, _, args, kwargs = super().deconstruct()  # type: ignore[misc] # that of the field
        return name, "django.db.models.ForeignKey", args, kwargs


class _NamesWorkspace:
    """A lookup of rows by the row they refer to, or by its key in an outer query: in the same workspace."""

    lhs: Any
    rhs: Any
    workspace: Any = None

    def get_prep_lookup(self) -> Any:
        rows = self.rhs if isinstance(self.rhs, Collection) else [self.rhs]
        workspaces = {_loaded_workspace(each) for each in rows}
        self.workspace = workspaces.pop() if len(workspaces) == 1 else None
        return super().get_prep_lookup()  # type: ignore[misc] # that of the lookup

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = super().as_sql(compiler, connection)  # type: ignore[misc] # that of the lookup
        workspace = self.workspace
        if isinstance(self.rhs, Col) and (self.rhs.target.primary_key or isinstance(self.rhs.target, WithinWorkspace)):
            workspace = _field(self.rhs.target.model, "workspace").get_col(self.rhs.alias)
        if workspace is None or not isinstance(self.lhs, Col):
            return sql, params
        same = Exact(_field(self.lhs.target.model, "workspace").get_col(self.lhs.alias), workspace)
        same_sql, same_params = compiler.compile(same)
        return f"({sql} AND {same_sql})", (*params, *same_params)


class _ExactlyInWorkspace(_NamesWorkspace, RelatedExact):
    pass


class _OneInWorkspace(_NamesWorkspace, RelatedIn):
    pass


class WorkspaceForeignKey(WithinWorkspace, ForeignKey):  # type: ignore[type-arg,misc] # as in the models
    """A foreign key to another table of the workspace, with `same_workspace` beside it."""


class OneToOneWithinWorkspace(WithinWorkspace, OneToOneField):  # type: ignore[type-arg,misc] # as in the models
    """A unique constraint of the model enforces that there is one, because that one carries the workspace.

    `OneToOneField` always makes its own column unique. Migrations see a plain foreign key instead, so that the database
    does not; queries and `validate_unique` still treat it as one-to-one.
    """


def same_workspace(field: str, to: str, name: str) -> CompositeForeignKey:
    """A foreign key that requires the target of `field` to belong to the workspace of the row."""
    return CompositeForeignKey(
        fields=("workspace", field),
        to=to,
        to_fields=("workspace", "id"),
        name=name,
        violation_error_message=f"The {field.replace('_', ' ')} belongs to another workspace.",
    )


for relation in (WorkspaceForeignKey, OneToOneWithinWorkspace):
    relation.register_lookup(_ExactlyInWorkspace)
    relation.register_lookup(_OneInWorkspace)
