"""What `check --deploy` says of a pooler, and the SQL that gives the roles their settings."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from markets.operations.checks import check_limits_of_roles

postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL has roles")


@pytest.fixture
def statements(db, capsys):
    call_command("database_roles", pages="pages of test")
    return capsys.readouterr().out


def roles_with(*settings):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE limited")
        for each in settings:
            cursor.execute(f"ALTER ROLE limited IN DATABASE {connection.settings_dict['NAME']} SET {each}")


def test_without_a_pooler_the_roles_do_not_matter(settings):
    settings.DATABASE_POOLER = False

    assert check_limits_of_roles() == []


@postgresql
@pytest.mark.django_db
def test_behind_a_pooler_some_role_has_to_have_the_limits(settings):
    settings.DATABASE_POOLER = True
    roles_with("lock_timeout = '2s'")

    (warning,) = check_limits_of_roles()

    assert warning.id == "portal.W001"
    assert "has statement_timeout, idle_in_transaction_session_timeout." in warning.msg


@postgresql
def test_the_statements_give_one_role_limits_and_the_other_none(settings, statements):
    settings.DATABASE_POOLER = True
    with connection.cursor() as cursor:
        cursor.execute(statements)
        cursor.execute(statements)  # again
        cursor.execute(
            "SELECT rolname, setconfig FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole "
            "WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        given = dict(cursor.fetchall())
        cursor.execute(
            "SELECT rolcanlogin, pg_has_role(oid, current_user, 'USAGE') FROM pg_roles WHERE rolname ~ 'pages'"
        )
        assert cursor.fetchall() == [(True, True)]

    planner = ["max_parallel_workers_per_gather=0", "jit=off", "random_page_cost=1.1", "TimeZone=UTC"]
    limits = ["statement_timeout=5s", "lock_timeout=2s", "idle_in_transaction_session_timeout=15s"]
    assert given.pop("pages of test") == [*planner, *limits]
    assert list(given.values()) == [planner]
    assert check_limits_of_roles() == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
def test_on_sqlite_there_are_no_roles(db):
    with pytest.raises(CommandError, match="no roles"):
        call_command("database_roles")
