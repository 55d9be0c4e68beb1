"""What each kind of request costs: CPU time of gunicorn and of PostgreSQL, and the bytes of its answer."""

import http.client
import os
import random
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from tests.drills.load.requests import SEARCHES, WEIGHTS, call_form

TICK = os.sysconf("SC_CLK_TCK")
PAGES = [name for name in WEIGHTS if name != "call"]
GROWS_WITH = {
    "person": ("markets_contact", "markets_contactpoint", "markets_marketcontact", "campaigns_campaigncontact"),
    "call": ("calls_call", "calls_meeting", "signals_signal", "signals_signalsuggestion"),
}
"""The largest tables, by what adds rows to them."""


@dataclass(frozen=True)
class Cost:
    """Of one request: milliseconds of the CPU, and kilobytes sent to the browser."""

    web_ms: float
    database_ms: float
    kilobytes: float = 0


def cpu_seconds(parent: int) -> float:
    """Of a process, its children and those of them that have ended."""
    found = 0.0
    for process in [parent, *children(parent)]:
        try:
            fields = stat_of(process)
        except OSError:
            continue  # it ended just now
        own, ended = fields[11:13], fields[13:15]
        found += sum(map(int, own + (ended if process == parent else []))) / TICK
    return found


def children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if int(stat_of(int(path.name))[1]) == parent:
                found.append(int(path.name))
        except OSError:
            continue
    return found


def stat_of(process: int) -> list[str]:
    """The fields of /proc/PID/stat after the name of the program, which may have blanks in it."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def postmaster(url: str) -> int:
    """The process of PostgreSQL whose children are its backends. It must run on this machine."""
    with psycopg.connect(url) as database:
        row = database.execute("SELECT pg_backend_pid()").fetchone()
        assert row
        return int(stat_of(row[0])[1])


class Requests:
    """Sends requests of random members, one after the other, and measures what they cost."""

    def __init__(self, address: str, members: list[dict[str, object]], web: int, database: int):
        self.host = urlsplit(address).netloc
        self.members, self.web, self.database = members, web, database
        self.random = random.Random(1)

    def costs(self, times: int) -> dict[str, Cost]:
        """Of each kind of request. Each was sent before, so that workers and backends are warm."""
        found = {}
        for name in PAGES:
            self._repeat(times // 4, self._open, name)
            found[name] = self._measured(times, self._open, name)
        self._repeat(times // 4, self._screen)
        found["call screen"] = self._measured(times, self._screen)
        forms = [form for _ in range(times) if (form := self._screen()[1])]
        found["save a call"] = self._measured(len(forms), lambda: self._save(*forms.pop()))
        return found

    def _measured(self, times, action, *args) -> Cost:
        web, database = cpu_seconds(self.web), cpu_seconds(self.database)
        size = self._repeat(times, action, *args)
        web, database = cpu_seconds(self.web) - web, cpu_seconds(self.database) - database
        return Cost(web * 1000 / times, database * 1000 / times, size / times / 1000)

    def _repeat(self, times, action, *args) -> int:
        return sum(action(*args)[0] for _ in range(times))

    def _open(self, name):
        member = self.random.choice(self.members)
        ids = {key: self.random.choice(found) for key, found in member["ids"].items() if found}
        path = member["paths"][name].format(**ids, letters=self.random.choice(SEARCHES))
        return self._send(member, "GET", path)[0], None

    def _screen(self):
        member = self.random.choice(self.members)
        active = self.random.choice(member["ids"]["active"])
        size, page = self._send(member, "GET", member["paths"]["next"].format(active=active))
        form = call_form(page, member)
        return size, form and (member, *form)

    def _save(self, member, path, values):
        return self._send(member, "POST", path, urlencode(values))

    def _send(self, member, method, path, body=None):
        """The size of the answer as it is sent, and the page."""
        headers = {"Host": member["host"], "X-Forwarded-Proto": "https", "Cookie": member["cookie"]}
        if body:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"https://{member['host']}/",
            }
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status in ((302,) if method == "POST" else (200, 302)), (answer.status, path)
        return len(content), content.decode()


def bytes_by_row(url: str) -> dict[str, float]:
    """On disk with indexes: for each person, and for each call with what follows from it."""
    with psycopg.connect(url) as database:
        return {name: _bytes_by_row(database, tables) for name, tables in GROWS_WITH.items()}


def _bytes_by_row(database: psycopg.Connection, tables: tuple[str, ...]) -> float:
    """The size of all tables for each row of the first."""
    sizes = sum(_number(database, SQL("SELECT pg_total_relation_size({})").format(Literal(each))) for each in tables)
    return sizes / max(1, _number(database, SQL("SELECT count(*) FROM {}").format(Identifier(tables[0]))))


def _number(database: psycopg.Connection, statement: Composed) -> int:
    row = database.execute(statement).fetchone()
    assert row
    return int(row[0])
