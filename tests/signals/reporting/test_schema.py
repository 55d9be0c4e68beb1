"""The views in the database: created after migrations, out of the way of them, and documented."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from signals.reporting import dictionary, schema
from signals.reporting.schema import VIEWS
from tests.signals.reporting.readers import needs_postgresql


def existing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'reporting' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def oids():
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_class WHERE relnamespace = 'reporting'::regnamespace ORDER BY 1")
        return cursor.fetchall()


@needs_postgresql
@pytest.mark.django_db
def test_every_view_and_column_has_its_meaning_as_a_comment():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT relname, attname, obj_description(c.oid), col_description(c.oid, attnum)
            FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid
            WHERE relnamespace = 'reporting'::regnamespace AND relkind = 'v' AND attnum > 0"""
        )
        found = {(view, column): (of_view, of_column) for view, column, of_view, of_column in cursor.fetchall()}

    assert found == {
        (view.name, column.name): (view.meaning, column.meaning) for view in VIEWS for column in view.columns
    }
    assert [key for key, meanings in found.items() if not all(each.strip().endswith(".") for each in meanings)] == []


@needs_postgresql
@pytest.mark.django_db
def test_every_view_is_a_barrier():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'reporting'::regnamespace AND relkind = 'v' "
            "AND 'security_barrier=true' = ANY (reloptions)"
        )
        assert sorted(name for (name,) in cursor.fetchall()) == existing() == sorted(view.name for view in VIEWS)


@needs_postgresql
@pytest.mark.django_db
def test_no_table_has_row_security_which_would_be_part_of_every_plan_of_a_page():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relrowsecurity")
        assert cursor.fetchone() == (0,)


@needs_postgresql
@pytest.mark.django_db
def test_migrate_leaves_views_alone_that_are_current():
    before = oids()

    call_command("migrate", verbosity=0)

    assert oids() == before


@needs_postgresql
@pytest.mark.django_db
def test_migrate_replaces_views_of_another_version():
    before = oids()
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON SCHEMA reporting IS 'Views of version 0'")

    call_command("migrate", verbosity=0)

    assert oids() != before
    assert existing() == sorted(view.name for view in VIEWS)


@needs_postgresql
@pytest.mark.django_db
def test_a_column_that_a_view_reads_can_be_changed_once_the_views_are_dropped():
    alter = "ALTER TABLE calls_call ALTER COLUMN caller_name TYPE text"
    schema.drop_views()
    with connection.cursor() as cursor:
        cursor.execute(alter)
    assert existing() == []

    schema.create_views()

    assert existing() == sorted(view.name for view in VIEWS)


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_migration_of_our_tables_finds_no_views_and_leaves_them_behind(monkeypatch):
    """The last migration of signals is taken back, and applied again."""
    from django.db.migrations.loader import MigrationLoader

    graph = MigrationLoader(connection).graph
    ((_, newest),) = graph.leaf_nodes("signals")
    before = graph.node_map["signals", newest].parents
    (former,) = [node.key[1] for node in before if node.key[0] == "signals"]

    call_command("migrate", "signals", former, verbosity=0)
    assert existing() == []

    call_command("migrate", verbosity=0)
    assert existing() == sorted(view.name for view in VIEWS)


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL has them")
def test_sqlite_has_no_views_and_does_not_miss_them(db):
    schema.create_views()
    schema.drop_views()


def test_the_dictionary_of_the_guide_is_current():
    call_command("reporting_dictionary", "--check", stdout=StringIO())


def test_an_outdated_dictionary_fails_the_check(monkeypatch, tmp_path):
    page = tmp_path / "reporting.md"
    page.write_text(f"# Reporting\n\n{dictionary.BEGIN}\n")
    monkeypatch.setattr(dictionary, "PAGE", page)
    with pytest.raises(CommandError, match="out of date"):
        call_command("reporting_dictionary", "--check", stdout=StringIO())

    call_command("reporting_dictionary", "--write", stdout=StringIO())

    call_command("reporting_dictionary", "--check", stdout=StringIO())
    assert page.read_text().startswith("# Reporting\n")
