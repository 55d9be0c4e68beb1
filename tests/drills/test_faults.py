"""P9: whatever happens to the database, what was acknowledged is there, and everybody else hears a sentence in time.

    DRILL=full uv run pytest -n 0 -s tests/drills/test_faults.py

A PostgreSQL of its own is stopped, frozen, killed and replaced, with fsync and synchronous_commit on. Without
DRILL=full only the first faults are tried, as in CI.
"""

import os
import signal
import sqlite3
import threading
import time
from contextlib import closing, suppress

import psycopg
import pytest

from tests.drills.clusters import BIN, Cluster
from tests.drills.installations import Installation
from tests.drills.served import Served, told

IS_FULL = os.environ.get("DRILL") == "full"
full = pytest.mark.skipif(not IS_FULL, reason="DRILL=full")
needs_postgresql = pytest.mark.skipif(BIN is None, reason="PostgreSQL is not installed")
PROMISED = pytest.mark.promise("P9")


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster(wal_writer_delay="10s", autovacuum="off")  # what is not flushed stays so for the control
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


@pytest.fixture(scope="module")
def portal(installation):
    with Served(installation) as portal:
        yield portal


@needs_postgresql
@PROMISED
def test_backends_that_are_ended_every_two_seconds_cost_a_few_requests(portal, cluster, installation, figure):
    seconds = 60 if IS_FULL else 6

    def fault():
        for _ in range(seconds // 2 - 1):
            cluster.end_backends()
            time.sleep(2)

    heard = portal.under_load(seconds, fault)

    heard.check()
    lost = heard.lost(installation.rows)
    assert lost == set()
    figure(f"Backends ended every 2 s: {told(heard, lost)}", control="see the immediate stop")


@needs_postgresql
@PROMISED
def test_an_immediate_stop_loses_nothing_that_was_acknowledged(portal, cluster, installation, figure):
    def fault():
        cluster.stop("immediate")
        time.sleep(down := 30 if IS_FULL else 2)
        cluster.start()
        return down

    heard = portal.under_load(60 if IS_FULL else 9, fault)

    heard.check()
    lost = heard.lost(installation.rows)
    assert lost == set()
    careless = lost_without_durability(cluster, installation)
    figure(
        f"Immediate stop: {told(heard, lost)}",
        control=f"a server that acknowledges before it has written: {careless} lost",
    )


def lost_without_durability(cluster, installation):
    """How many rows a server with synchronous_commit off has acknowledged, and does not have after it was killed. Rows
    are written until it dies: a commit of somebody else may flush those before it, never the last."""
    acknowledged = 0
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS careless (n int)")
        connection.execute("TRUNCATE careless")
    killer = threading.Timer(1, cluster.kill)
    with suppress(psycopg.OperationalError), psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        killer.start()
        while True:
            connection.execute("INSERT INTO careless VALUES (%s)", [acknowledged])
            acknowledged += 1
    killer.join()
    cluster.start()
    ((stored,),) = installation.rows("SELECT count(*) FROM careless")
    assert stored < acknowledged
    return f"{acknowledged - stored} of {acknowledged}"


@full
@needs_postgresql
@PROMISED
def test_a_database_that_hangs_holds_nobody_up(portal, cluster, installation, figure):
    def fault():
        frozen = cluster.processes()
        cluster.send(signal.SIGSTOP, frozen)
        time.sleep(20)
        cluster.send(signal.SIGCONT, frozen)
        return 20

    heard = portal.under_load(45, fault, writers=10, readers=6)

    heard.check()
    lost = heard.lost(installation.rows)
    assert lost == set()
    assert heard.statuses[503] > 0
    figure(
        f"Frozen for 20 s: {told(heard, lost)}",
        control=f"unwatched, it waited {frozen_without_limits(cluster)}",
    )


def frozen_without_limits(cluster):
    """How long a statement waits that nobody watches."""
    with psycopg.connect(cluster.url, autocommit=True, options="-c statement_timeout=5s") as connection:
        frozen = cluster.processes()
        cluster.send(signal.SIGSTOP, frozen)
        threading.Timer(12, cluster.send, [signal.SIGCONT, frozen]).start()
        began = time.monotonic()
        connection.execute("SELECT 1")
        waited = time.monotonic() - began
    assert waited > 11
    return f"{waited:.0f} s, as long as it lasted"


@full
@needs_postgresql
@PROMISED
def test_more_clients_than_connections_hear_so_in_time(installation, cluster, figure):
    def fault():
        with psycopg.connect(cluster.url) as blocker:
            blocker.execute("LOCK TABLE calls_call, markets_contact IN ACCESS EXCLUSIVE MODE")
            time.sleep(12)
        return 12

    small = {"DATABASE_POOL_SIZE": "1"}
    with Served(installation, workers=1, threads=12, environment=small) as portal:
        heard = portal.under_load(25, fault, writers=8, readers=8)

        heard.check()
        lost = heard.lost(installation.rows)
        assert lost == set()
        assert heard.statuses[503] > 0
    figure(
        f"16 clients, one connection, tables locked for 12 s: {told(heard, lost)}",
        control=f"{heard.statuses[503]} requests did find none",
    )


@full
@needs_postgresql
@PROMISED
def test_a_synchronous_standby_takes_over(tmp_path_factory, figure):
    lost, heard = fail_over(tmp_path_factory, is_synchronous=True)
    lost_otherwise, others = fail_over(tmp_path_factory, is_synchronous=False)

    heard.check()
    assert lost == set()
    assert lost_otherwise != set()
    figure(
        f"Primary killed while its standby lags, synchronous standby promoted: {told(heard, lost)}",
        control=f"asynchronous standby: {len(lost_otherwise)} of {len(others.acknowledged)} lost",
    )


def fail_over(tmp_path_factory, *, is_synchronous):
    """What of the acknowledged is lost when the primary is killed some seconds after it has ceased to send."""
    primary = Cluster()
    standby = None
    try:
        primary.create()
        installation = Installation(primary.url, tmp_path_factory.mktemp("portal"))
        installation.create_tables(is_quick=True)
        standby = primary.standby()
        if is_synchronous:
            primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            primary.execute("SELECT pg_reload_conf()")
        installation.environment["DATABASE_URL"] = (
            f"postgres://portal@127.0.0.1:{primary.port},127.0.0.1:{standby.port}/portal"
            "?target_session_attrs=read-write"
        )

        def fault():
            time.sleep(3)
            primary.hold_back()
            time.sleep(3)
            primary.kill()
            standby.promote()

        with Served(installation) as portal:
            heard = portal.under_load(30, fault)
        return heard.lost(Installation(standby.url, installation.folder).rows), heard
    finally:
        primary.remove()
        if standby:
            standby.remove()


@full
@PROMISED
def test_eight_writers_share_one_sqlite_file(tmp_path_factory, figure):
    folder = tmp_path_factory.mktemp("sqlite")
    installation = Installation(f"sqlite:///{folder / 'portal.sqlite3'}", folder)
    installation.create_tables(is_quick=True)

    def fault():
        with closing(sqlite3.connect(installation.file, timeout=30)) as blocker:
            blocker.execute("BEGIN IMMEDIATE")
            time.sleep(9)
            blocker.rollback()
        return 9

    with Served(installation) as portal:
        undisturbed = portal.under_load(15, lambda: None, writers=8)
        undisturbed.check()
        assert undisturbed.lost(installation.rows) == set()
        heard = portal.under_load(20, fault, writers=8)
        portal.process.kill()
    heard.check()
    lost = heard.lost(installation.rows)
    assert lost == set()
    assert heard.statuses[503] > 0
    figure(
        f"SQLite, 8 writers, locked for 9 s, server killed: {told(heard, lost)}",
        control=f"undisturbed: {len(undisturbed.acknowledged)} acknowledged, {undisturbed.statuses[503]} x 503",
    )
