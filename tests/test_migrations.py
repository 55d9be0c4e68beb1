"""P14: a new version is deployed while the portal is in use. The rules are in docs/operations/upgrades.md."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import psycopg
import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection, migrations, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.migration_rules import RELEASED, new_migrations, problems_of, statements_of, table_of

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="tables on SQLite are made without migrations"),
    pytest.mark.django_db,
]
IN_SETUP = "workspaces are created by the operator, who is upgrading just then"
SHORT_LOG = "the audit log is short: it records sign-ins, views and changes only from this version on"
ACCEPTED = {
    ("0005_operations", 'ADD COLUMN "requires_second_factor"'): IN_SETUP,
    ("0006_encrypt_second_factors", "RunPython"): "there are at most a few rows per account",
    ("0005_operations", 'ADD CONSTRAINT "markets_auditevent_workspace_id'): SHORT_LOG,
    ("0005_operations", 'CREATE INDEX "audit_event_'): SHORT_LOG,
    ("0007_no_names_in_audit_events", "RunPython"): SHORT_LOG,
    ("0005_call_scripts", 'ADD COLUMN "calls_per_day"'): "there are at most some thousand campaigns and templates",
    ("0008_search", 'ADD COLUMN "search_text"'): "docs/operations/upgrades.md says how long and what to do",
    (
        "0008_shared_links_by_workspace",
        'ADD CONSTRAINT "shared_link_token_unique"',
    ): "links are made by hand: thousands",
    ("0014_search_without_numbers", 'COLUMN "search_text"'): "as 0008_search, and under the same name at once",
}
"""Statements that the rules refuse, and why they do no harm: by migration and a part of the statement."""


def is_accepted(migration, statement):
    return any(name == migration.name and part in statement for name, part in ACCEPTED)


def all_migrations():
    loader = MigrationLoader(None)
    return [loader.get_migration(*key) for key in sorted(loader.graph.nodes) if key[0] in RELEASED]


def refused(*operations, atomic=True):
    """What the rules say to a migration of the app `calls` with these operations."""
    migration = migrations.Migration("bad", "calls")
    migration.operations, migration.atomic = list(operations), atomic
    state = ProjectState.from_apps(apps)
    return [why for _, why in problems_of(migration, statements_of(migration, state))]


CALL = {"model_name": "call"}
INDEX = models.Index(fields=["talk_seconds"], name="bad_index")
CHECK = models.CheckConstraint(condition=models.Q(talk_seconds__lt=99999), name="bad_check")
BAD = {
    "an index": migrations.AddIndex(**CALL, index=INDEX),
    "a check": migrations.AddConstraint(**CALL, constraint=CHECK),
    "a unique constraint": migrations.AddConstraint(
        **CALL, constraint=models.UniqueConstraint(fields=["workspace", "started_at"], name="bad_unique")
    ),
    "a foreign key": migrations.AddField(
        **CALL, name="bad", field=models.ForeignKey("markets.User", models.PROTECT, null=True, related_name="+")
    ),
    "an indexed column": migrations.AddField(**CALL, name="bad", field=models.IntegerField(null=True, db_index=True)),
    "a column without a default": migrations.AddField(**CALL, name="bad", field=models.IntegerField(default=1)),
    "another type": migrations.AlterField(**CALL, name="talk_seconds", field=models.TextField()),
    "a removed column": migrations.RemoveField(**CALL, name="notes"),
    "a renamed column": migrations.RenameField(**CALL, old_name="notes", new_name="text"),
    "a removed table": migrations.DeleteModel("Meeting"),
    "an update": migrations.RunSQL("UPDATE calls_call SET notes = ''", migrations.RunSQL.noop),
    "Python": migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop),
}
GOOD = {
    "an empty column": migrations.AddField(**CALL, name="good", field=models.IntegerField(null=True)),
    "a column with a default": migrations.AddField(**CALL, name="good", field=models.IntegerField(db_default=1)),
    "a check of new rows": AddConstraintNotValid(**CALL, constraint=CHECK),
    "a validated check": ValidateConstraint(**CALL, name="bad_check"),
    "another table": migrations.CreateModel(
        "Good", [("id", models.BigAutoField(primary_key=True)), ("word", models.TextField(db_index=True))]
    ),
    "another help text": migrations.AlterField(**CALL, name="notes", field=models.TextField(blank=True, help_text="x")),
}


def test_every_migration_has_a_name_and_can_be_reversed():
    found = all_migrations()
    assert len(found) > 9
    assert [each.name for each in found if re.search(r"_auto(_|$)|^\d+_(alter|add|remove)_", each.name)] == []
    assert [each.name for each in found if not all(operation.reversible for operation in each.operations)] == []


def test_a_migration_without_a_way_back_is_seen():
    assert not migrations.RunSQL("SELECT 1").reversible
    assert not migrations.RunPython(migrations.RunPython.noop).reversible


def drift(wanted):
    """The migrations that are missing for the models of a state."""
    return MigrationAutodetector(MigrationLoader(None).project_state(), wanted).changes(MigrationLoader(None).graph)


@pytest.mark.promise("P14")
def test_new_migrations_neither_block_nor_break_what_still_runs(figure):
    assert drift(ProjectState.from_apps(apps)) == {}
    wanted = ProjectState.from_apps(apps)
    wanted.remove_field("calls", "call", "notes")
    drifted = sum(map(len, drift(wanted).values()))

    statements, found, created, used = 0, [], set(), set()
    for migration, state in new_migrations():
        sql = statements_of(migration, state)
        found += [(migration, *each) for each in problems_of(migration, sql, created)]
        created |= {table_of(each) for each in sql if each.startswith("CREATE TABLE")}
        statements += len(sql)
    assert [(m.name, statement, why) for m, statement, why in found if not is_accepted(m, statement)] == []
    used = {key for key in ACCEPTED for m, statement, _ in found if m.name == key[0] and key[1] in statement}
    assert used == set(ACCEPTED), "no longer needed"

    seen = [name for name, operation in BAD.items() if refused(operation)]
    assert seen == list(BAD)
    figure(
        f"0 drift, 0 of {statements} statements block or break, {len(used)} accepted with a reason",
        control=f"{len(seen)} of {len(BAD)} bad migrations refused; a field without its migration is {drifted} drift",
    )


@pytest.mark.parametrize("name", GOOD)
def test_a_migration_by_the_rules_passes(name):
    assert refused(GOOD[name]) == []


def test_an_index_that_is_created_concurrently_passes_in_a_migration_of_its_own():
    index = AddIndexConcurrently(**CALL, index=INDEX)

    assert refused(index, atomic=False) == []
    assert len(refused(index, GOOD["an empty column"], atomic=False)) == 1


MIGRATION = """
from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(
            "ALTER TABLE markets_workspace ADD COLUMN drill integer", "ALTER TABLE markets_workspace DROP COLUMN drill"
        )
    ]
"""


@pytest.fixture
def app(tmp_path, monkeypatch, settings):
    """An app that otherwise has none gets a migration, which needs the table of workspaces for itself."""
    folder = tmp_path / "drill_migrations"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "0001_column.py").write_text(MIGRATION)
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"django_htmx": "drill_migrations"}
    yield "django_htmx"
    call_command("migrate", "django_htmx", "zero", verbosity=0)


def longest_wait(command, app):
    """How long a reader waits while a migration comes along and somebody has had a transaction open for 4 s."""
    waits, is_over = [], threading.Event()

    def hold(other):
        other.execute("SELECT 1 FROM markets_workspace")
        time.sleep(4)
        other.rollback()
        is_over.set()

    def read(other):
        while not is_over.is_set():
            start = time.monotonic()
            other.execute("SELECT 1 FROM markets_workspace")
            other.rollback()
            waits.append(time.monotonic() - start)
            time.sleep(0.02)

    parameters = connection.get_connection_params()
    url = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if parameters.get(name)}
    with psycopg.connect(**url) as holder, psycopg.connect(**url) as reader, ThreadPoolExecutor(2) as threads:
        work = [threads.submit(hold, holder)]
        time.sleep(0.3)
        work.append(threads.submit(read, reader))
        call_command(command, app, verbosity=0, stderr=StringIO())
        for each in work:
            each.result()
    return max(waits)


@pytest.mark.thorough
@pytest.mark.promise("P14")
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_long_for_a_migration_that_waits_for_somebody(figure, app):
    guarded = longest_wait("migrate", app)
    call_command("migrate", app, "zero", verbosity=0)
    unguarded = longest_wait(migrate.Command(), app)

    assert guarded < 2.5
    assert unguarded > 3
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
    figure(
        f"the longest wait of a reader behind a waiting migration is {guarded:.1f} s",
        control=f"with Django's own command {unguarded:.1f} s, until the transaction in the way ends",
    )
