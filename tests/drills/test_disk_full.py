"""P9: a disk that becomes full during an import stops it with a sentence, and nothing is half-written.

    DRILL=full uv run pytest -n 0 -s tests/drills/test_disk_full.py

A PostgreSQL of its own lies, with its log of transactions, on a file system of some hundred megabytes.
"""

import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress

import pytest

from tests.drills.clusters import BIN, Cluster
from tests.drills.installations import Installation
from tests.drills.portals import CAMPAIGN, MARKET, PEOPLE_HEADER, Portal, person, write_csv
from tests.drills.served import Served, told
from tests.drills.visitor import wait_until

pytestmark = [
    pytest.mark.skipif(os.environ.get("DRILL") != "full", reason="DRILL=full"),
    pytest.mark.skipif(BIN is None, reason="PostgreSQL is not installed"),
    pytest.mark.skipif(os.getuid() != 0, reason="a small file system can only be mounted by root"),
]
MEGABYTES, LEFT = 250, 64 * 1024
ROWS, CHUNK = 6000, 1000
IMPORT = ("--workspace", "drill", "--market", MARKET, "--campaign", CAMPAIGN)
OURS = "workspace_id = (SELECT id FROM markets_workspace WHERE slug = 'drill')"


class SmallDisk:
    def __init__(self, folder):
        self.folder, self.filler = folder, folder / "filler"
        folder.mkdir()
        options = f"size={MEGABYTES}m,mode=777"  # also for the user postgres
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)  # noqa: S607

    def fill(self):
        with self.filler.open("wb") as file:
            while not file.tell():
                found = os.statvfs(self.folder)
                with suppress(OSError):  # somebody else has taken some of it meanwhile
                    os.posix_fallocate(file.fileno(), 0, found.f_bavail * found.f_frsize - LEFT)
                    file.seek(0, os.SEEK_END)

    def make_room(self):
        self.filler.unlink()

    def remove(self):
        subprocess.run(["umount", "-l", self.folder], check=True)  # noqa: S607


@contextmanager
def on_a_small_disk(folder, *, has_log):
    """A disk, its cluster, and an installation with a file to import. The write-ahead log lies there too, or not."""
    cluster = Cluster(min_wal_size="32MB", max_wal_size="64MB", autovacuum="off")
    disk = SmallDisk(cluster.folder / "disk")
    cluster.data = disk.folder / "data"
    try:
        cluster.create("--waldir", (disk.folder if has_log else cluster.folder) / "wal")
        installation = Installation(cluster.url, folder)
        installation.create_tables(is_quick=True)
        write_csv(folder / "drill.csv", PEOPLE_HEADER, [person(number) for number in range(ROWS)])
        yield disk, cluster, installation
    finally:
        cluster.stop("immediate")
        disk.remove()
        cluster.remove()


@contextmanager
def importing(cluster, folder):
    portal = Portal("drill", cluster.url, folder)
    words = ("create_workspace", "drill", "--name", "Drill", "--timezone", "UTC", "--region", "US")
    assert portal.run(*words, chunk=CHUNK) == 0, portal.output.read_text()
    try:
        yield portal
    finally:
        portal.kill_all()


def stopped_by_full_disk(disk, portal, **drill):
    """Fills the disk in the middle of the command's third chunk; returns the last line that the command has said."""
    words = ("import_contacts", portal.folder / "drill.csv", *IMPORT, "--create")
    child = portal.start(*words, chunk=CHUNK, pause="before outcomes 3", **drill)
    portal.wait_for("paused", 1)
    child.send_signal(signal.SIGSTOP)
    portal.rows("SELECT 1")  # after an ANALYZE, PostgreSQL writes a file before it accepts a connection
    disk.fill()
    child.send_signal(signal.SIGCONT)
    assert child.wait(120) == 1, portal.output.read_text()[-2000:]
    return portal.output.read_text().splitlines()[-1]


def half_written(portal):
    """The checkpoint, and how many rows of each table are not before it."""
    (checkpoint,) = portal.job("checkpoint")
    tables = ("markets_contact", "markets_marketcontact", "campaigns_campaigncontact", "markets_importedcontact")
    counts = [portal.rows(f"SELECT count(*) FROM {table} WHERE {OURS}")[0][0] for table in tables]
    return checkpoint, sum(abs(count - checkpoint) for count in counts)


@pytest.fixture(scope="module")
def careless(tmp_path_factory):
    """What the same comes to where nothing keeps a chunk together."""
    folder = tmp_path_factory.mktemp("control")
    with on_a_small_disk(folder, has_log=False) as (disk, cluster, _), importing(cluster, folder) as portal:
        stopped_by_full_disk(disk, portal, guard="any transaction")
        disk.make_room()
        _, half = half_written(portal)
    assert half > 0
    return f"{half:,} rows half-written"


@pytest.mark.promise("P9")
@pytest.mark.parametrize("has_log", [False, True], ids=["of tables", "of tables and log"])
def test_a_full_disk_stops_an_import_which_goes_on_when_there_is_room(has_log, careless, tmp_path_factory, figure):
    folder, seen = tmp_path_factory.mktemp("small"), {"stopped": ""}
    with (
        on_a_small_disk(folder, has_log=has_log) as (disk, cluster, installation),
        importing(cluster, folder) as portal,
        Served(installation) as served,
    ):

        def fault():
            seen["command"], began = stopped_by_full_disk(disk, portal), time.monotonic()
            worker = portal.start("import_worker", chunk=CHUNK)
            wait_until(lambda: "trying again" in portal.output.read_text(), seconds=120)
            assert worker.poll() is None
            if not has_log:  # else it may have stopped
                seen["checkpoint"], seen["half"] = half_written(portal)
                (seen["page"],) = portal.job("failure")
            disk.make_room()
            if not cluster.is_running:
                cluster.start()
                seen["stopped"] = " and PostgreSQL, which was started again"
            return time.monotonic() - began

        heard = served.under_load(50, fault)
        wait_until(lambda: portal.is_ended, seconds=120)
        state, done = portal.job("state, checkpoint")
        _, left = half_written(portal)
        lost = heard.lost(installation.rows)

    assert "The server has no space left" in seen["command"] or has_log
    assert "the same command goes on from there" in seen["command"]
    assert has_log or "The server has no space left. Tell ops staff" in seen["page"]
    assert has_log or (seen["checkpoint"], seen["half"]) == (2 * CHUNK, 0)
    assert (state, done, left) == ("completed", ROWS, 0)
    heard.check()
    assert lost == set()
    figure(
        f"Disk {'and log ' if has_log else ''}full during an import of {ROWS:,} people: it stopped{seen['stopped']} "
        f"after {2 * CHUNK:,}, 0 half-written, and went on by itself to the end; {told(heard, lost)}",
        control=f"without a transaction for each chunk: {careless}",
    )
