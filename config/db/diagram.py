"""An entity-relationship diagram of models in Mermaid's notation, which GitHub and most editors render."""

from collections.abc import Collection, Iterable

from django.db.models import Field, ForeignKey, Model, OneToOneField


def er_diagram(models: Iterable[type[Model]], *, without_lines_to: Collection[type[Model]] = ()) -> str:
    """Foreign keys to `without_lines_to` are listed as columns but not drawn as lines."""
    entities, lines = [], []
    for model in models:
        fields = [field for field in model._meta.concrete_fields if isinstance(field, Field)]
        columns = "\n".join(f"        {_column(field)}" for field in fields)
        entities.append(f"    {model.__name__} {{\n{columns}\n    }}")
        lines += [_relation(model, field) for field in fields if _target(field) not in (None, *without_lines_to)]
    return "\n".join(["erDiagram", *entities, *lines])


def _column(field: "Field[object, object]") -> str:
    keys = {"PK": field.primary_key, "FK": _target(field), "UK": field.unique and not field.primary_key}
    marks = ", ".join(mark for mark, holds in keys.items() if holds)
    nullable = ' "nullable"' if field.null else ""
    kind = "id" if _target(field) else field.get_internal_type().removesuffix("Field")
    return f"{kind} {field.column} {marks}".rstrip() + nullable


def _relation(model: type[Model], field: "Field[object, object]") -> str:
    one = "|o" if field.null else "||"
    many = "o|" if isinstance(field, OneToOneField) else "o{"
    target = _target(field)
    assert target
    return f"    {target.__name__} {one}--{many} {model.__name__} : {field.name}"


def _target(field: "Field[object, object]") -> type[Model] | None:
    return field.related_model if isinstance(field, ForeignKey) else None
