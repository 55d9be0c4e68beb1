"""The portal served by gunicorn, and clients that send calls and read pages while something goes wrong."""

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from uuid import uuid4

from tests.drills.portals import ROOT
from tests.drills.ports import free_port

GIVES_UP = 30
MAKE = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from markets.workspaces import api_tokens
from tests.factories import MarketFactory, MembershipFactory, WorkspaceFactory, active_campaign
slug = f"drill-{os.getpid()}"
workspace = WorkspaceFactory(slug=slug)
campaign = active_campaign(20, market=MarketFactory(workspace=workspace), name="Q1")
user = MembershipFactory(workspace=workspace, user__email=f"{slug}@portal.example").user
session = SessionStore()
session["_auth_user_id"] = str(user.pk)
session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
session["_auth_user_hash"] = user.get_session_auth_hash()
session.save()
print(json.dumps({
    "slug": slug,
    "cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}",
    "tokens": [api_tokens.issue(workspace=workspace, name=f"Dialer {n}", by=user)[1] for n in range(24)],
    "people": [member.contact.email for member in campaign.members.select_related("contact")],
}))
"""
SENTENCES = {
    "call": ["Another request was in the way, or the database is; nothing of this one was kept. Send it again."],
    "page": ["Try again in a moment", "Tell ops staff, and try again later."],
}
PAGES = ["", "campaigns/", "contacts/", "calls/"]


@dataclass
class Answer:
    kind: str
    status: int
    seconds: float
    at: float
    is_explained: bool
    text: str = ""


@dataclass
class Served:
    """`acknowledged` has the moment of each call that a client was told to be stored."""

    installation: object
    workers: int = 2
    threads: int = 4
    environment: dict = field(default_factory=dict)
    make: str = MAKE
    known: dict | None = None
    """What `make` printed for an earlier one; nothing is made again then."""

    def __post_init__(self):
        self.port, self.answers, self.acknowledged = free_port(), [], {}
        if self.known is not None:
            return
        made = subprocess.run(
            [sys.executable, "-c", self.make],
            cwd=ROOT,
            env=self.installation.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        self.known = json.loads(made.stdout.splitlines()[-1])

    def __enter__(self):
        words = ["-w", self.workers, "--threads", self.threads, "-b", f"127.0.0.1:{self.port}", "config.wsgi"]
        self.said = (self.installation.folder / "served").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *map(str, words)],
            cwd=ROOT,
            env=self.installation.environment | self.environment,
            stdout=self.said,
            stderr=self.said,
        )
        until = time.monotonic() + 120
        while (answer := self.ask("GET", self.path(PAGES[0]))).status != 200:
            said = (self.installation.folder / "served").read_text()[-2000:]
            assert time.monotonic() < until, (answer.status, answer.text[:500], said)
            time.sleep(0.3)
        return self

    def __exit__(self, *error):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.said.close()

    def path(self, page):
        return f"/w/{self.known['slug']}/{page}"

    def ask(self, method, path, body=None, headers=None):
        began, kind = time.monotonic(), "call" if body else "page"
        try:
            with (
                closing(HTTPConnection("127.0.0.1", self.port, timeout=GIVES_UP)) as connection,
                closing(self._response(connection, method, path, body, headers)) as response,
            ):
                status, text = response.status, response.read().decode()
        except (OSError, HTTPException):
            status, text = 0, ""
        seconds = time.monotonic() - began
        is_explained = status != 503 or any(sentence in text for sentence in SENTENCES[kind])
        return Answer(kind, status, seconds, time.time(), is_explained, text)

    def _response(self, connection, method, path, body, headers):
        connection.request(method, path, body, headers or {"Cookie": self.known["cookie"]})
        return connection.getresponse()

    def under_load(self, seconds, fault, *, writers=4, readers=2):
        """What the clients heard while `fault` happened, which returns for how long nothing could work."""
        self.answers, self.acknowledged = [], {}
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=self._write, args=(n, until)) for n in range(writers)]
        threads += [threading.Thread(target=self._read, args=(n, until)) for n in range(readers)]
        for thread in threads:
            thread.start()
        time.sleep(min(2, seconds / 4))
        down = fault() or 0
        for thread in threads:
            thread.join()
        return Heard(self.answers, self.acknowledged, down)

    def _write(self, client, until):
        chance, key = random.Random(client), None
        while time.monotonic() < until:
            key = key or uuid4().hex
            report = {
                "call_id": key,
                "contact": chance.choice(self.known["people"]),
                "started_at": "2026-03-02 09:30:00",
                "disposition": "No Answer",
            }
            headers = {
                "Authorization": f"Bearer {self.known['tokens'][chance.randrange(len(self.known['tokens']))]}",
                "Content-Type": "application/json",
            }
            body = json.dumps({"campaign": "Q1", "historical": True, "timezone": "Europe/Lisbon", "calls": [report]})
            answer = self.ask("POST", self.path("api/calls/"), body, headers)
            self.answers.append(answer)
            if answer.status == 200:
                assert json.loads(answer.text)["calls"][0]["id"], answer.text
                self.acknowledged[key] = answer.at
                key = None
            time.sleep(0.1 if answer.status == 200 else 0.3)

    def _read(self, client, until):
        chance = random.Random(client)
        while time.monotonic() < until:
            self.answers.append(self.ask("GET", self.path(chance.choice(PAGES))))
            time.sleep(0.3)


@dataclass
class Heard:
    answers: list
    acknowledged: dict
    down: float = 0

    @property
    def statuses(self):
        return Counter(answer.status for answer in self.answers)

    @property
    def slowest(self):
        return max(answer.seconds for answer in self.answers)

    @property
    def slowest_refusal(self):
        return max((answer.seconds for answer in self.answers if answer.status != 200), default=0)

    @property
    def recovery(self):
        """The longest time between two calls that were acknowledged, without that in which nothing could work."""
        moments = sorted(self.acknowledged.values())
        return max(0, max(later - earlier for earlier, later in pairwise(moments)) - self.down)

    def lost(self, rows):
        return self.acknowledged.keys() - {key for (key,) in rows("SELECT dialer_call_id FROM calls_call")}

    def check(self):
        """Nothing but pages and refusals with a sentence."""
        assert self.statuses.keys() <= {200, 503}, self.statuses
        assert all(answer.is_explained for answer in self.answers)
        assert self.slowest <= 10, sorted((round(a.seconds, 1), a.status, a.kind) for a in self.answers)[-5:]
        assert self.recovery <= 30


def told(heard, lost):
    refused = heard.statuses[503]
    return (
        f"acknowledged {len(heard.acknowledged)}, lost {len(lost)}; RTO {heard.recovery:.1f} s; {refused} x 503 "
        f"within {heard.slowest_refusal:.1f} s, 0 x 500 in {len(heard.answers)} requests"
    )
