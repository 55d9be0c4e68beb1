"""Each event that was committed arrives, in order for each person, though the receiver fails, is slow and dies, and
workers are killed.

    DATABASE_URL=postgres://... uv run pytest -n 0 -s tests/drills/test_webhooks.py

500 events; DRILL=full sends 10,000.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.drills import racing, telling
from tests.drills.portals import ROOT, Server
from tests.drills.ports import free_port

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the drill needs a PostgreSQL server (DATABASE_URL)"
)

IS_SHORT = os.environ.get("DRILL") != "full"
EVENTS, PEOPLE = (500, 40) if IS_SHORT else (10_000, 400)
KILLS, CONTROL_EVENTS = (6, 300) if IS_SHORT else (60, 2000)
WORKERS = 3
LONGEST = 600 if IS_SHORT else 1800


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    return Server(os.environ["DATABASE_URL"], tmp_path_factory.mktemp("drill"))


@pytest.fixture(scope="module")
def empty(server):
    with server.migrated() as portal:
        yield portal


class Stage:
    """Workers and the receiver, which somebody kills and starts again."""

    def __init__(self, portal, guard=""):
        self.portal, self.port, self.file = portal, free_port(), portal.folder / "received"
        self.file.touch()
        self.environment = portal.environment | {"WEBHOOK_ALLOWED_HOSTS": "127.0.0.1", "DRILL_GUARD": guard}
        self.url = f"http://127.0.0.1:{self.port}/"
        self.workers, self.kills = [], 0

    def run(self, *words, **pipes):
        command = [sys.executable, "-m", "tests.drills.telling", *map(str, words)]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, text=True, **pipes)

    def start(self):
        self.receiver = self.run("receive", self.port, self.file)
        self.parent = self.run("work", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(WORKERS):
            self.start_worker()

    def start_worker(self):
        self.parent.stdin.write("start\n")
        self.parent.stdin.flush()
        self.workers.append(int(self.parent.stdout.readline()))

    def kill(self, chance):
        """A worker each time, and every third time the receiver, too."""
        self.kills += 1
        os.kill(self.workers.pop(chance.randrange(WORKERS)), signal.SIGKILL)
        self.start_worker()
        if self.kills % 3 == 0:
            self.end_process(self.receiver)
            self.receiver = self.run("receive", self.port, self.file)

    def end(self):
        for worker in self.workers:
            os.kill(worker, signal.SIGKILL)
        self.end_process(self.parent)
        self.end_process(self.receiver)

    def end_process(self, process):
        process.kill()
        process.communicate()

    def received(self):
        """The numbers in the order of their arrival, by person."""
        numbers = defaultdict(list)
        for line in self.file.read_text().splitlines():
            person, number = map(int, line.split())
            numbers[person].append(number)
        return numbers

    @property
    def waiting(self):
        return self.portal.rows("SELECT count(*) FROM markets_webhookdelivery WHERE state = 'waiting'")[0][0]


def deliver(portal, events, *, guard="", before=lambda: None):
    """Publishes the events and disturbs their delivery. Returns the numbers of what was committed and what came, by
    person, and how many kills there were. `before` runs between publishing and delivering."""
    stage, chance = Stage(portal, guard), random.Random("kills")
    with racing.a_process(portal) as alone, ThreadPoolExecutor(1) as aside:
        workspace, people = alone(telling.prepare, PEOPLE, stage.url)
        publishing = aside.submit(alone, telling.happen, workspace, people, events)
        if before:
            publishing.result()
            before()
        stage.start()
        try:
            until = time.monotonic() + LONGEST
            while not (publishing.done() and stage.waiting == 0):
                assert time.monotonic() < until, f"{stage.waiting} wait"
                came = sum(map(len, stage.received().values()))
                if stage.kills < KILLS and came >= events * (stage.kills + 1) / (KILLS + 2):
                    stage.kill(chance)
                time.sleep(0.05)
            time.sleep(telling.LEASE)  # for what is on its way
        finally:
            stage.end()
        return publishing.result(), stage.received(), stage.kills


def lost(told, received):
    return [(person, n) for person, count in told.items() for n in range(count) if n not in received[person]]


def out_of_order(received):
    """The people of whom something came for the first time after a later one."""
    firsts = {person: list(dict.fromkeys(numbers)) for person, numbers in received.items()}
    return [person for person, numbers in firsts.items() if numbers != sorted(numbers)]


def test_each_committed_event_arrives_in_order(server, empty):
    with server.portal(empty.name) as portal:
        began = time.monotonic()
        told, received, kills = deliver(portal, EVENTS, before=None)
        seconds = time.monotonic() - began
        came = sum(map(len, received.values()))
        states = portal.rows("SELECT state, count(*) FROM markets_webhookdelivery GROUP BY 1")
        attempts = portal.rows("SELECT max(attempts) FROM markets_webhookdelivery")[0][0]

        assert lost(told, received) == []
        assert out_of_order(received) == []
        assert all(set(numbers) <= set(range(told[person])) for person, numbers in received.items())
        assert states == [("delivered", EVENTS)]
        assert kills == KILLS
    print(
        f"\n{EVENTS:,} events, lost 0, out of order 0, {came - EVENTS:,} more than once, up to {attempts} attempts; "
        f"{kills} workers and {kills // 3} receivers killed; {seconds:.0f} s"
    )


def test_marked_as_delivered_before_they_are_sent_some_are_lost(server, empty):
    """The control for at least once."""
    with server.portal(empty.name) as portal:
        told, received, _ = deliver(portal, CONTROL_EVENTS, guard=telling.DELIVERED_FIRST)

        assert lost(told, received) != []


def test_without_a_common_key_they_are_out_of_order(server, empty):
    """The control for the order: each delivery stands for itself."""
    with server.portal(empty.name) as portal:

        def forget_whose():
            portal.change("UPDATE markets_webhookdelivery SET order_key = id::text")

        _, received, _ = deliver(portal, CONTROL_EVENTS, before=forget_whose)

        assert out_of_order(received) != []
