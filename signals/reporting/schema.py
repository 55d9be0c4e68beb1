"""Creates the views in the database, and lets roles read them. Does nothing on SQLite, which has no roles."""

import hashlib
from collections.abc import Iterable

from django.db import connection, transaction

from signals.reporting import security
from signals.reporting.calling import OF_CALLS
from signals.reporting.people import OF_PEOPLE
from signals.reporting.shape import SCHEMA
from signals.reporting.totals import TOTALS

VIEWS = (*TOTALS, *OF_PEOPLE, *OF_CALLS)
GRANTS = f"""CREATE TABLE IF NOT EXISTS {SCHEMA}.grants (
    role name PRIMARY KEY, workspace_id bigint NOT NULL, granted_at timestamptz NOT NULL DEFAULT now()
)"""
"""Which role may read which workspace. Not a model: it names roles of the server, and no page reads it."""


def statements() -> list[str]:
    return [sql for view in VIEWS for sql in (view.create(), *view.comments())]


def fingerprint() -> str:
    """Of the definitions. It is the comment of the schema, so that views are replaced only if they change."""
    return f"Views of version {hashlib.sha256(';'.join(statements()).encode()).hexdigest()[:16]}"


def is_available() -> bool:
    return connection.vendor == "postgresql"


def drop_views() -> None:
    """Drops the views, because PostgreSQL changes no column that a view reads. Grants are kept in their table.

    Raises ProgrammingError if somebody has built other views on them: nothing is dropped that is not ours.
    """
    if is_available():
        with transaction.atomic():
            _drop()


def create_views() -> None:
    """Creates the views, or replaces them if they have changed, and lets the roles read them that may.

    Without the role that owns them, which only a superuser can create, there are none.
    """
    if not is_available():
        return
    owner = security.owner()
    if security.may_make_roles():
        security.make_owner(owner)
    if not security.has_owner(owner):
        drop_views()
        return
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        cursor.execute(GRANTS)
    security.create_policies()
    with transaction.atomic(), connection.cursor() as cursor:
        if not are_current(owner):
            _drop()
            for sql in (*statements(), *rights_of_owner(connection.ops.quote_name(owner))):
                cursor.execute(sql)
            cursor.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{fingerprint()}'")
        cursor.execute(f"SELECT quote_ident(role) FROM {SCHEMA}.grants JOIN pg_roles ON rolname = role")  # noqa: S608
        for (role,) in cursor.fetchall():
            for sql in grants_to(role):
                cursor.execute(sql)


def are_current(owner: str) -> bool:
    """Whether the views are those of this version and subject to the policies, which those of a restore are not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT obj_description(to_regnamespace(%(schema)s)), count(*) FROM pg_views "
            "WHERE schemaname = %(schema)s AND viewowner = %(owner)s",
            {"schema": SCHEMA, "owner": owner},
        )
        return bool(cursor.fetchone() == (fingerprint(), len(VIEWS)))


def rights_of_owner(owner: str) -> Iterable[str]:
    """Lets a role own the views and read for them; the role as SQL has it."""
    yield f"GRANT USAGE, CREATE ON SCHEMA {SCHEMA} TO {owner}"
    yield f"GRANT SELECT ON {SCHEMA}.grants, {', '.join(security.CONDITIONS)} TO {owner}"
    yield f"GRANT SELECT {security.USERS_COLUMNS} ON markets_user TO {owner}"
    for view in VIEWS:
        yield f"ALTER VIEW {view.full_name} OWNER TO {owner}"


def grants_to(role: str) -> Iterable[str]:
    """What lets a role read the views, and nothing else; the role as SQL has it."""
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {role}"
    yield f"GRANT SELECT ON {', '.join(view.full_name for view in VIEWS)} TO {role}"


def _drop() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(viewname) FROM pg_views WHERE schemaname = %s", [SCHEMA])
        names = [f"{SCHEMA}.{name}" for (name,) in cursor.fetchall()]
        if names:
            cursor.execute(f"DROP VIEW {', '.join(names)}")
