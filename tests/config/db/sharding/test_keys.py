"""The primary key of a table gets the workspace, and loses it when the migration is taken back."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.state import ProjectState
from django.db.models import Count

from config.db.sharding.keys import KeyInWorkspace, KeyInWorkspaceUsingIndex
from markets.models import ImportPreset, Workspace

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite keys stay as they are")


def key_of(table):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table).values()
    return [each["columns"] for each in found if each["primary_key"]]


@pytest.mark.parametrize("operation", [KeyInWorkspace, KeyInWorkspaceUsingIndex])
@pytest.mark.parametrize(
    ("model", "table", "key"),
    [
        ("Tag", "markets_tag", ["id"]),
        ("ImportPreset", "markets_importpreset", ["id"]),
        ("ImportedContact", "markets_importedcontact", ["job_id", "contact_id"]),
    ],
    ids=["id", "of a renamed table", "composite"],
)
def test_a_key_is_replaced_and_restored(db, operation, model, table, key):
    state, change = ProjectState.from_apps(apps), operation(model)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert key_of(table) == [[*key, "workspace_id"]]
    with connection.schema_editor() as editor:
        change.database_backwards("markets", editor, state, state)
        assert key_of(table) == [key]
        change.database_forwards("markets", editor, state, state)
    assert key_of(table) == [[*key, "workspace_id"]]


def test_rows_with_such_a_key_are_grouped_by_all_columns(db):
    """PostgreSQL infers the other columns from a primary key only."""
    grouped = str(ImportPreset.objects.annotate(n=Count("jobs")).query)
    whole = str(Workspace.objects.annotate(n=Count("calls")).query)

    assert '"markets_importpreset"."name"' in grouped.partition("GROUP BY")[2]
    assert '"markets_workspace"."name"' not in whole.partition("GROUP BY")[2]
    assert list(ImportPreset.objects.annotate(n=Count("jobs"))) == []
