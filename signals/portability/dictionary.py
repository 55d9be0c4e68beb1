"""The data dictionary: what each table and column of the file means, from the models."""

import inspect
from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model

from config.ui.english import in_english
from markets.models import User
from signals.portability.archive import Manifest
from signals.portability.contents import (
    COLUMNS_LEFT_OUT,
    TABLES_LEFT_OUT,
    Column,
    columns_of,
    exported_models,
    path_of,
    tenant_models,
)

KINDS = {
    "integer": "integer",
    "boolean": "true or false",
    "moment": "moment in UTC",
    "day": "date",
    "json": "JSON as text",
    "text": "text",
}
INTRODUCTION = """# {workspace}: the data dictionary

Written by the Client Portal {portal} at {made_at} from one snapshot of the workspace “{slug}”: {rows:,} rows in
{tables} tables. Each table is there twice, as `csv/NAME.csv` and as `parquet/NAME.parquet`.

CSV is UTF-8 with a header. Every value is in quotes; an empty cell without quotes is no value, an empty text is `""`.
PostgreSQL reads it by `COPY ... FROM ... WITH (FORMAT csv, HEADER)`. `manifest.json` has the rows of each table and
the SHA-256 of each file. Texts are as people wrote them: a spreadsheet may take one that begins with `=` for a formula.
"""


def data_dictionary(manifest: Manifest) -> str:
    """In English, like the names of the columns."""
    with in_english():
        return _data_dictionary(manifest)


def _data_dictionary(manifest: Manifest) -> str:
    models = {model._meta.db_table: model for model in apps.get_models()}
    introduction = INTRODUCTION.format(
        workspace=manifest.workspace,
        portal=manifest.portal,
        made_at=manifest.made_at,
        slug=manifest.slug,
        rows=manifest.row_count,
        tables=len(manifest.tables),
    )
    sections = ["\n".join(_table(models[table.name], table.rows)) for table in manifest.tables]
    return "\n".join([introduction, *sections, *_left_out()])


def _table(model: type[Model], rows: int) -> Iterator[str]:
    yield f"## {model._meta.db_table}\n\n{inspect.getdoc(model)}\n\n{rows:,} rows.\n"
    yield "| Column | Type | Meaning |\n|---|---|---|"
    for column in columns_of(model):
        optional = ", may be empty" if column.field.null else ""
        yield f"| {column.name} | {KINDS[column.kind]}{optional} | {_cell(_meaning(model, column))} |"
    yield ""


def _meaning(model: type[Model], column: Column) -> str:
    field = column.field
    parts = [str(field.verbose_name).capitalize() + "."]
    if column.target and column.target is not model:
        parts.append(f"The id of a row of {column.target._meta.db_table}.")
    if field.help_text:
        parts.append(str(field.help_text))
    if field.choices:
        parts.append("One of: " + ", ".join(f"`{value}` ({label})" for value, label in field.flatchoices) + ".")
    return " ".join(parts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _left_out() -> Iterator[str]:
    yield "## What is not in the file\n"
    for model in tenant_models():
        if reason := TABLES_LEFT_OUT.get(model._meta.label):
            yield f"- The table {model._meta.db_table}. {reason}"
    models: list[type[Model]] = [*exported_models(), User]
    for model in models:
        for field in model._meta.concrete_fields:
            if left_out := COLUMNS_LEFT_OUT.get(path_of(field)):
                yield f"- {model._meta.db_table}.{field.column}. {left_out[0]}"
    yield ""
