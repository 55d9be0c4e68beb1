"""Migrating from empty makes the tables that the models describe."""

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import override_settings

from markets.search.indexes import TrigramIndex

MODELS = [
    model for label in ("markets", "campaigns", "calls", "signals") for model in apps.get_app_config(label).get_models()
]
DERIVED_NAME = re.compile(r"^sqlite_autoindex_|_[0-9a-f]{8}(_uniq|_like|_fk\w*)?$|_(pkey|key|check|not_null)$")
"""A name that Django or the database gives a key or index of one field."""


def drift(catalogue, model):
    """The columns, constraints and indexes in which a table differs from its model."""
    table, options = model._meta.db_table, model._meta
    expected = {field.column: declaration(field, catalogue) for field in options.concrete_fields}
    columns = catalogue.columns(table)
    indexes = [each for each in options.indexes if catalogue.on_postgresql or not isinstance(each, TrigramIndex)]
    named = {each.name for each in [*options.constraints, *indexes]}
    names = catalogue.names(table)
    return {
        *(column for column in expected.keys() | columns.keys() if expected.get(column) != columns.get(column)),
        *(named - names),
        *(name for name in names - named if not DERIVED_NAME.search(name)),
    }


def declaration(field, catalogue):
    """A field's type and whether it may be null. Django declares no generated column as NOT NULL."""
    kind = field.db_type(catalogue.connection)
    if catalogue.on_postgresql:
        kind = kind.replace("varchar", "character varying")
    return kind, field.null or field.generated


@pytest.mark.django_db
def test_no_model_has_changed_since_its_migration():
    with override_settings(MIGRATION_MODULES={}):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrated_tables_are_as_the_models_describe_them(catalogue):
    assert {model.__name__: found for model in MODELS if (found := drift(catalogue, model))} == {}


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("DROP INDEX call_by_time", "call_by_time"),
        ("CREATE INDEX bent ON calls_call (dialled)", "bent"),
        ("ALTER TABLE calls_call ADD COLUMN bent text", "bent"),
    ],
)
def test_drift_is_reported(catalogue, statement, name):
    catalogue.connection.cursor().execute(statement)

    assert name in drift(catalogue, apps.get_model("calls.Call"))
