"""The database roles with which a tool reads one workspace: the statements that make and remove them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection
from psycopg.sql import Identifier, Literal

from markets.models import Workspace
from signals.reporting.schema import grants_to
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


def granted_roles(workspace: Workspace | None = None) -> list[ReportingRole]:
    """Those of a workspace, or all."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT role, coalesce(slug, workspace_id::text), granted_at::text FROM {SCHEMA}.grants
            LEFT JOIN markets_workspace w ON w.id = workspace_id
            WHERE %(workspace)s::bigint IS NULL OR workspace_id = %(workspace)s ORDER BY 2, 1""",  # noqa: S608
            {"workspace": workspace.pk if workspace else None},
        )
        return [ReportingRole(*row) for row in cursor.fetchall()]


def is_known(name: str) -> bool:
    """Whether the server has a role of that name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        return cursor.fetchone() is not None


def may_make_roles() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = CURRENT_USER")
        return bool(cursor.fetchone()[0])


def check(workspace: Workspace, name: str) -> None:
    """Raises ValidationError for a role that may not be given the workspace."""
    if not NAME.match(name):
        raise ValidationError("A role has 3 to 63 small letters, digits and underscores, and does not begin with pg_.")
    workspaces = {role.name: role.workspace for role in granted_roles()}
    if name in workspaces and workspaces[name] != workspace.slug:
        raise ValidationError(f"The role {name} reads the workspace “{workspaces[name]}”. A role reads only one.")
    if name not in workspaces and is_known(name):
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


def to_grant(workspace: Workspace, name: str, stored_password: str) -> Iterator[str]:
    """Makes the role, or gives it another password and the usual settings again, and lets it read the workspace."""
    role, password = _quoted(Identifier(name)), _quoted(Literal(stored_password))
    if not is_known(name):
        yield f"CREATE ROLE {role} NOINHERIT"
    yield f"ALTER ROLE {role} LOGIN PASSWORD {password} CONNECTION LIMIT {MOST_CONNECTIONS}"
    for setting, value in SETTINGS.items():
        yield f"ALTER ROLE {role} SET {setting} = {_quoted(Literal(value))}"
    yield from grants_to(role)
    yield (
        f"INSERT INTO {SCHEMA}.grants (role, workspace_id) VALUES ({_quoted(Literal(name))}, {workspace.pk}) "  # noqa: S608
        "ON CONFLICT (role) DO NOTHING"
    )


def to_revoke(name: str) -> Iterator[str]:
    """Takes the grant first: a session that is open sees nothing from then on."""
    role = _quoted(Identifier(name))
    yield f"DELETE FROM {SCHEMA}.grants WHERE role = {_quoted(Literal(name))}"  # noqa: S608
    if is_known(name):
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {SCHEMA} FROM {role}"
        yield f"REVOKE ALL ON SCHEMA {SCHEMA} FROM {role}"
        yield f"DROP ROLE {role}"


def _quoted(part: Identifier | Literal) -> str:
    connection.ensure_connection()
    return part.as_string(connection.connection)
