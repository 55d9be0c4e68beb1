"""The database roles with which a tool reads one workspace: the statements that make and remove them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from psycopg.sql import Identifier, Literal

from markets.models import AuditAction, Workspace
from markets.workspaces.audit import record_event
from signals.reporting import security
from signals.reporting.schema import are_current, grants_to
from signals.reporting.shape import SCHEMA

NAME = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{2,62}\Z")
MOST_CONNECTIONS = 5
SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "search_path": SCHEMA,
}
"""What a session begins with. A role can change these for itself; what it may read does not depend on them."""


class ReportingRole(NamedTuple):
    name: str
    workspace: str
    """The slug, or the id of a workspace that is no longer there."""
    granted_at: str
    exists: bool
    """Whether the server has the role, which a superuser may still have to create."""


def granted_roles(workspace: Workspace | None = None) -> list[ReportingRole]:
    """Those of a workspace, or all."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT role, coalesce(slug, workspace_id::text), granted_at::text,
                EXISTS (SELECT 1 FROM pg_roles WHERE rolname = role)
            FROM {SCHEMA}.grants
            LEFT JOIN markets_workspace w ON w.id = workspace_id
            WHERE %(workspace)s::bigint IS NULL OR workspace_id = %(workspace)s ORDER BY 2, 1""",  # noqa: S608
            {"workspace": workspace.pk if workspace else None},
        )
        return [ReportingRole(*row) for row in cursor.fetchall()]


def readers() -> set[str]:
    """All that may use the views: those in the list, and those that a superuser still has to remove."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT role FROM {SCHEMA}.grants UNION SELECT rolname
            FROM pg_namespace, aclexplode(nspacl) JOIN pg_roles r ON r.oid = grantee
            WHERE nspname = %s AND grantee <> nspowner AND rolname <> %s""",  # noqa: S608
            [SCHEMA, security.owner()],
        )
        return {name for (name,) in cursor.fetchall()}


def is_known(name: str) -> bool:
    """Whether the server has a role of that name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        return cursor.fetchone() is not None


def check_set_up() -> None:
    """Raises ValidationError while there are no views, with the statements that a superuser has to execute first."""
    owner = security.owner()
    if not are_current(owner):
        raise ValidationError(
            f"There are no views yet. Let a superuser execute: {'; '.join(security.to_make_owner(owner))}; "
            "Then run: manage.py migrate"
        )


def check(workspace: Workspace, name: str) -> None:
    """Raises ValidationError for a role that may not be given the workspace."""
    if not NAME.match(name):
        raise ValidationError("A role has 3 to 63 small letters, digits and underscores, and does not begin with pg_.")
    workspaces = {role.name: role.workspace for role in granted_roles()}
    if name in workspaces and workspaces[name] != workspace.slug:
        raise ValidationError(f"The role {name} reads the workspace “{workspaces[name]}”. A role reads only one.")
    if name not in workspaces and (is_known(name) or name == security.owner()):
        raise ValidationError(f"There is a role {name} already that was not made for reporting. Choose another name.")
    with connection.cursor() as cursor:
        # Roles that can create a function in the schema of the tables could make the portal call it.
        cursor.execute(
            "SELECT 1 FROM pg_namespace, aclexplode(nspacl) WHERE grantee = 0 AND privilege_type = 'CREATE' "
            "AND nspname = 'public'"
        )
        if cursor.fetchone():
            raise ValidationError(
                "Everybody may create objects in the schema public of this database. Run this as its owner first: "
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
            )


def verifier(name: str, password: str) -> str:
    """What the server stores instead of the password, which so is in no statement and no log of the server."""
    connection.ensure_connection()
    return connection.connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()


@transaction.atomic
def allow(*, workspace: Workspace, name: str) -> None:
    """Lets a role read the workspace, as soon as the server has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {SCHEMA}.grants (role, workspace_id) VALUES (%s, %s) ON CONFLICT (role) DO NOTHING",  # noqa: S608
            [name, workspace.pk],
        )
        is_new = bool(cursor.rowcount)
    summary = (
        f"Gave the database role {name} reporting access" if is_new else f"Gave the database role {name} a new password"
    )
    _record(workspace, AuditAction.REPORTING_GIVEN, summary, name)


@transaction.atomic
def disallow(*, name: str) -> None:
    """From now on the role sees nothing, also in sessions that are open."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {SCHEMA}.grants WHERE role = %s RETURNING workspace_id", [name])  # noqa: S608
        ids = [key for (key,) in cursor.fetchall()]
    for workspace in Workspace.objects.filter(pk__in=ids):
        summary = f"Revoked the reporting access of the database role {name}"
        _record(workspace, AuditAction.REPORTING_REVOKED, summary, name)


def to_make(name: str, stored_password: str) -> Iterator[str]:
    """Makes the role, or gives it another password and the usual settings again, and lets it use the views."""
    role, password = _quoted(Identifier(name)), _quoted(Literal(stored_password))
    if not is_known(name):
        yield f"CREATE ROLE {role} NOINHERIT"
    yield f"ALTER ROLE {role} LOGIN PASSWORD {password} CONNECTION LIMIT {MOST_CONNECTIONS}"
    for setting, value in SETTINGS.items():
        yield f"ALTER ROLE {role} SET {setting} = {_quoted(Literal(value))}"
    yield from grants_to(role)


def to_remove(name: str) -> Iterator[str]:
    role = _quoted(Identifier(name))
    if is_known(name):
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {SCHEMA} FROM {role}"
        yield f"REVOKE ALL ON SCHEMA {SCHEMA} FROM {role}"
        yield f"DROP ROLE {role}"


def _record(workspace: Workspace, action: AuditAction, summary: str, name: str) -> None:
    record_event(workspace=workspace, user=None, action=action, summary=summary, details={"role": name})


def _quoted(part: Identifier | Literal) -> str:
    connection.ensure_connection()
    return part.as_string(connection.connection)
