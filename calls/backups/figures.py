"""What a restored database must show: the rows of each table and the five numbers of each workspace."""

from typing import TypedDict

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from calls.metrics.definitions import totals
from markets.models import Workspace

NUMBERS = ("contact_count", "calls_made", "conversations", "connection_rate", "meetings_booked", "signals_captured")


class Figures(TypedDict):
    rows: dict[str, int]
    """By table."""
    numbers: dict[str, dict[str, float | None]]
    """By workspace."""


def figures() -> Figures:
    """Counted in the snapshot of the current transaction."""
    return {"rows": rows_by_table(), "numbers": numbers_by_workspace()}


def rows_by_table() -> dict[str, int]:
    rows: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows[table] = cursor.fetchone()[0]
    return rows


def numbers_by_workspace() -> dict[str, dict[str, float | None]]:
    found = {}
    for workspace in Workspace.objects.order_by("pk"):
        counts = totals(workspace, None, names=["contact_count"])
        found[workspace.slug] = {name: counts[name] for name in NUMBERS}
    return found


def applied_migrations() -> list[str]:
    """Of the database, as “app.name”."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def known_migrations() -> set[str]:
    """Those that this version of the portal has."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return {f"{app}.{name}" for app, name in {*loader.disk_migrations, *replaced}}


def unknown_migrations(migrations: list[str]) -> list[str]:
    """Those that this version does not have. Of apps that are not installed, such as an extra, nothing is known."""
    labels = {config.label for config in apps.get_app_configs()}
    known = known_migrations()
    return [each for each in migrations if each.split(".", 1)[0] in labels and each not in known]


def differences[Value](what: str, expected: dict[str, Value], found: dict[str, Value]) -> list[str]:
    """A sentence for each difference."""
    return [
        f"{name}: {expected.get(name, 'no')} {what} in the backup, {found.get(name, 'no')} here."
        for name in sorted({*expected, *found})
        if expected.get(name) != found.get(name)
    ]
