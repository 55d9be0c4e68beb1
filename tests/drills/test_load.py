"""P10: mixed requests of callers and managers through gunicorn, at a rate that does not wait for answers.

    DATABASE_URL=postgres://... uv run pytest -n 0 -s tests/drills/test_load.py

sends 10 requests a second for 20 seconds to the demo. DRILL=full sends 40 a second for ten minutes to the
database that LOAD_DATABASE_URL names, which `manage.py seed --scale reference` has filled.
"""

import csv
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import psycopg
import pytest
from django.db import connection

from tests.drills.portals import ROOT, Server

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the drill needs a PostgreSQL server (DATABASE_URL)"
)
IS_FULL = os.environ.get("DRILL") == "full"
A_SECOND, SECONDS, WORKERS = (40, 600, 4) if IS_FULL else (10, 20, 2)
HOST = "portal.example"
NOBODY = "http://127.0.0.1:9"
BIN = Path(sys.executable).parent


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


def settings_of(url):
    kept = {
        name: value for name, value in os.environ.items() if name not in ("LOCAL", "DEBUG", "DJANGO_SETTINGS_MODULE")
    }
    return kept | {
        "DATABASE_URL": url,
        "SECRET_KEY": "load-" + "x" * 60,
        "ALLOWED_HOSTS": HOST,
        "EMAIL_URL": "consolemail://",
        "LOG_LEVEL": "WARNING",
        "PORTAL_PASSWORD": "a long passphrase of the drill",
    }


@contextmanager
def served(environment, folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [BIN / "gunicorn", "config.wsgi", "-w", str(WORKERS), "-b", f"127.0.0.1:{port}", "--log-level", "warning"]
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], cwd=ROOT, env=environment, check=True
    )
    with (folder / "gunicorn.log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=40)


def wait_for(port):
    request = Request(f"http://127.0.0.1:{port}/accounts/login/", headers={"Host": HOST, "X-Forwarded-Proto": "https"})
    until = time.monotonic() + 60
    while True:
        try:
            with urlopen(request, timeout=30):  # noqa: S310 - our own server
                return
        except OSError:
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.3)


def send_load(environment, folder, address, seconds):
    """Sends the load, and returns the rows of Locust's statistics by the name of the request."""
    members = subprocess.run(
        [sys.executable, "-m", "tests.drills.load.sessions", HOST],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    (folder / "members.json").write_text(json.dumps(json.loads(members.splitlines()[-1])))
    command = [
        *(BIN / "locust", "-f", "tests/drills/load/users.py", "--headless", "--host", address),
        *("-u", str(A_SECOND), "-r", str(A_SECOND), "-t", f"{seconds}s", "--stop-timeout", "30"),
        *("--csv", folder / "load", "--only-summary", "--loglevel", "ERROR"),
    ]
    subprocess.run(
        command, cwd=ROOT, env=environment | {"LOAD_USERS": str(folder / "members.json")}, capture_output=True
    )
    with (folder / "load_stats.csv").open() as file:
        return {row["Name"]: row for row in csv.DictReader(file)}


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
    with served(environment, tmp_path) as address:
        rows = send_load(environment, tmp_path, address, SECONDS)
    print_by_name(rows)
    stored = call_count(environment) - before
    total = rows["Aggregated"]
    control = send_load(environment, tmp_path, NOBODY, 3)["Aggregated"]

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
