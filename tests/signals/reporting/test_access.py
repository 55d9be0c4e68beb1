"""The command that lets roles read the views."""

import json
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from signals.reporting import roles, schema, security
from signals.reporting.roles import SETTINGS
from tests.factories import WorkspaceFactory
from tests.signals.reporting.readers import PASSWORD, connected, let_in, needs_postgresql, role_of


def run(*words):
    out = StringIO()
    call_command("reporting_access", *words, stdout=out)
    return out.getvalue()


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL has roles")
def test_sqlite_is_refused(workspace):
    with pytest.raises(CommandError, match="SQLite has no roles"):
        run("--list")


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_role_is_let_in_with_limits_and_shut_out(workspace, monkeypatch):
    with let_in("acme", "access", monkeypatch) as role:
        with connected(role) as reader:
            assert reader.execute("SELECT workspace FROM workspaces").fetchall() == [("acme",)]
            for name, value in SETTINGS.items():
                shown = reader.execute(f"SHOW {name}").fetchone()[0]
                assert shown in (value, value.replace("60s", "1min"))
            with connection.cursor() as cursor:
                cursor.execute("SELECT rolconnlimit, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = %s", [role])
                assert cursor.fetchone() == (5, False, False)
            assert f"{role} reads acme" in run("--list")
            listed = json.loads(run("--list", "--workspace", "acme", "--format", "json").splitlines()[-1])
            assert [each["name"] for each in listed["roles"]] == [role]

            run("--workspace", "acme", "--role", role)  # again: another password may be given
            run("--role", role, "--revoke")

            with pytest.raises(psycopg.Error):
                reader.execute("SELECT workspace FROM workspaces")
        with pytest.raises(psycopg.OperationalError), connected(role):
            pass
        assert role not in run("--list")
        run("--workspace", "acme", "--role", role)


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_what_is_printed_for_a_superuser_does_the_same_and_holds_no_password(workspace, monkeypatch):
    role = role_of("printed")
    monkeypatch.setenv("PORTAL_PASSWORD", PASSWORD)

    printed = run("--workspace", "acme", "--role", role, "--sql")

    assert PASSWORD not in printed
    assert "SCRAM-SHA-256$" in printed
    assert "INSERT" not in printed
    assert f"{role} reads acme" in run("--list")
    assert "but does not exist" in run("--list")
    with connection.cursor() as cursor:
        cursor.execute(printed)
        try:
            with connected(role) as reader:
                assert reader.execute("SELECT workspace FROM workspaces").fetchall() == [("acme",)]
                assert "does not exist" not in run("--list")
                run("--role", role, "--revoke", "--sql")
                assert reader.execute("SELECT workspace FROM workspaces").fetchall() == []
        finally:
            cursor.execute(run("--role", role, "--revoke", "--sql"))  # again: nobody executed it yet
    assert not roles.is_known(role)


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_managers_see_in_the_audit_log_who_was_let_in_and_shut_out(workspace, client, manager, monkeypatch):
    with let_in("acme", "log", monkeypatch) as role:
        run("--workspace", "acme", "--role", role)

    events = workspace.audit_events.filter(action__startswith="reporting_").order_by("pk")
    assert [(event.summary, event.user, event.details) for event in events] == [
        (f"Gave the database role {role} reporting access", None, {"role": role}),
        (f"Gave the database role {role} a new password", None, {"role": role}),
        (f"Revoked the reporting access of the database role {role}", None, {"role": role}),
    ]
    client.force_login(manager)
    page = client.get("/w/acme/audit/").content.decode()
    assert f"Gave the database role {role} reporting access" in page
    assert "Reporting access given" in page


@needs_postgresql
@pytest.mark.django_db
def test_without_the_views_it_says_what_a_superuser_has_to_do_first(workspace):
    schema.drop_views()
    owner = security.owner()
    with pytest.raises(
        CommandError, match=f'CREATE ROLE "?{owner}"? NOLOGIN; GRANT "?{owner}"? TO .*: manage.py migrate'
    ):
        run("--list")


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_role_reads_one_workspace_only(workspace, monkeypatch):
    WorkspaceFactory(slug="other")
    with (
        let_in("acme", "one", monkeypatch) as role,
        pytest.raises(CommandError, match=f"The role {role} reads the workspace “acme”"),
    ):
        run("--workspace", "other", "--role", role)


@needs_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--workspace", "acme", "--role", "pg_monitor"], "does not begin with pg_"),
        (["--workspace", "acme", "--role", 'x"; DROP'], "small letters"),
        (["--workspace", "nobody", "--role", "somebody"], "There is no workspace"),
        (["--workspace", "acme"], "Give --workspace and --role"),
        (["--role", "somebody", "--revoke"], "No role somebody reads the views"),
    ],
)
def test_what_cannot_be_done_is_said(workspace, monkeypatch, words, why):
    monkeypatch.setenv("PORTAL_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match=why):
        run(*words)


@needs_postgresql
@pytest.mark.django_db
def test_a_role_that_was_not_made_for_reporting_is_left_alone(workspace, monkeypatch):
    monkeypatch.setenv("PORTAL_PASSWORD", PASSWORD)
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_USER")
        (me,) = cursor.fetchone()
    with pytest.raises(CommandError, match="was not made for reporting"):
        run("--workspace", "acme", "--role", me)


@needs_postgresql
@pytest.mark.django_db
def test_a_short_password_is_refused(workspace, monkeypatch):
    monkeypatch.setenv("PORTAL_PASSWORD", "short")
    with pytest.raises(CommandError, match="at least 16 characters"):
        run("--workspace", "acme", "--role", role_of("short"))


@needs_postgresql
@pytest.mark.django_db
def test_a_database_in_which_everybody_may_create_functions_is_refused(workspace, monkeypatch):
    monkeypatch.setenv("PORTAL_PASSWORD", PASSWORD)
    with connection.cursor() as cursor:
        cursor.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
    with pytest.raises(CommandError, match="REVOKE CREATE ON SCHEMA public FROM PUBLIC"):
        run("--workspace", "acme", "--role", role_of("open"))


@needs_postgresql
@pytest.mark.django_db
def test_a_portal_that_may_not_create_roles_says_what_to_do(workspace, monkeypatch):
    monkeypatch.setenv("PORTAL_PASSWORD", PASSWORD)
    owner = role_of("owner")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {owner} IN ROLE CURRENT_USER")  # whose right to create roles no member has
        cursor.execute(f"SET LOCAL ROLE {owner}")
    with pytest.raises(CommandError, match="Add --sql"):
        run("--workspace", "acme", "--role", role_of("refused"))
