"""P1: every table of a workspace is spread over four hash partitions by workspace, and the portal answers as before.

PostgreSQL refuses a partitioned table whose keys lack the workspace, as Citus does. Short: the pages with every kind of
row. DRILL=full: all tests that visit pages.
"""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from config.db.sharding.citus import kinds
from markets.management.commands.citus import LOCAL, REFERENCE
from tests.drills.partitioned import partition
from tests.drills.portals import ROOT, TEMPLATE

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")

URL = os.environ.get("DATABASE_URL", "")
NAME = f"drill_partitions_{os.getpid()}"
FEW = ["tests/test_pages.py"]
MANY = [
    *("tests/test_pages.py", "tests/test_access.py", "tests/test_statements.py", "tests/test_palette.py"),
    *("tests/test_campaign_life.py", "tests/test_outsiders.py", "tests/isolation"),
    *sorted(str(folder.relative_to(ROOT)) for folder in (ROOT / "tests").rglob("views") if folder.is_dir()),
]


def url_of(name):
    return urlsplit(URL)._replace(path=f"/{name}").geturl()


def run(*words, database, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DRILL"))}
    environment = kept | {"DATABASE_URL": url_of(database)} | environment
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def tables(db):
    return kinds(connection, REFERENCE, LOCAL).distributed


@contextmanager
def database():
    """The empty, migrated database that the tests of a process with that DATABASE_URL take."""
    name = f"test_{NAME}"
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE or 'template0'}")
        try:
            if not TEMPLATE:
                done = run("manage.py", "migrate", "-v0", database=name, LOCAL="1")
                assert done.returncode == 0, done.stderr
            yield url_of(name)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.promise("P1")
def test_pages_answer_on_tables_that_are_partitioned_by_workspace(tables, figure):
    files = MANY if os.environ.get("DRILL") == "full" else FEW
    with database() as url:
        with psycopg.connect(url) as owner:
            owner.execute("ALTER TABLE calls_call DROP CONSTRAINT calls_call_pkey, ADD PRIMARY KEY (id)")
            with pytest.raises(psycopg.errors.FeatureNotSupported) as refused:
                partition(owner, tables)
            owner.rollback()
            partition(owner, tables)
        done = run("-m", "pytest", "-q", "-n", "0", "--reuse-db", *files, database=NAME)
        with psycopg.connect(url) as owner:
            partitions = owner.execute("SELECT count(*) FROM pg_class WHERE relkind = 'p'").fetchone()[0]

    passed = re.search(r"(\d+) passed", done.stdout)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert partitions == len(tables)
    figure(
        f"{passed[1]} tests of pages pass and 0 fail on {len(tables)} tables in 4 partitions each",
        control=f"with a key without the workspace PostgreSQL says: {refused.value.diag.message_primary}",
    )
