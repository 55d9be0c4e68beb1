"""P12: a deletion of a workspace that is killed again and again ends as if undisturbed, and leaves others alone.

    DATABASE_URL=postgres://... uv run pytest -n 0 -s tests/drills/test_deleted_workspaces.py

kills it three times. DRILL=full kills it thirty times. A database of its own is made on that server and dropped again.
"""

import os
import random
import time

import pytest
from django.db import connection

from tests.drills.kills import IS_SHORT, SEED
from tests.drills.portals import Server

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the drill needs a PostgreSQL server (DATABASE_URL)"
)
TABLES = """
    SELECT table_name FROM information_schema.columns
    WHERE column_name = 'workspace_id' AND table_schema = 'public' ORDER BY 1"""


def rows_of(portal, condition):
    """By table, how many rows workspaces of that condition have."""
    tables = [table for (table,) in portal.rows(TABLES)]
    counted = " UNION ALL ".join(f"SELECT '{each}', count(*) FROM {each} WHERE {condition}" for each in tables)
    return {table: count for table, count in portal.rows(counted) if count}


@pytest.mark.promise("P12")
def test_a_killed_deletion_leaves_no_row(tmp_path, figure, monkeypatch):
    random.seed(SEED)
    monkeypatch.setenv("PORTAL_PASSWORD", "a long passphrase")
    server, kills = Server(os.environ["DATABASE_URL"], tmp_path), 0
    with server.migrated() as seeded:
        assert seeded.run("seed", "--scale", "small", chunk=1) == 0, seeded.output.read_text()
        ((doomed, others),) = seeded.rows("""
            SELECT workspace_id, (SELECT count(*) - 1 FROM markets_workspace) FROM calls_call
            GROUP BY 1 ORDER BY count(*) DESC LIMIT 1""")
        seeded.change(f"UPDATE markets_workspace SET archived_at = now(), delete_after = now() WHERE id = {doomed}")
        before, kept = (rows_of(seeded, f"workspace_id {sign} {doomed}") for sign in ("=", "<>"))
        with server.portal(seeded.name) as undisturbed:
            started = time.monotonic()
            assert undisturbed.run("delete_workspaces", chunk=1) == 0, undisturbed.output.read_text()
            seconds = time.monotonic() - started
        with server.portal(seeded.name) as portal:
            while kills < (3 if IS_SHORT else 30):
                child = portal.start("delete_workspaces", chunk=1)
                while child.poll() is None and rows_of(portal, f"workspace_id = {doomed}") in (before, {}):
                    time.sleep(0.01)
                time.sleep(random.uniform(0, 0.1))
                if child.poll() is not None:
                    break
                child.kill()
                child.wait()
                kills += 1
                before_next = rows_of(portal, f"workspace_id = {doomed}")
                if kills == 1:
                    assert 0 < sum(before_next.values()) < sum(before.values()), "the control: a kill leaves some rows"
            assert portal.run("delete_workspaces", chunk=1) == 0, portal.output.read_text()

            assert rows_of(portal, f"workspace_id = {doomed}") == {}
            assert rows_of(portal, f"workspace_id <> {doomed}") == kept
            ((noted, left),) = portal.rows("""
                SELECT details->'rows', (SELECT count(*) FROM markets_workspace) FROM markets_auditevent
                WHERE action = 'workspace_deleted'""")
            assert (noted, left) == (before, others)
            assert portal.run("rebuild_tallies", "--check", chunk=1) == 0, portal.output.read_text()
    assert kills
    figure(
        f"0 of {sum(before.values()):,} rows in {len(before)} tables left after {kills} kills; {sum(kept.values()):,} "
        f"rows of {others} other workspaces untouched; {seconds:.1f} s undisturbed",
        control="a killed run alone leaves rows",
    )
