"""Health and metrics of a running portal: four server processes, an import worker, and a PostgreSQL that is stopped.

Nothing is simulated: the worker is killed, the database is stopped, and the answers are those over the network.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from tempfile import mkdtemp

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.drills.installations import Installation
from tests.drills.portals import ROOT
from tests.drills.ports import free_port

PROCESSES, SILENCE, PAGES = 4, 6, 60
KEPT = 1.2
"""Seconds after which no process repeats an older answer."""
TOKEN = "token-of-the-drill"
BINARIES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


class Cluster:
    """A PostgreSQL of its own, which may be stopped while others run their tests."""

    def __init__(self):
        self.folder, self.port = Path(mkdtemp(prefix="health-")), free_port()
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "-D", self.folder / "data", "-U", "portal", "--auth=trust", "--no-sync", "--locale=C.UTF-8")
        self.start()
        self.run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "portal", "portal")

    def run(self, program, *words):
        command = [*self.user, str(BINARIES / program), *map(str, words)]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self.run("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "-o", options, "start")

    def stop(self):
        self.run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")

    def delete(self):
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)

    @property
    def url(self):
        return f"postgres://portal@127.0.0.1:{self.port}/portal"


class Served:
    """The portal behind gunicorn, with its counts in a folder that the drill can look into."""

    def __init__(self, installation):
        self.installation, self.port = installation, free_port()
        self.counts = installation.folder / "counts"
        self.environment = installation.environment | {
            **{"METRICS_TOKEN": TOKEN, "WORKER_REQUIRED": "1", "WORKER_SILENCE_SECONDS": str(SILENCE)},
            **{"DISK_MIN_MB": "1", "ALLOWED_HOSTS": "portal.example", "LOG_FORMAT": "json"},
            **{"WEB_CONCURRENCY": str(PROCESSES), "PORTAL_THREADS": "2", "PORTAL_BIND": f"127.0.0.1:{self.port}"},
            **{"PROMETHEUS_MULTIPROC_DIR": str(self.counts)},
        }
        self.log = installation.folder / "log"
        self.children = []
        self.start("-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "config.wsgi")

    def start(self, *words, without=()):
        with self.log.open("a") as log:
            command = [sys.executable, *words]
            environment = {name: value for name, value in self.environment.items() if name not in without}
            child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=log)
        self.children.append(child)
        return child

    def start_worker(self):
        return self.start("manage.py", "import_worker", without=["PROMETHEUS_MULTIPROC_DIR"])

    def ask(self, path, host="10.9.8.7", **headers):
        """Status, body and seconds, over a connection of its own."""
        started = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": host, "Connection": "close", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), time.monotonic() - started
        except OSError:
            return 0, "", time.monotonic() - started
        finally:
            connection.close()

    def checks(self):
        """Those that fail, with the reason."""
        _, body, _ = self.ask("/readyz")
        return {name: each["reason"] for name, each in json.loads(body)["checks"].items() if each["status"] != "ok"}

    def wait_until(self, status, path="/readyz", seconds=180):
        """How long it took until the address answered so."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            if self.ask(path)[0] == status:
                return time.monotonic() - started
            time.sleep(0.2)
        raise AssertionError(
            f"{path} is not {status} after {seconds} s: {self.ask(path)}; {self.log.read_text()[-3000:]}"
        )

    def metrics(self):
        status, text, _ = self.ask("/metrics", Authorization=f"Bearer {TOKEN}")
        assert status == 200
        return {
            (each.name, *sorted(each.labels.values())): each.value
            for family in text_string_to_metric_families(text)
            for each in family.samples
        }

    def stop(self):
        for child in self.children:
            if child.poll() is None:
                child.terminate()
        for child in self.children:
            child.wait(30)


@pytest.fixture
def cluster():
    if BINARIES is None:
        pytest.skip("PostgreSQL is not installed here")
    cluster = Cluster()
    yield cluster
    cluster.delete()


@pytest.fixture
def portal(cluster, tmp_path):
    installation = Installation(cluster.url, tmp_path)
    installation.create_tables(is_quick=True)
    served = Served(installation)
    yield served
    served.stop()


def test_the_portal_tells_how_it_is_whatever_happens_to_it(cluster, portal):
    portal.wait_until(200, "/livez")
    assert portal.ask("/accounts/login/")[0] == 400, "a page is not served under any host name"
    portal.wait_until(503)
    assert portal.checks() == {"worker": "no worker runs"}

    worker = portal.start_worker()
    portal.wait_until(200)
    time.sleep(KEPT)
    print(f"Ready: {portal.ask('/readyz')[1]}")

    sums = count_pages(portal)
    killed_for = kill_worker(portal, worker)
    worker = portal.start_worker()
    portal.wait_until(200)

    slowest, back = stop_database(cluster, portal)
    worker.terminate()
    worker.wait(30)
    time.sleep(KEPT)
    assert portal.checks() == {"worker": "no worker runs"}, "a stopped worker says so at once"

    lines = check_log(portal)
    print(
        f"{PAGES} requests to {PROCESSES} processes: {sums} everywhere. "
        f"A killed worker is seen after {killed_for:.1f} s. "
        f"Without a database the slowest of the answers took {slowest:.1f} s; ready {back:.1f} s after its start. "
        f"{lines} log lines, as JSON."
    )


def count_pages(portal):
    """Every process answers for all, also after one of them was killed and replaced."""
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: portal.ask("/accounts/login/", "portal.example")[0], range(PAGES)))
    assert set(found) == {200}
    key = ("portal_requests_total", "200", "GET", "account_login")
    answers = {portal.metrics()[key] for _ in range(12)}
    assert answers == {PAGES}

    files = set(portal.counts.glob("counter_*.db"))
    assert len(files) > 1, "control: one process alone has not counted all"
    os.kill(a_process_of(portal), signal.SIGKILL)
    portal.wait_until(200, "/livez")
    for _ in range(30):
        portal.ask("/accounts/login/", "portal.example")
    assert portal.metrics()[key] >= PAGES + 28
    assert len(set(portal.counts.glob("counter_*.db"))) <= PROCESSES
    return PAGES


def a_process_of(portal):
    gunicorn = portal.children[0].pid
    return int(Path(f"/proc/{gunicorn}/task/{gunicorn}/children").read_text().split()[0])


def kill_worker(portal, worker):
    worker.kill()
    worker.wait()
    killed = time.monotonic()
    portal.wait_until(503, seconds=SILENCE + 10)
    seconds = time.monotonic() - killed
    time.sleep(KEPT)
    assert list(portal.checks()) == ["worker"]
    assert portal.checks()["worker"].startswith("no heartbeat for ")
    assert portal.ask("/readyz?exclude=worker")[0] == 200
    assert portal.ask("/livez")[0] == 200
    return seconds


def stop_database(cluster, portal):
    """The slowest answer without a database, and how soon it is ready again."""
    cluster.stop()
    portal.wait_until(503, seconds=10)
    time.sleep(KEPT)
    answers = [portal.ask(path) for path in ("/readyz", "/livez") for _ in range(2 * PROCESSES)]
    assert {status for status, _, _ in answers} == {503, 200}
    assert portal.checks()["database"]
    assert portal.metrics()[("portal_check_ok", "database")] == 0
    cluster.start()
    return max(seconds for _, _, seconds in answers), portal.wait_until(200)


def check_log(portal):
    lines = portal.log.read_text().splitlines()
    entries = [json.loads(line) for line in lines if line.startswith("{")]
    assert len(entries) > PAGES
    assert {entry.get("route") for entry in entries} >= {"account_login"}
    assert [line for line in lines if "/livez" in line or "/readyz" in line or TOKEN in line] == []
    assert any(entry["message"].startswith("Not ready: ") for entry in entries)
    return len(entries)
