"""docs/data-model.md is what the command makes of the models, and migrations put the workspace into each key."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.migrations.loader import MigrationLoader
from django.test import override_settings

from config.db.composite_keys import OneToOneWithinWorkspace, WorkspaceForeignKey
from config.db.diagram import er_diagram
from config.db.sharding.keys import BuildKeysInWorkspace, KeyInWorkspace
from config.db.workspace_model import WorkspaceModel
from markets.management.commands import data_model
from markets.management.commands.citus import REFERENCE
from markets.models import Market, MarketContact, Workspace


def test_the_page_of_the_data_model_is_current():
    call_command("data_model", "--check", stdout=StringIO())


def test_an_outdated_page_fails_the_check(monkeypatch, tmp_path):
    page = tmp_path / "data-model.md"
    monkeypatch.setattr(data_model, "PAGE", page)
    with pytest.raises(CommandError, match="out of date"):
        call_command("data_model", "--check")

    call_command("data_model", "--write", stdout=StringIO())

    call_command("data_model", "--check", stdout=StringIO())
    assert page.read_text().startswith("# Data model")


def test_a_diagram_lists_columns_and_draws_foreign_keys():
    diagram = er_diagram([Market, MarketContact], without_lines_to=[Workspace])

    assert "    Market {\n        BigAuto id PK\n        id workspace_id FK\n" in diagram
    assert "    Market ||--o{ MarketContact : market" in diagram
    assert "Workspace ||" not in diagram


def has_workspace(model):
    in_workspace = any(field.name == "workspace" and not field.null for field in model._meta.fields)
    return in_workspace and model._meta.db_table not in REFERENCE


def test_each_table_of_a_workspace_is_a_workspace_model():
    others = [
        each.__name__ for each in apps.get_models() if has_workspace(each) and not issubclass(each, WorkspaceModel)
    ]

    assert others == []


def models_with_key_in_workspace():
    with override_settings(MIGRATION_MODULES={}):  # on SQLite the tests make their tables without migrations
        migrations = MigrationLoader(None).disk_migrations
    return {
        tuple(name.lower().rpartition(".")[::2]) if "." in name else (app, name.lower())
        for (app, _), migration in migrations.items()
        for each in migration.operations
        if isinstance(each, KeyInWorkspace) and not isinstance(each, BuildKeysInWorkspace)
        for name in each.model_names
    }


def test_migrations_put_the_workspace_into_the_key_of_each_table_of_a_workspace():
    known = models_with_key_in_workspace()
    forgotten = [
        model._meta.label
        for model in apps.get_models()
        if has_workspace(model) and (model._meta.app_label, model._meta.model_name) not in known
    ]

    assert forgotten == [], (
        'Write KeyInWorkspace("ModelName"), from config.db.sharding.keys, after CreateModel in the migration that '
        "makes the table: docs/scale.md."
    )
    assert len(known) >= 54


def test_relations_between_tables_of_a_workspace_compare_workspaces_in_joins():
    plain = [
        str(field)
        for model in apps.get_models()
        if has_workspace(model)
        for field in model._meta.fields
        if field.is_relation
        and field.name != "workspace"
        and has_workspace(field.related_model)
        and not isinstance(field, WorkspaceForeignKey | OneToOneWithinWorkspace)
    ]

    assert plain == [], "Make them a WorkspaceForeignKey, from config.db.composite_keys: docs/scale.md."
