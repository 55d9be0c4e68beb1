"""Several workers share the imports: each is done once, and no workspace waits for all files of another.

    DATABASE_URL=postgres://... uv run pytest -n 0 -s tests/drills/test_workers.py

four processes and 40 files of four workspaces, one of which sends 31 before the others send three each.
"""

import os
import time
from collections import Counter

import pytest
from django.db import connection

from tests.drills.portals import Server
from tests.drills.queued import JOBS, ROWS

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the drill needs a PostgreSQL server (DATABASE_URL)"
)
WORKERS = 4
STARTED = """SELECT slug, lease_owner, state, created FROM markets_importjob j
    JOIN markets_workspace w ON w.id = workspace_id ORDER BY started_at"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    return Server(os.environ["DATABASE_URL"], tmp_path_factory.mktemp("drill"))


def run_workers(portal, guard=""):
    """The jobs in the order in which they were begun, and how often one was claimed."""
    workers = [portal.start("import_worker", chunk=ROWS // 3, guard=guard) for _ in range(WORKERS)]
    wait_until(lambda: portal.rows("SELECT count(*) FROM markets_heartbeat")[0][0] == WORKERS)
    assert portal.run("shell", "-v0", "-c", "from tests.drills.queued import queue_jobs; queue_jobs()", chunk=ROWS) == 0
    wait_until(lambda: not portal.rows("SELECT 1 FROM markets_importjob WHERE state NOT IN ('completed', 'failed')"))
    for worker in workers:
        worker.terminate()
    assert [worker.wait(60) for worker in workers] == [0] * WORKERS, portal.output.read_text()
    return portal.rows(STARTED), len(portal.times("working"))


def wait_until(condition):
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until, "that took too long"
        time.sleep(0.1)


def last_of_the_small(jobs):
    """The place of the last job of a workspace with few files, among all jobs in the order of their beginning."""
    return max(place for place, job in enumerate(jobs, start=1) if job[0] != "busy")


def test_forty_imports_are_each_done_once_by_four_workers_in_turns(server):
    with server.migrated() as portal:
        jobs, claims = run_workers(portal)
        people = portal.rows("SELECT count(*), count(DISTINCT email) FROM markets_contact")[0]
    with server.migrated() as portal:
        unfair, _ = run_workers(portal, guard="turns")
    shares = Counter(owner for _, owner, _, _ in jobs)

    total = sum(JOBS.values())
    assert Counter(job[0] for job in jobs) == JOBS
    assert {job[2:] for job in jobs} == {("completed", ROWS)}
    assert (claims, people) == (total, (total * ROWS, total * ROWS))
    assert len(shares) == WORKERS
    assert last_of_the_small(jobs) <= 20
    assert last_of_the_small(unfair) == total
    print(
        f"{total} imports by {WORKERS} workers: {claims} claims, shares {sorted(shares.values())}; the last "
        f"of the small ones is number {last_of_the_small(jobs)}, by age alone number {last_of_the_small(unfair)}"
    )


def test_without_locks_two_workers_would_take_the_same_import(server):
    with server.migrated() as portal:
        _, claims = run_workers(portal, guard="locks")
    print(f"without locks {claims} claims of {sum(JOBS.values())} imports")
    assert claims > sum(JOBS.values())
