"""A role that reads one workspace learns nothing of another, whatever it asks."""

import re

import psycopg
import pytest
from django.db import connection
from psycopg import errors

from calls.models import Call
from markets.models import Contact
from signals.reporting import schema
from signals.reporting.schema import VIEWS
from tests.access_rows import CANARY
from tests.firms import firm
from tests.signals.reporting.readers import connected, let_in, needs_postgresql, role_of

pytestmark = [needs_postgresql, pytest.mark.django_db(transaction=True)]
NAMES = [view.full_name for view in VIEWS]
LEAK = """CREATE FUNCTION pg_temp.leak(value text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001
    AS $$ BEGIN RAISE NOTICE '%', value; RETURN true; END $$"""


@pytest.fixture
def firms():
    other, ours = firm(CANARY, "theirs"), firm("Lisbon", "ours")
    Call.objects.filter(workspace=other.workspace).update(caller_name=CANARY, caller=None)
    Contact.objects.filter(workspace=other.workspace).update(city=CANARY, title=CANARY, seniority=CANARY)
    return ours, other


@pytest.fixture
def reader(firms, monkeypatch):
    with let_in("ours", "reader", monkeypatch) as role, connected(role) as reader:
        reader.execute("SET default_transaction_read_only = off")
        yield reader


@pytest.fixture
def other_reader(firms, monkeypatch):
    with let_in("theirs", "other", monkeypatch) as role, connected(role) as reader:
        yield reader


def text_of(reader, sql):
    """All that the answer holds, and the notices and errors on the way to it."""
    heard = []
    reader.add_notice_handler(lambda notice: heard.append(notice.message_primary))
    try:
        heard += [str(row) for row in reader.execute(sql).fetchall()]
    except psycopg.Error as error:
        heard.append(f"{error} {error.diag.message_detail}")
    return "\n".join(heard)


def is_betrayed(text):
    return CANARY.lower() in text.lower()


def test_each_role_reads_the_rows_of_its_workspace_in_every_view(reader, other_reader):
    ours = {name: text_of(reader, f"SELECT * FROM {name}") for name in NAMES}  # noqa: S608
    theirs = {name: text_of(other_reader, f"SELECT * FROM {name}") for name in NAMES}  # noqa: S608

    assert [name for name, text in ours.items() if is_betrayed(text) or not text] == []
    assert [name for name, text in theirs.items() if "Lisbon" in text or not text] == []
    assert len([name for name, text in theirs.items() if is_betrayed(text)]) >= 6, "no canary could have been found"


def attacks_on(view):
    """Statements that would say what a condition is given, if it were given rows of others."""
    for column in view.columns:
        value = f"{column.name}::text"
        yield f"SELECT count(*) FROM {view.full_name} WHERE pg_temp.leak({value})"  # noqa: S608
        yield f"SELECT count(*) FROM {view.full_name} WHERE ({value} || 'x')::integer = 1"  # noqa: S608
        yield f"EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM {view.full_name} WHERE pg_temp.leak({value})"  # noqa: S608
        yield f"SELECT * FROM {view.full_name} v JOIN {view.full_name} w ON pg_temp.leak(v.{value}) AND v = w"  # noqa: S608


def betrayals(reader):
    """Without indexes, which would find the rows of the workspace before anything is asked about them."""
    reader.execute(LEAK)
    for way in ("indexscan", "indexonlyscan", "bitmapscan"):
        reader.execute(f"SET enable_{way} = off")
    tried = [(sql, text_of(reader, sql)) for view in VIEWS for sql in attacks_on(view)]
    return [sql for sql, text in tried if is_betrayed(text)], len(tried)


def replace_views(change):
    """Creates each view anew from a changed definition, and grants it again."""
    with connection.cursor() as cursor:
        for view in VIEWS:
            cursor.execute(f"DROP VIEW {view.full_name}")
            cursor.execute(change(view.create()))
            cursor.execute(f"GRANT SELECT ON {view.full_name} TO {role_of('reader')}")


@pytest.fixture
def unguarded():
    """Takes a guard out of all views, and puts it back."""
    yield lambda take_out: replace_views(take_out)
    schema.drop_views()
    schema.create_views()


def without_barriers(sql):
    return sql.replace(" WITH (security_barrier)", "").removesuffix("\nOFFSET 0")


def test_no_function_cast_or_plan_is_given_rows_of_others(reader):
    found, tried = betrayals(reader)

    assert tried > 500
    assert found == []


def test_without_the_barriers_they_would_be_given_them(reader, unguarded):
    unguarded(without_barriers)

    found, _ = betrayals(reader)

    assert len(found) > 5


def test_without_the_condition_every_row_would_be_seen(reader, unguarded):
    unguarded(lambda sql: re.sub(r"\nWHERE \w+\.\w+ = \(SELECT granted.*\)\nOFFSET", "\nOFFSET", sql))

    assert is_betrayed(text_of(reader, "SELECT * FROM reporting.contacts"))


def estimates(reader, *values):
    plans = [
        reader.execute(f"EXPLAIN (FORMAT JSON) SELECT * FROM reporting.contacts WHERE firm = '{value}'").fetchone()[0]  # noqa: S608
        for value in values
    ]
    return [plan[0]["Plan"]["Plan Rows"] for plan in plans]


@pytest.fixture
def many_of_one_firm(firms):
    other = firms[1].workspace
    Contact.objects.bulk_create(
        Contact(workspace=other, full_name=f"{CANARY} {n}", external_id=f"{n}", firm=f"{CANARY} big firm")
        for n in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE markets_contact")


def test_explain_estimates_a_value_of_others_like_one_that_nobody_has(many_of_one_firm, reader):
    common, missing = estimates(reader, f"{CANARY} big firm", "No firm at all")

    assert common == missing


def test_with_the_barrier_alone_explain_would_betray_what_is_frequent_elsewhere(many_of_one_firm, reader, unguarded):
    unguarded(lambda sql: sql.removesuffix("\nOFFSET 0"))

    common, missing = estimates(reader, f"{CANARY} big firm", "No firm at all")

    assert common > missing


TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname IN ('public', 'reporting')"


def test_a_role_reads_no_table_sequence_or_statistic(reader):
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [name for (name,) in cursor.fetchall()]
    assert len(tables) > 60
    for table in tables:
        schema = "reporting" if table == "grants" else "public"
        with pytest.raises(errors.InsufficientPrivilege):
            reader.execute(f"SELECT 1 FROM {schema}.{table}")  # noqa: S608
    statistics = "SELECT count(*) FROM pg_stats WHERE schemaname IN ('public', 'reporting')"
    assert reader.execute(statistics).fetchone() == (0,)
    assert reader.execute("SELECT count(last_value) FROM pg_sequences").fetchone() == (0,)
    assert not is_betrayed(text_of(reader, "SELECT query, application_name FROM pg_stat_activity"))


WRITES = (
    "INSERT INTO {0} SELECT * FROM {0}",
    "DELETE FROM {0}",
    "UPDATE {0} SET {1} = {1}",
    "CREATE OR REPLACE VIEW {0} AS SELECT 1",
    "DROP VIEW {0}",
    "ALTER VIEW {0} SET (security_barrier = false)",
    "LOCK TABLE {0} IN EXCLUSIVE MODE",
)


def test_a_role_writes_nothing_also_if_it_lifts_the_read_only_default(reader, firms):
    before = [model.objects.count() for model in (Call, Contact)]
    for view in VIEWS:
        for write in WRITES:
            with pytest.raises(psycopg.Error) as refused, reader.transaction():
                reader.execute(write.format(view.full_name, view.columns[0].name))
            assert isinstance(refused.value, errors.InsufficientPrivilege | errors.ObjectNotInPrerequisiteState)
    for sql in ("CREATE TABLE public.mine (n int)", "CREATE TABLE reporting.mine (n int)", "CREATE SCHEMA mine"):
        with pytest.raises(errors.InsufficientPrivilege):
            reader.execute(sql)
    assert [model.objects.count() for model in (Call, Contact)] == before


def test_a_role_becomes_nobody_else(reader, other_reader):
    for role in (role_of("other"), connection.settings_dict["USER"], "pg_read_all_data", "pg_monitor"):
        for sql in (f"SET ROLE {role}", f"SET SESSION AUTHORIZATION {role}", f"GRANT {role} TO {role_of('reader')}"):
            with pytest.raises(errors.InsufficientPrivilege):
                reader.execute(sql)
    with pytest.raises(errors.InsufficientPrivilege):
        reader.execute("INSERT INTO reporting.grants VALUES (CURRENT_USER, 1)")
    reader.execute("SELECT set_config('role', 'none', false), set_config('search_path', 'pg_temp, reporting', false)")
    reader.execute("CREATE TEMP TABLE grants AS SELECT CURRENT_USER::name AS role, 1 AS workspace_id")
    reader.execute("CREATE TEMP TABLE markets_workspace AS SELECT 1 AS id, NULL::timestamptz AS archived_at")
    assert not is_betrayed(text_of(reader, "SELECT * FROM contacts"))


def test_who_was_granted_nothing_sees_nothing_not_even_the_owner(firms):
    with connection.cursor() as cursor:
        for name in NAMES:
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608
            assert cursor.fetchone() == (0,)


def test_an_archived_workspace_is_read_no_more(reader, firms):
    ours = firms[0].workspace
    assert reader.execute("SELECT count(*) FROM calls").fetchone() > (0,)

    type(ours).objects.filter(pk=ours.pk).update(archived_at=ours.created_at)

    assert reader.execute("SELECT count(*) FROM calls").fetchone() == (0,)


def test_no_function_of_the_database_runs_with_the_rights_of_its_owner():
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace")
        assert cursor.fetchall() == []
