"""Behind PgBouncer in transaction mode the portal answers as without it, and leaves nothing on a connection.

    DRILL=full uv run pytest -n 0 -s tests/drills/test_pooler.py

PostgreSQL and PgBouncer, as docs/operations/poolers.md configures it with four connections, are started here. Without
DRILL=full six clients visit every page twice instead of three times each, and the suite is left out.
"""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import product

import psycopg
import pytest

from config.db.session import LIMITS
from tests.drills.clusters import BIN, Cluster
from tests.drills.installations import Installation
from tests.drills.poolers import PROGRAM, Pooler
from tests.drills.portals import ROOT
from tests.drills.served import Served
from tests.isolation.walk import unchanging

CLIENTS, BROKEN_OFF = 6, 0
IS_FULL = os.environ.get("DRILL") == "full"
VISITS = 3 * CLIENTS if IS_FULL else 2
"""Of each address, shared among the clients."""
pytestmark = [
    pytest.mark.skipif(BIN is None, reason="PostgreSQL is not installed here"),
    pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed here"),
]
MAKE = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from calls.models import Call
from tests.access_rows import ROWS, url_of
from tests.factories import call
from tests.firms import firm
made = firm("Lisbon", "drill")
session = SessionStore()
session["_auth_user_id"] = str(made.manager.pk)
session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
session["_auth_user_hash"] = made.manager.get_session_auth_hash()
session.save()
print(json.dumps({
    "slug": "drill",
    "cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}",
    "addresses": [url_of(row, "drill", made.ids) for row in ROWS if "GET" in row.methods],
    "slow": Call.objects.get(pk=made.ids["call"]).contact_id,
}))
"""
SLOW = """
ALTER TABLE markets_contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE markets_contact FORCE ROW LEVEL SECURITY;
CREATE POLICY slow ON markets_contact USING (id <> {contact} OR pg_sleep(6) IS NOT NULL);
"""
"""One person of whom PostgreSQL needs six seconds to tell."""
UNDO = """
DROP POLICY slow ON markets_contact;
ALTER TABLE markets_contact NO FORCE ROW LEVEL SECURITY;
ALTER TABLE markets_contact DISABLE ROW LEVEL SECURITY;
"""


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster(fsync="off", synchronous_commit="off")
    try:
        cluster.create()
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture(scope="module")
def installation(cluster, tmp_path_factory):
    installation = Installation(cluster.url, tmp_path_factory.mktemp("portal"))
    installation.create_tables(is_quick=True)
    return installation


@dataclass(frozen=True)
class Heard:
    status: int
    is_export: bool
    body: bytes


def fetch(portal, address):
    connection = HTTPConnection("127.0.0.1", portal.port, timeout=60)
    with closing(connection):
        connection.request("GET", address, headers={"Cookie": portal.known["cookie"]})
        answer = connection.getresponse()
        is_export = "attachment" in (answer.getheader("Content-Disposition") or "")
        try:
            return Heard(answer.status, is_export, unchanging(answer.read()))
        except HTTPException:  # an export that broke off
            return Heard(BROKEN_OFF, is_export, b"")


@pytest.fixture(scope="module")
def direct(installation):
    """What every address answers without a pooler; with `_export` those that take it."""
    with Served(installation, make=MAKE) as portal:
        answers = {address: fetch(portal, address) for address in portal.known["addresses"]}
        for address, kind in product(portal.known["addresses"], ("csv", "xlsx")):
            answer = fetch(portal, exported := f"{address}?_export={kind}")
            if answer.is_export and not answers[address].is_export:
                answers[exported] = answer
    return portal.known, answers


@pytest.fixture(scope="module")
def pooler(cluster, installation, direct):
    with Pooler(cluster, size=4) as pooler:
        assert warnings(installation, pooler, "portal") == ["portal.W001"]
        statements = "\n".join(installation.manage("database_roles", "--format", "json")[1]["statements"])
        for _ in range(2):  # what it prints can be run again
            cluster.execute(statements)
        assert warnings(installation, pooler, "portal") == []
        yield pooler


def behind(pooler, role):
    return {"DATABASE_URL": pooler.url(role), "DATABASE_POOLER": "1"}


def warnings(installation, pooler, role):
    _, said = installation.manage("check", "--deploy", "--fail-level", "WARNING", **behind(pooler, role))
    return [word for word in ("portal.W001", "portal.W002") if word in str(said)]


def served(installation, pooler, known, role="portal_pages", **environment):
    return Served(installation, known=known, threads=CLIENTS, environment=behind(pooler, role) | environment)


def visit(portal, addresses):
    """Everything by all clients at once."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(lambda address: (address, fetch(portal, address).status), addresses))


def test_every_page_answers_as_without_a_pooler_and_leaves_nothing(installation, pooler, direct, cluster):
    known, expected = direct
    statuses = {address: answer.status for address, answer in expected.items()}
    with served(installation, pooler, known) as portal:
        assert fetch(portal, "/readyz?exclude=worker").status == 200
        alone = {address: fetch(portal, address) for address in expected}
        together = visit(portal, [*expected] * VISITS)
    with (
        Pooler(cluster, size=4) as another,
        served(installation, another, known, DJANGO_SETTINGS_MODULE="tests.drills.djangos_cursors") as portal,
    ):
        others = Counter(status for _, status in visit(portal, [*expected] * 2))
        kept_by_others = another.left_behind("portal_pages")

    assert {address: answer.status for address, answer in alone.items()} == statuses
    exports = {address for address in expected if address.endswith("_export=csv")}
    exports.remove("/w/drill/audit/?_export=csv")  # has the exports themselves
    assert [address for address in exports if alone[address].body != expected[address].body] == []
    assert [(address, status) for address, status in together if status != statuses[address]] == []
    failed = others[500] + others[BROKEN_OFF]
    assert failed > 0
    assert pooler.left_behind("portal_pages") == []
    assert kept_by_others == [("cursor", "of the server")]
    for name, value in (LIMITS | {"TimeZone": "UTC"}).items():
        assert set(pooler.settings("portal_pages", name)) == {value}
    print(
        f"Behind PgBouncer with {pooler.size} connections {len(alone)} addresses one at a time and {len(together):,} "
        f"answers to {CLIENTS} clients at once are as without it, 0 errors, and nothing is left on a connection. "
        f"Control: with Django's cursors {failed} of {others.total():,} answers are errors, and cursors are left."
    )


def test_limits_hold_for_pages_and_not_for_exports_and_none_is_left(installation, pooler, direct, cluster):
    known, _ = direct
    with served(installation, pooler, known) as portal, ThreadPoolExecutor(CLIENTS) as clients:
        cluster.execute(SLOW.format(contact=known["slow"]))
        page = fetch(portal, portal.path("calls/"))
        exports = list(clients.map(lambda _: fetch(portal, portal.path("calls/?_export=csv")), range(3)))
        cluster.execute(UNDO)
    before = pooler.settings("portal_pages", "statement_timeout"), pooler.left_behind("portal_pages")
    with psycopg.connect(pooler.url("portal_pages"), autocommit=True) as careless:
        careless.execute("SELECT set_config('statement_timeout', '0', false)")
    after = pooler.settings("portal_pages", "statement_timeout"), pooler.left_behind("portal_pages")

    assert page.status == 503
    assert [(export.status, export.body.count(b"Lisbon person")) for export in exports] == [(200, 1)] * 3
    assert before == (["5s"] * pooler.size, [])
    assert (sorted(after[0]), after[1]) == (["0", *["5s"] * (pooler.size - 1)], [("setting", "statement_timeout")])
    print(
        f"A page is ended after 5 s, {len(exports)} exports take longer, and no connection keeps their limit. "
        f"Control: set for the session, a limit is left on {after[0].count('0')} of {pooler.size} connections."
    )


def test_a_portal_whose_limits_are_not_in_force_says_so(installation, cluster, pooler, direct):
    known, _ = direct
    with served(installation, pooler, known, role="portal") as portal:
        as_owner = portal.ask("GET", "/readyz?exclude=worker")
    with Pooler(cluster, size=4, ignore_startup_parameters="options") as careless:
        environment = {"DATABASE_URL": careless.url("portal")}
        with Served(installation, known=known, environment=environment) as portal:
            dropped = portal.ask("GET", "/readyz?exclude=worker")

    for answer in (as_owner, dropped):
        assert answer.status == 503
        assert answer.text.count("failed") == 2
        assert "not in force: idle_in_transaction_session_timeout, lock_timeout, statement_timeout" in answer.text


def test_commands_work_through_it_or_say_why_not(installation, pooler):
    through = behind(pooler, "portal")

    assert installation.manage("migrate", "--check", **through)[0] == 0
    assert installation.manage("import_worker", "--once", **through)[0] == 0
    assert installation.manage("rebuild_tallies", "--check", **through)[0] == 0
    code, said = installation.manage("backup", **through)
    assert (code, "PostgreSQL's own address" in said) == (1, True)
    assert pooler.left_behind("portal") == []
    for name in LIMITS:
        assert set(pooler.settings("portal", name)) == {"0"}


@pytest.mark.skipif(not IS_FULL, reason="DRILL=full: takes as long as the suite")
def test_the_suite_passes_through_it():
    """All tests that need no address of PostgreSQL's own, on a cluster of their own."""
    cluster = Cluster(fsync="off", synchronous_commit="off", full_page_writes="off", autovacuum="off")
    try:
        cluster.create()
        with Pooler(cluster, size=8, every_database=True) as pooler:
            # The databases are removed with the cluster. Dropping them first fails: the pooler is still connected.
            command = [sys.executable, "-m", "pytest", "-q", "--reuse-db", "--ignore=tests/drills"]
            environment = {name: os.environ[name] for name in ("PATH", "HOME")} | behind(pooler, "portal")
            done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    finally:
        cluster.remove()
    assert done.returncode == 0
