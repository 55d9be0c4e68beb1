"""P10: mixed requests of callers and managers through gunicorn, at a rate that does not wait for answers.

    DATABASE_URL=postgres://... uv run pytest -n 0 -s tests/drills/test_load.py

sends 10 requests a second for 20 seconds to the demo. DRILL=full sends 40 a second for ten minutes to the
database that LOAD_DATABASE_URL names, which `manage.py seed --scale reference` has filled.
"""

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from tests.drills.load.serving import send_load, served, settings_of
from tests.drills.portals import ROOT, Server

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the drill needs a PostgreSQL server (DATABASE_URL)"
)
IS_FULL = os.environ.get("DRILL") == "full"
A_SECOND, SECONDS, WORKERS = (40, 600, 4) if IS_FULL else (10, 20, 2)
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def environment(tmp_path):
    """The settings of a server in production over a filled database."""
    if IS_FULL:
        yield settings_of(os.environ["LOAD_DATABASE_URL"])
        return
    with Server(os.environ["DATABASE_URL"], tmp_path).portal() as portal:
        found = settings_of(portal.environment["DATABASE_URL"])
        for words in (["migrate", "-v0"], ["demo", "--no-serve"]):
            subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=found, check=True, capture_output=True)
        yield found


def call_count(environment):
    with psycopg.connect(environment["DATABASE_URL"]) as database:
        return database.execute("SELECT count(*) FROM calls_call").fetchone()[0]


def print_by_name(rows):
    print(f"\n{'request':14} {'n':>6} {'failed':>6} {'p50':>6} {'p95':>6} {'p99':>6} ms")
    for name, row in rows.items():
        figures = (row[column] for column in ("Request Count", "Failure Count", "50%", "95%", "99%"))
        print("{:14} {:>6} {:>6} {:>6} {:>6} {:>6}".format(name, *figures))


@pytest.mark.promise("P10")
def test_a_mixed_load_is_answered_without_errors(environment, tmp_path, figure):
    before = call_count(environment)
    with served(environment, tmp_path, workers=WORKERS) as (address, _server):
        rows = send_load(environment, tmp_path, address, rate=A_SECOND, seconds=SECONDS)
    print_by_name(rows)
    stored = call_count(environment) - before
    total = rows["Aggregated"]
    control = send_load(environment, tmp_path, NOBODY, rate=A_SECOND, seconds=3)["Aggregated"]

    assert int(total["Failure Count"]) == 0, (tmp_path / "gunicorn.log").read_text()[-2000:]
    assert int(total["Request Count"]) >= A_SECOND * SECONDS // 2
    acknowledged = int(rows["save a call"]["Request Count"])
    assert 0 < acknowledged <= stored <= acknowledged + A_SECOND  # those that were under way at the end
    assert int(control["Failure Count"]) > 0
    rate = int(total["Request Count"]) / SECONDS
    figure(
        f"{int(total['Request Count']):,} requests at {rate:.0f} a second, {stored:,} calls recorded, 0 errors, "
        f"p50 {total['50%']} ms, p95 {total['95%']} ms, p99 {total['99%']} ms",
        control=f"without a server: {int(control['Failure Count']):,} errors",
    )
