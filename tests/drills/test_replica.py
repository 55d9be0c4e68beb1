"""P9: pages are read from a standby that lags, hangs, is lost, comes back and is promoted, and everybody is shown at
once what they have written.

    DRILL=full uv run pytest -n 0 -s tests/drills/test_replica.py

Browsers write notes on people and read those people's pages, others only read, and a dialer sends calls and reads them
through the API. The control is a browser that does not say up to where it has written.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from itertools import cycle
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.drills.clusters import BIN, Cluster
from tests.drills.installations import Installation
from tests.drills.portals import ROOT
from tests.drills.served import Served

pytestmark = pytest.mark.skipif(BIN is None, reason="PostgreSQL is not installed")
IS_FULL = os.environ.get("DRILL") == "full"
WRITERS, READERS = 4, 4
TOKEN = "token-of-the-drill"
POSITION, CSRF = "position", "c" * 32
PAGES = ["campaigns/", "contacts/", "contacts/?_export=csv", "calls/", "signals/", "review/", "markets/", "meetings/"]
LONGEST = 15
"""Seconds: a page that was in progress when the standby froze waits for 7 s, and is then asked for again."""
SIGN_IN = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from markets.models import Scope, Workspace
from markets.workspaces import api_tokens
from tests.factories import MembershipFactory
workspace, keys = Workspace.objects.get(slug=sys.argv[1]), []
for _ in range(int(sys.argv[2])):
    user, session = MembershipFactory(workspace=workspace).user, SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    keys.append(session.session_key)
people = list(workspace.contacts.order_by("pk").values_list("pk", flat=True))
scopes = [Scope.CALLS_READ, Scope.CALLS_WRITE]
tokens = [api_tokens.issue(workspace=workspace, name=f"Reader {n}", by=None, scopes=scopes)[1] for n in range(20)]
print(json.dumps({"keys": keys, "people": people, "tokens": tokens}))
"""


class Browser:
    def __init__(self, port, key, *, forgets=()):
        self.port, self.forgets = port, forgets
        self.cookies = {"sessionid": key, "csrftoken": CSRF}

    def ask(self, method, path, data=None):
        """The status, 0 without an answer; the text, and how long it took."""
        began, connection = time.monotonic(), HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "X-CSRFToken": CSRF}
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(data) if data is not None else None, headers)
            response = connection.getresponse()
            text = response.read().decode()
            for line in response.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: each.value for name, each in SimpleCookie(line).items()}
        except (OSError, HTTPException) as error:
            return 0, repr(error), time.monotonic() - began
        finally:
            connection.close()
        for name in self.forgets:
            self.cookies.pop(name, None)
        return response.status, text, time.monotonic() - began


class Visitors:
    """Threads that write and read until they are told to stop."""

    def __init__(self, portal):
        self.portal, self.is_over = portal, threading.Event()
        signed_in = subprocess.run(
            [sys.executable, "-c", SIGN_IN, portal.known["slug"], str(WRITERS + READERS + 1)],
            cwd=ROOT,
            env=portal.installation.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        known = json.loads(signed_in.stdout.splitlines()[-1])
        self.keys, self.people, self.tokens = known["keys"], known["people"], known["tokens"]
        self.answers, self.written, self.stale = [], 0, []
        self.controlled = self.stale_of_control = 0

    @contextmanager
    def at_work(self):
        tasks = [(self.write, n) for n in range(WRITERS)] + [(self.read, n) for n in range(WRITERS, WRITERS + READERS)]
        threads = [threading.Thread(target=task, args=(n,)) for task, n in tasks]
        threads.append(threading.Thread(target=self.send_calls))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.is_over.set()
            for thread in threads:
                thread.join()

    def write(self, number):
        """Each has a person of their own, whose page says what the browser has just written."""
        browser = Browser(self.portal.port, self.keys[number])
        while not self.is_over.is_set():
            self.written += 1
            if not self.is_shown(browser, self.people[number]):
                self.stale.append(time.monotonic())
            self.is_over.wait(0.05)

    def is_shown(self, browser, person):
        word = uuid4().hex
        self.note(browser.ask("POST", self.portal.path(f"notes/contacts/{person}/"), {"text": word}), 302)
        answer = browser.ask("GET", self.portal.path(f"contacts/{person}/"))
        self.note(answer, 200)
        return answer[0] != 200 or word in answer[1]

    def read(self, number):
        browser, chance = Browser(self.portal.port, self.keys[number]), random.Random(number)
        while not self.is_over.is_set():
            self.note(browser.ask("GET", self.portal.path(chance.choice(PAGES))), 200)
            self.is_over.wait(0.05)

    def send_calls(self):
        """Sends calls and reads each at once through the API. Every call has a token of its own in turn, as one may
        send two requests a second."""
        for token in cycle(self.tokens):
            if self.is_over.is_set():
                return
            call_id, began = uuid4().hex, datetime.now(UTC) - timedelta(minutes=1)
            report = {"call_id": call_id, "contact": self.portal.known["people"][0], "disposition": "No Answer"}
            call = report | {"started_at": "2026-03-02 09:30:00"}
            body = json.dumps({"campaign": "Q1", "historical": True, "timezone": "Europe/Lisbon", "calls": [call]})
            self.ask_api(token, "POST", "api/calls/", body)
            read = self.ask_api(token, "GET", f"api/v1/calls?{urlencode({'since': began.isoformat(), 'limit': 500})}")
            self.written += 1
            if read.status == 200 and call_id not in read.text:
                self.stale.append(time.monotonic())
            self.is_over.wait(0.2)

    def ask_api(self, token, method, path, body=None):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = self.portal.ask(method, self.portal.path(path), body, headers)
        self.note((answer.status, answer.text, answer.seconds), 200)
        return answer

    def note(self, answer, expected):
        status, text, seconds = answer
        self.answers.append((status == expected, status, seconds, "" if status == expected else text[:300]))

    def control(self, times):
        """A browser that does not say up to where it has written."""
        browser = Browser(self.portal.port, self.keys[-1], forgets=[POSITION])
        for _ in range(times):
            self.controlled += 1
            self.stale_of_control += not self.is_shown(browser, self.people[-1])


class Counts:
    """What the server processes have counted since the last look, by state of the standby."""

    def __init__(self, portal):
        self.portal, self.before = portal, Counter()
        self.take()

    def take(self):
        answer = self.portal.ask("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status == 200, answer
        now = Counter()
        for family in text_string_to_metric_families(answer.text):
            for sample in family.samples:
                if sample.name == "portal_standby_pages_total":
                    now[sample.labels["state"]] += int(sample.value)
                elif sample.name in ("portal_standby_statements_total", "portal_statements_total"):
                    now[sample.name] += int(sample.value)
        found, self.before = now - self.before, now
        return found


def share(counts):
    """Of the pages that may be read from the standby."""
    states = {state: number for state, number in counts.items() if not state.startswith("portal")}
    return states.get("used", 0) / max(sum(states.values()), 1)


@pytest.fixture
def primary():
    primary = Cluster()
    try:
        primary.create()
        yield primary
    finally:
        primary.remove()


def delay(standby, seconds):
    standby.execute(f"ALTER SYSTEM SET recovery_min_apply_delay = '{seconds}s'")
    standby.execute("SELECT pg_reload_conf()")


@pytest.mark.promise("P9")
def test_everybody_is_shown_what_they_have_written_whatever_happens_to_the_standby(primary, tmp_path, figure):
    installation = Installation(primary.url, tmp_path)
    installation.create_tables(is_quick=True)
    standby = primary.standby(hot_standby_feedback="on")
    (tmp_path / "counts").mkdir()
    environment = {
        "DATABASE_REPLICA_URL": standby.url,
        "METRICS_TOKEN": TOKEN,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "counts"),
    }
    shares, seconds = {}, 10 if IS_FULL else 3
    try:
        with Served(installation, environment=environment) as portal:
            visitors, counts = Visitors(portal), Counts(portal)

            def phase(name, length=seconds):
                time.sleep(length)
                shares[name] = counts.take()

            with visitors.at_work():
                phase("follows")
                delay(standby, 2)
                visitors.control(5)
                phase("2 s behind")
                delay(standby, 0)
                if IS_FULL:
                    frozen = standby.processes()
                    standby.send(signal.SIGSTOP, frozen)
                    phase("hangs")
                    standby.send(signal.SIGCONT, frozen)
                    phase("goes on")
                standby.kill()
                phase("lost")
                standby.start()
                phase("back", seconds + 3)
                standby.promote()
                phase("promoted")
                ready = portal.ask("GET", "/readyz?exclude=worker")
    finally:
        standby.remove()

    slowest = max(seconds for _, _, seconds, _ in visitors.answers)
    failed = [answer for answer in visitors.answers if not answer[0]]
    for name, found in shares.items():
        print(f"{name}: {share(found):.0%} of pages from the standby, {dict(found)}")
    figure(
        f"A standby lags, is lost, comes back and is promoted: {len(visitors.stale)} stale reads of {visitors.written} "
        f"after one's own write, {len(failed)} errors in {len(visitors.answers)} requests, slowest {slowest:.1f} s; "
        f"from the standby {', '.join(f'{share(found):.0%} ({name})' for name, found in shares.items())}",
        control=f"without the position {visitors.stale_of_control} of {visitors.controlled} are stale",
    )
    assert failed == []
    assert visitors.stale == []
    assert slowest < LONGEST
    assert visitors.stale_of_control > 0
    assert share(shares["follows"]) > 0.5
    assert share(shares["back"]) > 0
    assert shares["2 s behind"]["behind"] > 0
    assert shares["2 s behind"]["used"] > 0
    assert shares["lost"]["lost"] > 0
    assert shares["promoted"]["promoted"] > 0
    assert json.loads(ready.text)["standby"]["status"] == "promoted"
