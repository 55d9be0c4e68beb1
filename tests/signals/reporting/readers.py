"""Reads the views as a role that was let in by the command, on a connection of its own."""

from contextlib import contextmanager
from io import StringIO

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

PASSWORD = "a long password of a test"
needs_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles and no such views")


def role_of(name):
    """Roles belong to the whole server, where tests run side by side."""
    return f"{connection.settings_dict['NAME']}_{name}".lower()


@contextmanager
def let_in(slug, name, monkeypatch):
    """A role of the workspace, removed in the end with all that names it."""
    monkeypatch.setenv("PORTAL_PASSWORD", PASSWORD)
    role = role_of(name)
    call_command("reporting_access", "--workspace", slug, "--role", role, stdout=StringIO())
    try:
        yield role
    finally:
        call_command("reporting_access", "--role", role, "--revoke", stdout=StringIO())


@contextmanager
def connected(role):
    if settings.DATABASE_POOLER:
        pytest.skip("A pooler knows no roles that a test makes")
    parameters = connection.get_connection_params()
    where = {name: parameters[name] for name in ("dbname", "host", "port") if parameters.get(name)}
    with psycopg.connect(**where, user=role, password=PASSWORD, autocommit=True) as reader:
        yield reader


def grant_to_me(workspace):
    """Lets the user of the tests itself read, within the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reporting.grants WHERE role = CURRENT_USER")
        cursor.execute("INSERT INTO reporting.grants (role, workspace_id) VALUES (CURRENT_USER, %s)", [workspace.pk])


def rows(sql, *parameters):
    """What a query of the views says to whoever `grant_to_me` let in, as dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = reporting, public")
        cursor.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
