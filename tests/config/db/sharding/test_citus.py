"""manage.py citus: what Citus would refuse, by its documented rules, and the statements that distribute the tables."""

import re

import pytest
from django.db import connection

from config.db.sharding.citus import kinds, plan, refusals
from markets.management.commands.citus import LOCAL, REFERENCE
from tests.commands import last_line, run_command, run_failing

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="Citus is an extension of PostgreSQL")

REFUSED = [
    ("ALTER TABLE calls_call DROP CONSTRAINT calls_call_pkey, ADD PRIMARY KEY (id)", "calls_call_pkey"),
    ("ALTER TABLE calls_call DROP CONSTRAINT calls_call_pkey", "replica identity"),
    ("CREATE UNIQUE INDEX bent ON calls_call (dialled)", "bent"),
    (
        "ALTER TABLE calls_call DROP CONSTRAINT calls_call_pkey;"
        "ALTER TABLE calls_call ALTER workspace_id DROP NOT NULL",
        "workspace_id",
    ),
    ("ALTER TABLE markets_importnote ALTER workspace_id TYPE integer", "workspace_id"),
    ("ALTER TABLE calls_call ADD other integer GENERATED ALWAYS AS IDENTITY", "other"),
    ("CREATE RULE bent AS ON DELETE TO calls_call DO INSTEAD NOTHING", "a rule"),
    ("CREATE TABLE bent () INHERITS (calls_call)", "inheritance"),
    (
        "CREATE TRIGGER bent BEFORE UPDATE ON calls_call FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "bent",
    ),
    (
        "CREATE UNIQUE INDEX bent_key ON markets_contact (id);"
        "ALTER TABLE calls_call ADD CONSTRAINT bent FOREIGN KEY (contact_id) REFERENCES markets_contact (id)",
        "bent",
    ),
    (
        "ALTER TABLE calls_call ADD CONSTRAINT bent FOREIGN KEY (workspace_id, contact_id)"
        " REFERENCES markets_contact (workspace_id, id) ON DELETE SET NULL",
        "bent",
    ),
    ("ALTER TABLE calls_call ADD other bigint CONSTRAINT bent REFERENCES django_admin_log (id)", "bent"),
    (
        "CREATE UNIQUE INDEX bent_key ON calls_call (id);"
        "ALTER TABLE markets_user ADD other bigint CONSTRAINT bent REFERENCES calls_call (id)",
        "bent",
    ),
    ("ALTER TABLE markets_user ADD other bigint CONSTRAINT bent REFERENCES django_admin_log (id)", "bent"),
]


@on_postgresql
def test_nothing_would_refuse_to_be_distributed(db):
    answer = last_line(run_command("citus", "--check", "--format", "json"))

    assert answer["refusals"] == [], "docs/scale.md says how a table is made"
    assert answer["distributed"] >= 54
    assert answer["reference"] == len(REFERENCE)


@on_postgresql
@pytest.mark.parametrize(("statement", "what"), REFUSED, ids=lambda value: value[:60])
def test_what_citus_does_not_support_is_listed(db, statement, what):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)

    assert what in {each.what for each in refusals(connection, kinds(connection, REFERENCE, LOCAL))}
    message, printed = run_failing("citus", "--check")
    assert message == "Citus would refuse these tables."
    assert f": {what}: " in printed


@on_postgresql
def test_a_new_table_with_a_workspace_is_distributed(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE added (workspace_id bigint, id bigint)")

    assert "added" in kinds(connection, REFERENCE, LOCAL).distributed


@on_postgresql
def test_the_plan_distributes_each_table_once_after_those_it_refers_to(db):
    found = kinds(connection, REFERENCE, LOCAL)
    statements = run_command("citus", "--plan").splitlines()

    assert statements == plan(connection, found)
    order = [re.search(r"table\('(\w+)'", each)[1] for each in statements[1:]]
    assert sorted(order) == sorted(found.reference | found.distributed)
    assert order.index("markets_workspace") < order.index("markets_contact") < order.index("calls_call")
    distributed = statements[1 + len(found.reference) :]
    assert all("create_distributed_table" in each and "'workspace_id'" in each for each in distributed)
    assert ["'none'" in each for each in distributed] == [True] + [False] * (len(distributed) - 1)
    first = re.search(r"'(\w+)'", distributed[0])[1]
    assert all(f"colocate_with => '{first}'" in each for each in distributed[1:])


@pytest.mark.skipif(connection.vendor == "postgresql", reason="there the command has an answer")
def test_on_sqlite_there_is_nothing_to_check():
    assert "extension of PostgreSQL" in run_failing("citus", "--check")[0]
