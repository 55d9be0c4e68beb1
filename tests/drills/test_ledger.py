"""P8: every call that was acknowledged is stored once, though answers are lost and workers die; every count is true.

    DATABASE_URL=postgres://... uv run pytest -n 0 -s tests/drills/test_ledger.py

four seconds of 32 clients; DRILL=full takes two minutes of them.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from tests.drills import racing
from tests.drills.portals import ROOT, Server
from tests.drills.serving import WITHOUT_KEY

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the drill needs a PostgreSQL server (DATABASE_URL)"
)

IS_SHORT = os.environ.get("DRILL") != "full"
SECONDS, CONTROL_SECONDS = (4, 2) if IS_SHORT else (120, 10)
CLIENTS, WORKERS, CAMPAIGNS, PEOPLE = 32, 4, 6, 8
GIVES_UP = 0.03
DISPOSITIONS = ["no_answer", "voicemail", "gatekeeper", "future_potential", "not_interested", "meeting_booked"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    return Server(os.environ["DATABASE_URL"], tmp_path_factory.mktemp("drill"))


@pytest.fixture(scope="module")
def empty(server):
    with server.migrated() as portal:
        with racing.a_process(portal) as alone:
            alone(racing.make_campaigns, CAMPAIGNS, PEOPLE)
        yield portal


class Workers:
    """Processes that serve, and that somebody kills at random and starts again."""

    def __init__(self, portal, guard=""):
        self.kills = 0
        self._ports = {}
        self._lock = threading.Lock()
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.drills.serving"],
            cwd=ROOT,
            env=portal.environment | {"DRILL_GUARD": guard},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(WORKERS):
            self._start()

    def _start(self):
        self._parent.stdin.write("start\n")
        self._parent.stdin.flush()
        worker, port = map(int, self._parent.stdout.readline().split())
        with self._lock:
            self._ports[worker] = port

    def kill_one(self, chance):
        with self._lock:
            worker = chance.choice(sorted(self._ports))
            del self._ports[worker]
        os.kill(worker, signal.SIGKILL)
        self.kills += 1
        self._start()

    def a_port(self, chance):
        with self._lock:
            return chance.choice(sorted(self._ports.values()))

    def send(self, request, chance):
        """The answer, or None where none came."""
        try:
            address = ("127.0.0.1", self.a_port(chance))
            with socket.create_connection(address, timeout=60) as stream_socket, stream_socket.makefile("rw") as stream:
                stream.write(json.dumps(request) + "\n")
                stream.flush()
                line = stream.readline()
            return json.loads(line) if line else None
        except (OSError, json.JSONDecodeError):
            return None

    def end(self):
        for worker in list(self._ports):
            os.kill(worker, signal.SIGKILL)
        self._parent.kill()
        self._parent.communicate()


class Clients:
    """Who makes calls and keeps a ledger of those that were acknowledged: the call of each key."""

    def __init__(self, portal, workers):
        self.workers = workers
        self.people = defaultdict(list)
        for campaign, workspace, contact, email, name in portal.rows(
            "SELECT m.campaign_id, m.workspace_id, contact_id, p.email, c.name FROM campaigns_campaigncontact m "
            "JOIN markets_contact p ON p.id = contact_id JOIN campaigns_campaign c ON c.id = m.campaign_id"
        ):
            self.people[campaign, workspace, name].append((contact, email))
        self.acknowledged, self.errors, self.retries = {}, [], 0
        self._lock = threading.Lock()

    def work(self, client, until):
        chance, mine = random.Random(f"client {client}"), []
        while time.monotonic() < until and not self.errors:
            request = self._request(chance, mine)
            response = self._insist(request, chance)
            if response is None:
                continue
            if "error" in response:
                self.errors.append(response["error"])
                return
            mine += response["calls"]
            with self._lock:
                for key, call in response["calls"]:
                    if self.acknowledged.setdefault(key, call) != call:
                        self.errors.append(f"{key} was call {self.acknowledged[key]}, and then call {call}")

    def _insist(self, request, chance):
        """Asks again, with the same keys, until there is an answer; few give up."""
        while (response := self.workers.send(request, chance)) is None:
            self.retries += 1
            if chance.random() < GIVES_UP:
                return None
            time.sleep(chance.uniform(0, 0.2))
        return response

    def _request(self, chance, mine):
        campaign, workspace, name = chance.choice(sorted(self.people))
        people = self.people[campaign, workspace, name]
        kind = chance.random()
        if kind < 0.05 and mine:
            return {"kind": "void", "call": chance.choice(mine)[1]}
        if kind < 0.6:
            disposition = chance.choice(DISPOSITIONS)
            return {
                "kind": "record",
                "key": str(uuid4()),
                "campaign": campaign,
                "contact": chance.choice(people)[0],
                "disposition": disposition,
                "started_at": moment(chance),
                "hears": disposition == "future_potential",
            }
        reports = [
            {
                "call_id": uuid4().hex,
                "contact": chance.choice(people)[1],
                "campaign": name,
                "started_at": moment(chance),
                "disposition": chance.choice(DISPOSITIONS),
            }
            for _ in range(chance.randrange(1, 8))
        ]
        corrected = [report | {"disposition": chance.choice(DISPOSITIONS)} for report in reports[:2]]
        return {"kind": "report", "workspace": workspace, "reports": reports + corrected}


def moment(chance):
    return (datetime.now(UTC) - timedelta(minutes=chance.randrange(1, 60 * 24 * 30))).isoformat()


def disturb(workers, until):
    chance = random.Random("killer")
    while time.monotonic() < until:
        time.sleep(chance.uniform(0.3, 2))
        workers.kill_one(chance)


def rebuild(portal, until, results):
    """Counts everything again, and again, while calls come in."""
    while time.monotonic() < until:
        portal.run("rebuild_tallies", "--format", "json", chunk=1)
        results.append(json.loads(portal.output.read_text().splitlines()[-1]))


def run(portal, seconds, guard=""):
    """What the clients were told and what is stored: keys with the number of their calls."""
    workers, rebuilt = Workers(portal, guard), []
    clients = Clients(portal, workers)
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=clients.work, args=(n, until)) for n in range(CLIENTS)]
    threads += [threading.Thread(target=disturb, args=(workers, until))]
    threads += [threading.Thread(target=rebuild, args=(portal, until, rebuilt))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    workers.end()
    stored = defaultdict(list)
    for key, call in portal.rows("SELECT notes, id FROM calls_call"):
        stored[key].append(call)
    return clients, workers, rebuilt, stored


def test_what_was_acknowledged_is_stored_once_and_counted_once(server, empty):
    with server.portal(empty.name) as portal:
        clients, workers, rebuilt, stored = run(portal, SECONDS)
        check = portal.run("rebuild_tallies", "--check", chunk=1)

        assert clients.errors == []
        lost = [key for key, call in clients.acknowledged.items() if call not in stored[key]]
        times = Counter(len(calls) for calls in stored.values() if calls)
        doubled = sum(many for count, many in times.items() if count > 1)
        assert lost == []
        assert doubled == 0
        assert check == 0, portal.output.read_text()
        assert {each["differences"] for each in rebuilt} == {0}
        assert workers.kills > SECONDS // 4
        assert clients.retries > workers.kills
    print(
        f"\nacknowledged {len(clients.acknowledged):,}, stored {sum(times.values()):,}, lost {len(lost)}, "
        f"doubled {doubled}, {workers.kills} kills, {clients.retries:,} retries; "
        f"rebuilt {len(rebuilt)} times meanwhile, 0 tallies differ"
    )


def test_without_the_key_calls_would_double(server, empty):
    """The control: the same clients, whose workers do not look whether they did it already."""
    with server.portal(empty.name) as portal:
        clients, _, _, stored = run(portal, CONTROL_SECONDS, guard=WITHOUT_KEY)

        doubled = [key for key, calls in stored.items() if len(calls) > 1]
        assert doubled != [], clients.errors[:1]
