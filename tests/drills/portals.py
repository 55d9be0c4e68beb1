"""The portal on databases of its own, as processes that can be killed."""

import csv
import json
import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
MARKET, CAMPAIGN = "M&A -- New York", "Spring"
PEOPLE_HEADER = ["External ID", "Email", "Full name", "Firm", "Title", "Phone"]
LONGEST = 300
TEMPLATE = os.environ.get("DRILL_TEMPLATE", "")

WHO = "coalesce(nullif(c.external_id, ''), nullif(c.email, ''), c.phone_e164 || c.full_name)"
QUERIES = {
    "jobs": """
        SELECT kind, state, file_name, sha256, format_description, header, row_count, checkpoint, created, updated,
               unchanged, rejected, enrolled, do_not_call, failure, file, lease_until
        FROM markets_importjob ORDER BY id""",
    "people": """
        SELECT external_id, email, full_name, first_name, last_name, name_key, firm, title, phone, phone_e164,
               wrong_phone FROM markets_contact ORDER BY 1, 2, 3, 9""",
    "places": f"""
        SELECT {WHO}, market_id FROM markets_marketcontact JOIN markets_contact c ON c.id = contact_id ORDER BY 1""",
    "members": f"""
        SELECT {WHO}, campaign_id, removed_at, attempt_count, conversation_count, last_call_at, last_disposition,
               is_closed FROM campaigns_campaigncontact JOIN markets_contact c ON c.id = contact_id ORDER BY 1""",
    "imported": f"""
        SELECT {WHO}, job_id, line, outcome, field_mask, is_placed, is_enrolled, is_do_not_call
        FROM markets_importedcontact JOIN markets_contact c ON c.id = contact_id ORDER BY 2, 1""",
    "rejections": """
        SELECT line, code, regexp_replace(message, 'contact [0-9]+', 'contact', 'g'), cells::text
        FROM markets_importrejection ORDER BY job_id, line""",
    "calls": f"""
        SELECT dialer_call_id, {WHO}, started_at, disposition, talk_seconds, voided_at, import_job_id
        FROM calls_call JOIN markets_contact c ON c.id = contact_id ORDER BY 1""",
    "days": """
        SELECT campaign_id, day, call_count, conversation_count, meeting_count, signal_count
        FROM calls_campaignday ORDER BY 1, 2""",
    "suppressions": f"""
        SELECT {WHO}, s.phone_e164, s.email, reason, lifted_at IS NULL
        FROM markets_suppression s LEFT JOIN markets_contact c ON c.id = contact_id ORDER BY 1, 2, 3, 4""",
    "meetings": """
        SELECT dialer_call_id, m.status FROM calls_meeting m JOIN calls_call ON calls_call.id = call_id ORDER BY 1""",
}
"""What an import comes to, without ids of its own and moments."""


class Server:
    """Where DATABASE_URL points to; what is made there is dropped again."""

    def __init__(self, url, folder):
        self.url, self.folder = url, folder
        self.made = 0

    def run(self, sql):
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql)

    @contextmanager
    def portal(self, template="template0"):
        self.made += 1
        name = f"drill_{os.getpid()}_{self.made}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        folder = self.folder / name
        folder.mkdir()
        portal = Portal(name, urlsplit(self.url)._replace(path=f"/{name}").geturl(), folder)
        try:
            yield portal
        finally:
            portal.kill_all()
            self.run(f"DROP DATABASE {name} WITH (FORCE)")
            shutil.rmtree(folder)

    @contextmanager
    def migrated(self):
        """A portal with tables: a copy of the database that DRILL_TEMPLATE names, as migrations take a while."""
        with self.portal(TEMPLATE or "template0") as portal:
            if not TEMPLATE:
                assert portal.run("migrate", "-v0", chunk=1) == 0, portal.output.read_text()
            yield portal


class Portal:
    def __init__(self, name, url, folder):
        self.name, self.url, self.folder = name, url, folder
        self.log, self.output = folder / "log", folder / "output"
        self.log.touch()
        self.children = []
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO", "DRILL_"))
        }
        self.environment = kept | {
            "DATABASE_URL": url,
            "SECRET_KEY": "only-for-drills-" + "x" * 50,
            "ALLOWED_HOSTS": "localhost",
            "IMPORTS_ROOT": str(folder / "imports"),
            "DRILL_LOG": str(self.log),
        }

    def start(self, *words, **drill):
        """A process of the command. `kill`, `chunk`, `lease` and `guard` are as tests.drills.killed takes them."""
        drilled = {f"DRILL_{name.upper()}": str(value) for name, value in drill.items() if value}
        with self.output.open("a") as output:
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.drills.killed", *map(str, words)],
                cwd=ROOT,
                env=self.environment | drilled,
                stdout=output,
                stderr=output,
            )
        self.children.append(child)
        return child

    def run(self, *words, **drill):
        return self.start(*words, **drill).wait(LONGEST)

    def kill_all(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
                child.wait()

    def rows(self, sql):
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(sql).fetchall()

    def change(self, sql):
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql)

    def job(self, columns="state"):
        """Of the file that the drill is about, if it came that far."""
        found = self.rows(f"SELECT {columns} FROM markets_importjob WHERE file_name LIKE 'drill%' ORDER BY id")
        return found[0] if found else None

    @property
    def is_ended(self):
        job = self.job()
        return job is not None and job[0] in ("completed", "failed")

    def times(self, what):
        return [float(line.rpartition(" ")[2]) for line in self.log.read_text().splitlines() if line.startswith(what)]

    def wait_for(self, what, count):
        """Until the log says it so often, or the last process that was started has ended."""
        until = time.monotonic() + LONGEST
        while len(self.times(what)) < count and time.monotonic() < until:
            if self.children[-1].poll() is not None:
                return
            time.sleep(0.01)

    def files(self):
        folder = self.folder / "imports"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def tidied(self):
        """What is left in the folder of files once a worker has looked at it, more than an hour later."""
        if self.files():
            for name in self.files():
                os.utime(self.folder / "imports" / name, (time.time() - 7200,) * 2)
            self.run("import_worker", "--once", chunk=1000)
        return self.files()

    def state(self):
        files = self.tidied()
        return {name: self.rows(sql) for name, sql in QUERIES.items()} | {"files": files}


def difference(one, other):
    """Where two states are not the same, in words; empty where they are."""
    found = []
    for name in one:
        left, right = ({json.dumps(row, default=str) for row in each[name]} for each in (one, other))
        if len(one[name]) != len(other[name]) or left != right:
            apart = sorted(left ^ right)[:2]
            found.append(f"{name}: {len(one[name])} and {len(other[name])} rows, e.g. {'; '.join(apart)[:500]}")
    return found


def write_csv(path, header, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def person(number, title="Associate"):
    return [f"X{number:06}", f"p{number}@f.example", f"Ann {number}", f"Firm {number % 97}", title, phone(number)]


def phone(number):
    return f"(212) {200 + number // 10000:03}-{number % 10000:04}"


def write_people(known, file, count):
    """Two files: who is known before, and `count` rows: half new, the others unchanged, updated, repeated, refused."""
    half = count // 2
    write_csv(known, PEOPLE_HEADER, [person(number) for number in range(half)])
    rows = [person(number) for number in range(half, 2 * half - half // 10)]
    rows += [person(number) for number in range(half * 6 // 10)]
    rows += [person(number, "Partner") for number in range(half * 6 // 10, half * 8 // 10)]
    rows += [[f"X{number:06}", "", "", "", "Counsel", ""] for number in range(half // 20)]
    rows += [[*person(number)[:4], "Of Counsel", ""] for number in range(half, half + half // 20)]
    rows += [["", f"no address {number}", f"Bob {number}", "Firm", "", ""] for number in range(half // 20)]
    rows += [[f"X{number:06}", f"p{number + 1}@f.example", "", "", "", ""] for number in range(half // 20)]
    random.Random(6).shuffle(rows)
    write_csv(file, PEOPLE_HEADER, rows)
    return len(rows)


def write_calls(file, people, count):
    results = ["No Answer", "Voicemail", "Gatekeeper", "Not Interested", "Meeting Booked", "Do Not Contact"]
    chance = random.Random(8)
    rows = [
        [
            f"c{number}",
            f"X{chance.randrange(people):06}",
            f"2020-{1 + number % 12:02}-{1 + number % 28:02} {number % 24:02}:{number % 60:02}",
            results[min(chance.randrange(40), 5)] if number % 7 else "Voicemail",
            number % 300,
        ]
        for number in range(count)
    ]
    rows += [[*row[:3], "Not Interested", 7] for row in chance.sample(rows, count // 20)]
    rows += [chance.choice(rows) for _ in range(count // 20)]
    rows += [[f"d{number}", "nobody", "2020-01-01 10:00", "Voicemail", ""] for number in range(count // 20)]
    write_csv(file, ["Call ID", "Contact", "Start", "Result", "Talk seconds"], rows)
