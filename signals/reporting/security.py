"""The role that owns the views, and the policies by which PostgreSQL shows it the rows of one workspace."""

from collections.abc import Iterator

from django.db import connection, transaction

from signals.reporting.shape import SCHEMA, quoted

POLICY = "reporting"
GRANTED = f"(SELECT granted.workspace_id FROM {SCHEMA}.grants granted WHERE granted.role = CURRENT_USER)"  # noqa: S608
"""The id of the workspace that the role may read; null for any other role, whatever its rights. PostgreSQL reads it
once for each table of a query. CURRENT_USER is who queries a view, not its owner."""
OWN_WORKSPACE = f"(SELECT own.id FROM markets_workspace own WHERE own.id = {GRANTED} AND own.archived_at IS NULL)"  # noqa: S608
CONDITIONS = {"markets_workspace": f"id = {GRANTED} AND archived_at IS NULL"} | dict.fromkeys(
    (
        *("markets_market", "markets_contact", "markets_marketcontact", "markets_suppression", "markets_offlimits"),
        *("markets_erasure", "campaigns_campaign", "campaigns_campaigncontact", "campaigns_statuschange"),
        *("calls_call", "calls_campaignday", "calls_meeting", "signals_signal"),
    ),
    f"workspace_id = {OWN_WORKSPACE}",
)
"""The tables that the views read, each with its policy. Policies are for every role but the owner of the table, its
members and superusers, so they say nothing of roles that a dump would need on another server."""
USERS_COLUMNS = "(id, first_name, last_name, email)"
"""What the views read of users, who belong to no workspace and so have no policy: see `name_of`."""
STATE = """SELECT relname, CASE WHEN relrowsecurity THEN obj_description(p.oid) END
FROM pg_class c LEFT JOIN pg_policy p ON polrelid = c.oid AND polname = %s
WHERE relname = ANY(%s) AND relnamespace = 'public'::regnamespace"""
UNSUITABLE = """SELECT rolcanlogin OR rolsuper OR rolbypassrls
    OR pg_has_role(rolname, (SELECT relowner FROM pg_class WHERE oid = 'markets_workspace'::regclass), 'USAGE')
    OR NOT pg_has_role(CURRENT_USER, rolname, 'USAGE')
FROM pg_roles WHERE rolname = %s"""


def owner() -> str:
    """The name of the role that owns the views. Roles belong to the server, so it has the database in its name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT left(current_database(), 50) || '_reporting'")
        return str(cursor.fetchone()[0])


def to_make_owner(name: str) -> Iterator[str]:
    """For a superuser, once in the life of a database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('CREATE ROLE %%I NOLOGIN', %s), format('GRANT %%I TO %%I', %s, CURRENT_USER)", [name] * 2
        )
        yield from cursor.fetchone()


def may_make_roles() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = CURRENT_USER")
        return bool(cursor.fetchone()[0])


def has_owner(name: str) -> bool:
    """Whether there is such a role that is subject to the policies, and whose views the portal may create and drop."""
    with connection.cursor() as cursor:
        cursor.execute(UNSUITABLE, [name])
        return cursor.fetchone() == (False,)


def make_owner(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if not cursor.fetchone():
            for sql in to_make_owner(name):
                cursor.execute(sql)


def create_policies() -> None:
    """Creates those that are missing or different. Each table is locked by itself, briefly: no row is read."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, [POLICY, list(CONDITIONS)])
        current = dict(cursor.fetchall())
        for table, condition in CONDITIONS.items():
            if current[table] != condition:
                with transaction.atomic():
                    cursor.execute(f"DROP POLICY IF EXISTS {POLICY} ON {table}")
                    cursor.execute(f"CREATE POLICY {POLICY} ON {table} FOR SELECT USING ({condition})")
                    cursor.execute(f"COMMENT ON POLICY {POLICY} ON {table} IS {quoted(condition)}")
                    cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
