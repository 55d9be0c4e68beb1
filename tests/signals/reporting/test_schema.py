"""The views in the database: created after migrations, out of the way of them, and documented."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection

from signals.reporting import dictionary, schema, security
from signals.reporting.schema import VIEWS
from tests.signals.reporting.readers import needs_postgresql, role_of


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


def all_of(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def execute(*statements):
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)


@needs_postgresql
@pytest.mark.django_db
def test_every_table_that_a_view_reads_has_a_policy():
    read = all_of(
        """SELECT DISTINCT c.relname, c.relrowsecurity FROM pg_rewrite r
        JOIN pg_class v ON v.oid = ev_class AND v.relnamespace = 'reporting'::regnamespace
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND objid = r.oid AND refclassid = 'pg_class'::regclass
        JOIN pg_class c ON c.oid = refobjid AND c.relkind = 'r'"""
    )

    assert dict(read) == dict.fromkeys(security.CONDITIONS, True) | {"markets_user": False}
    policies = all_of("SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'reporting' AND polcmd = 'r'")
    assert {table for (table,) in policies} == set(security.CONDITIONS)


@needs_postgresql
@pytest.mark.django_db
def test_the_owner_of_the_views_is_bound_by_the_policies_and_reads_no_more_than_they_need():
    owner = security.owner()
    assert set(all_of("SELECT viewowner FROM pg_views WHERE schemaname = 'reporting'")) == {(owner,)}
    assert all_of("SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = %s", owner) == [
        (False,) * 3
    ]
    rights = "SELECT table_name, privilege_type FROM information_schema.table_privileges WHERE grantee = %s"
    assert set(all_of(f"{rights} AND table_schema = 'public'", owner)) == {
        (table, "SELECT") for table in security.CONDITIONS
    }
    columns = "SELECT column_name FROM information_schema.column_privileges WHERE table_name = 'markets_user'"
    assert {name for (name,) in all_of(f"{columns} AND grantee = %s", owner)} == {
        "id",
        "first_name",
        "last_name",
        "email",
    }


@pytest.fixture
def another_role(db):
    """A role with the right to read calls and nothing else, for the time of the transaction."""
    role = role_of("another")
    execute(f"CREATE ROLE {role}", f"GRANT SELECT ON calls_call TO {role}")
    return role


@needs_postgresql
def test_owners_and_their_members_read_tables_as_if_there_were_no_policies(another_role):
    execute(f"CREATE ROLE {another_role}_owner", f"ALTER TABLE calls_call OWNER TO {another_role}_owner")
    execute(f"GRANT {another_role}_owner TO {another_role}", f"SET LOCAL ROLE {another_role}")

    assert all_of("SELECT row_security_active('calls_call')") == [(False,)]
    assert "grants" not in str(all_of("EXPLAIN (VERBOSE) SELECT * FROM calls_call WHERE workspace_id = 1"))


@needs_postgresql
def test_a_role_that_does_not_own_the_tables_gets_an_error_and_never_no_rows(another_role):
    execute(f"SET LOCAL ROLE {another_role}")

    with pytest.raises(ProgrammingError, match="permission denied for table grants"):
        all_of("SELECT * FROM calls_call")


@needs_postgresql
@pytest.mark.django_db
def test_policies_that_are_current_are_left_alone_without_a_lock():
    schema.create_views()

    locked = (
        "SELECT relation::regclass::text FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND pid = pg_backend_pid()"
    )
    assert not {table for (table,) in all_of(locked)} & set(security.CONDITIONS)


@needs_postgresql
@pytest.mark.django_db
def test_policies_that_differ_or_are_switched_off_are_created_again():
    before = all_of("SELECT polrelid::regclass::text, pg_get_expr(polqual, polrelid) FROM pg_policy ORDER BY 1")
    execute("DROP POLICY reporting ON calls_call", "ALTER TABLE calls_meeting DISABLE ROW LEVEL SECURITY")
    execute("COMMENT ON POLICY reporting ON markets_contact IS 'true'")
    execute("ALTER POLICY reporting ON markets_contact USING (true)")

    schema.create_views()

    assert all_of("SELECT polrelid::regclass::text, pg_get_expr(polqual, polrelid) FROM pg_policy ORDER BY 1") == before
    off = "SELECT polrelid::regclass::text FROM pg_policy JOIN pg_class c ON c.oid = polrelid WHERE NOT relrowsecurity"
    assert all_of(off) == []


@needs_postgresql
@pytest.mark.django_db
def test_restored_views_that_belong_to_the_owner_of_the_tables_are_replaced():
    execute("ALTER VIEW reporting.calls OWNER TO CURRENT_USER")

    schema.create_views()

    owners = all_of("SELECT DISTINCT viewowner FROM pg_views WHERE schemaname = 'reporting'")
    assert owners == [(security.owner(),)]


@needs_postgresql
@pytest.mark.django_db
def test_there_are_no_views_while_policies_would_not_bind_their_owner():
    execute(f"ALTER ROLE {security.owner()} BYPASSRLS")

    schema.create_views()

    assert existing() == []


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
