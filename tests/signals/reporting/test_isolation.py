"""A role that reads one workspace learns nothing of another, whatever it asks."""

import re
from dataclasses import replace

import psycopg
import pytest
from django.db import connection
from psycopg import errors

from calls.models import Call
from markets.models import Contact
from signals.reporting import schema, security
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
    """Creates each view anew from a changed definition, with the same rights."""
    owner = security.owner()
    with connection.cursor() as cursor:
        for view in VIEWS:
            cursor.execute(f"DROP VIEW {view.full_name}")
            cursor.execute(change(view))
            cursor.execute(f"ALTER VIEW {view.full_name} OWNER TO {owner}")
            cursor.execute(f"GRANT SELECT ON {view.full_name} TO {role_of('reader')}")


@pytest.fixture
def unguarded():
    """Takes guards away, and puts them back."""

    def take_away(change=None, policies=False):
        with connection.cursor() as cursor:
            for table in security.CONDITIONS if policies else ():
                cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        if change:
            replace_views(change)

    yield take_away
    schema.drop_views()
    schema.create_views()


def with_plain_columns(view):
    return replace(view, columns=tuple(replace(column, is_plain=True) for column in view.columns)).create()


def with_condition_in_view(view):
    """As one would write it without policies: right for every honest query."""
    sql = with_plain_columns(view)
    table, row = re.search(r"\nFROM (\w+) (\w+)", sql).groups()
    key = "id" if table == "markets_workspace" else "workspace_id"
    return f"{sql}\n{'AND' if 'WHERE c.callback_at' in sql else 'WHERE'} {row}.{key} = {security.GRANTED}"


def test_no_function_cast_or_plan_is_given_rows_of_others(reader):
    found, tried = betrayals(reader)

    assert tried > 600
    assert found == []


def test_with_a_condition_in_the_views_instead_of_policies_they_would_be_given_them(reader, unguarded):
    unguarded(with_condition_in_view, policies=True)

    assert not is_betrayed(text_of(reader, "SELECT * FROM reporting.contacts"))
    found, _ = betrayals(reader)
    assert len(found) > 5


def test_without_the_policies_every_row_would_be_seen(reader, unguarded):
    unguarded(policies=True)

    assert is_betrayed(text_of(reader, "SELECT * FROM reporting.contacts"))


def test_a_role_that_turns_row_security_off_gets_an_error(reader):
    reader.execute("SET row_security = off")
    for view in VIEWS:
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
            reader.execute(f"SELECT * FROM {view.full_name}")  # noqa: S608


def plan(reader, condition):
    """What EXPLAIN says, but for times and the value that was asked for: estimates, and rows that a filter removed."""
    analyzed = f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) SELECT * FROM reporting.{condition}"  # noqa: S608
    lines = [line for (line,) in reader.execute(analyzed).fetchall() if "Memory" not in line]
    return "\n".join(lines).replace(condition.rpartition("= ")[2], "?")


@pytest.fixture
def frequent(firms):
    """Pairs of conditions: a value that is frequent in the other workspace, and one that is nowhere."""
    other = firms[1].workspace
    Contact.objects.bulk_create(
        Contact(workspace=other, full_name=f"{CANARY} {n}", external_id=f"{n}", firm=f"{CANARY} big firm")
        for n in range(3000)
    )
    call = Call.objects.filter(workspace=other).exclude(contact=None).first()
    for n in range(200):
        call.pk, call.dialer_call_id, call.request_key = None, f"again {n}", None
        call.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE markets_contact, calls_call")
    return {
        "firm": (f"contacts WHERE firm = '{CANARY} big firm'", "contacts WHERE firm = 'No firm at all'"),
        "campaign": (f"calls WHERE campaign_id = '{call.campaign_id}'", "calls WHERE campaign_id = '987654321'"),
        "person": (f"calls WHERE contact_id = '{call.contact_id}'", "calls WHERE contact_id = '987654321'"),
    }


@pytest.mark.parametrize("about", ["firm", "campaign", "person"])
def test_explain_says_of_a_value_of_others_what_it_says_of_one_that_nobody_has(frequent, reader, about):
    elsewhere, nowhere = (plan(reader, condition) for condition in frequent[about])

    assert elsewhere == nowhere


@pytest.mark.parametrize("about", ["firm", "campaign", "person"])
def test_of_plain_columns_explain_would_betray_what_is_frequent_elsewhere(frequent, reader, unguarded, about):
    unguarded(with_plain_columns)

    elsewhere, nowhere = (plan(reader, condition) for condition in frequent[about])

    assert elsewhere != nowhere


def test_only_keys_and_times_of_the_largest_views_are_plain():
    plain = {f"{view.name}.{column.name}" for view in VIEWS for column in view.columns if column.is_plain}

    assert plain == {
        "calls.call_id",
        "calls.started_at",
        "campaign_days.day",
        "contacts.contact_id",
        "signals.heard_at",
    }


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
REFUSALS = errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState, errors.FeatureNotSupported
"""For want of a right, or because the view or one of its columns can't be written at all."""


def test_a_role_writes_nothing_also_if_it_lifts_the_read_only_default(reader, firms):
    before = [model.objects.count() for model in (Call, Contact)]
    for view in VIEWS:
        for write in WRITES:
            with pytest.raises(psycopg.Error) as refused, reader.transaction():
                reader.execute(write.format(view.full_name, view.columns[0].name))
            assert isinstance(refused.value, REFUSALS)
        held = "SELECT has_table_privilege(%s, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
        assert reader.execute(held, [view.full_name]).fetchone() == (False,)
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
