"""If each workspace were on one of several servers, no page, form or job would ask for what they cannot do."""

import re
from copy import deepcopy

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from tests.access_rows import ROWS
from tests.firms import firm, shared_by_a_module
from tests.isolation.conftest import add_what_roles_see, visitors_of
from tests.isolation.jobs import JOBS
from tests.isolation.questions import QUESTIONS
from tests.isolation.routing import Routes, refusal, tables_without_workspace
from tests.isolation.walk import start_ids, undone
from tests.role_table import requests_to


@pytest.fixture(scope="module")
def ours(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker), time_machine.travel(now(), tick=False):
        start_ids()
        ours = firm("Lisbon", "ours")
        add_what_roles_see(ours, visitors_of(ours))
        yield ours


def everything(ours):
    """What can be done to a firm: each page, form, job and question."""
    client = Client()
    client.force_login(ours.manager)
    for row in ROWS:
        for request in requests_to(row, deepcopy(ours), client):
            yield lambda request=request: request.send(client).getvalue()
    for do in (*JOBS, *QUESTIONS):
        yield lambda do=do: do(deepcopy(ours))


@pytest.mark.thorough
@pytest.mark.promise("P1")
def test_nothing_is_asked_that_servers_with_a_workspace_each_refuse(db, ours, figure):
    routes, count = Routes(), 0
    for do in everything(ours):
        count += 1
        with undone(), connection.execute_wrapper(routes):
            do()

    assert sorted(routes.refused) == []
    assert sorted(routes.mixed) == []
    assert [sql for sql in routes.all if not is_of_any_workspace(sql)] == []
    assert len(routes.one) > 500
    figure(
        f"of the statements of {count} pages, forms and jobs {len(routes.one)} name the workspace of every table, "
        f"{len(routes.all)} are by a key alone or on all workspaces",
        control="a lock by the key alone, a save of all fields and a join by keys alone are told apart",
    )


def is_of_any_workspace(sql):
    """True for statements that find rows by id or by a link's secret, or that cover all workspaces."""
    return re.search(r'(WHERE \(*"\w+"\.("id"|"workspace_id")\)? (=|IN) |"token_hash" = )', sql)


LOCKED = 'SELECT "calls_call"."id" FROM "calls_call" WHERE "calls_call"."id" = %s'
JOINED = (
    'SELECT 1 FROM "calls_call" INNER JOIN "markets_contact" ON ("calls_call"."contact_id" = "markets_contact"."id"{}) '
    'WHERE "calls_call"."workspace_id" = %s'
)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (f"{LOCKED} FOR UPDATE", "locks rows of no single workspace"),
        (f"{LOCKED} FOR NO KEY UPDATE SKIP LOCKED", "locks rows of no single workspace"),
        (f'{LOCKED} AND "calls_call"."workspace_id" = %s FOR UPDATE', ""),
        (LOCKED, ""),
        ('SELECT 1 FROM "markets_workspace" WHERE "markets_workspace"."id" = %s FOR UPDATE', ""),
        ('UPDATE "calls_call" SET "notes" = %s, "workspace_id" = %s WHERE "calls_call"."id" = %s', "might move a row"),
        ('UPDATE "calls_call" SET "notes" = %s WHERE "calls_call"."workspace_id" = %s', ""),
        ('UPDATE "markets_membership" SET "workspace_id" = %s WHERE "markets_membership"."id" = %s', ""),
    ],
)
def test_what_servers_with_a_workspace_each_refuse_is_noticed(sql, why):
    assert refusal(sql).startswith(why)
    assert bool(refusal(sql)) == bool(why)


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        (LOCKED, ["calls_call"]),
        (JOINED.format(""), ["markets_contact"]),
        (JOINED.format(' AND ("markets_contact"."workspace_id" = ("calls_call"."workspace_id"))'), []),
        ('UPDATE "calls_call" SET "workspace_id" = %s WHERE "calls_call"."id" = %s', ["calls_call"]),
        ('INSERT INTO "calls_call" ("workspace_id", "notes") VALUES (%s, %s)', []),
        ("SELECT c.id FROM calls_call AS c WHERE c.workspace_id = %s", []),
        ('SELECT 1 FROM "markets_user"', []),
    ],
)
def test_tables_whose_workspace_is_not_named_are_found(sql, tables):
    assert tables_without_workspace(sql) == tables
