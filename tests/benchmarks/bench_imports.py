"""Measures the import of lists of contacts, compared with COPY of the same rows into the same table with its indexes.

    DATABASE_URL=postgres://... uv run python -m tests.benchmarks.bench_imports [--rows 1000000]
    DATABASE_URL=postgres://... uv run python -m tests.benchmarks.bench_imports --rows 100000 --without-search 5

Creates databases of its own on that server and drops them; on SQLite it uses a file. Times are of whole runs of the
command, memory is the peak of its process. The second form tells what the search text costs: it takes so many pairs of
an import with and without it.
"""

import argparse
import csv
import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import environ
import psycopg

from tests.benchmarks import without_search

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 12
MARKET = "M&A -- New York"
PHONES = ("({}) {}-{}", "+1 {} {} {}", "{}-{}-{}", "{}.{}.{}")
AREAS = ("212", "415", "617", "312", "213")


def people(numbers: range) -> Iterator[tuple[str, str, str, str, str]]:
    """External ID, email, firm, phone as typed and in E.164 of contacts that all differ."""
    chance = random.Random(numbers.start)
    for number in numbers:
        digits, area = str(2_000_000 + number * 7919 % 7_999_993), chance.choice(AREAS)
        typed = chance.choice(PHONES).format(area, digits[:3], digits[3:])
        firm = f"Firm {chance.randrange(5000)} LLP"
        yield f"X{number:08}", f"p{number:08}@firm{number % 5000}.example", firm, typed, f"+1{area}{digits}"


def write_list(path: Path, *ranges: range) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["External ID", "Email", "Firm", "Phone"])
        for numbers in ranges:
            writer.writerows(row[:4] for row in people(numbers))


class Portal:
    """The portal on one database."""

    def __init__(self, url: str):
        self.environment = os.environ | {
            "DATABASE_URL": url,
            "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
            "ALLOWED_HOSTS": "localhost",
            "IMPORTS_ROOT": tempfile.mkdtemp(),
        }
        self.manage("migrate", "-v0")
        self.manage("create_workspace", "bench", "--name", "Bench", "--timezone", "UTC", "--region", "US")

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603

    def manage(self, *words: str) -> str:
        process = self.start(*words)
        output, _ = process.communicate()
        if process.returncode:
            sys.exit(f"{words[0]} ended with {process.returncode}")
        return output

    def run_import(self, path: Path) -> tuple[float, float, dict[str, int]]:
        """Seconds, peak memory in MB, and the counts of an import."""
        begun, memory = time.perf_counter(), 0.0
        process = self.start(*self.command(path))
        while process.poll() is None:
            memory = max(memory, peak_memory(process.pid))
            time.sleep(0.05)
        seconds = time.perf_counter() - begun
        assert process.stdout
        return seconds, memory, json.loads(process.stdout.read().splitlines()[-1])

    def visit(self, seconds: float) -> dict[str, float]:
        """The 95th percentile of some pages, in ms."""
        command = [sys.executable, "-m", "tests.benchmarks.visits", str(seconds)]
        output = subprocess.check_output(command, env=self.environment, text=True, cwd=ROOT)  # noqa: S603
        return json.loads(output.splitlines()[-1])

    @staticmethod
    def command(path: Path) -> list[str]:
        words = ["--workspace", "bench", "--market", MARKET, "--create", "--format", "json"]
        return ["import_contacts", str(path), *words]


def seconds_of_copy(connection, numbers: range) -> float:
    """Seconds to COPY the same rows into an empty table with the same columns and indexes."""
    connection.execute("DROP TABLE IF EXISTS bare")
    connection.execute("CREATE TABLE bare (LIKE markets_contact INCLUDING ALL)")
    given = "workspace_id, external_id, email, firm, phone, phone_e164"
    blank = "full_name, first_name, last_name, name_key, title, seniority, wrong_phone, city, timezone, profile_url"
    rest = "\t" * 10 + "\t2026-01-01T00:00:00Z" * 2 + "\n"
    lines = ["1\t" + "\t".join(row) + rest for row in people(numbers)]
    begun = time.perf_counter()
    with connection.cursor().copy(f"COPY bare ({given}, {blank}, created_at, updated_at) FROM STDIN") as copy:
        for place in range(0, len(lines), 10_000):
            copy.write("".join(lines[place : place + 10_000]))
    seconds = time.perf_counter() - begun
    connection.execute("DROP TABLE bare")
    return seconds


def peak_memory(process: int) -> float:
    """The peak memory of a running process, in MB. At its end, the system would also count what it shared with this
    process before it started its own program."""
    try:
        match = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    except OSError:
        return 0
    return int(match[1]) / 1024 if match else 0


def report(what: str, rows: int, seconds: float, memory: float, bare: float | None) -> None:
    ratio = f", {bare / seconds:.2f} of COPY" if bare else ""
    print(f"{what}: {rows / seconds:,.0f} rows/s ({seconds:.1f} s{ratio}), {memory:.0f} MB")


def measure(portal: Portal, folder: Path, rows: int, bare: float | None) -> None:
    everybody, half = range(rows), range(rows, rows + rows // 2)
    lists = {
        "new": ([everybody], {"created": rows}),
        "known and unchanged": ([everybody], {"unchanged": rows}),
        "half of each": ([range(rows // 2), half], {"created": rows // 2, "unchanged": rows // 2}),
    }
    for what, (ranges, expected) in lists.items():
        path = folder / f"{what}.csv"
        write_list(path, *ranges)
        seconds, memory, counts = portal.run_import(path)
        assert {name: counts[name] for name in expected} == expected, counts
        report(what, rows, seconds, memory, bare)


def visit_meanwhile(portal: Portal, folder: Path, rows: int) -> None:
    """Times of pages while nothing else runs, and during an import of new contacts."""
    alone = portal.visit(SECONDS)
    path = folder / "meanwhile.csv"
    write_list(path, range(3 * rows, 3 * rows + max(rows, 300_000)))
    process = portal.start(*portal.command(path))
    meanwhile = portal.visit(SECONDS)
    still_running = process.poll() is None
    process.kill()
    process.wait()
    print(f"p95 of pages alone and while an import {'runs' if still_running else 'ran for a part of the time'}:")
    for name, milliseconds in alone.items():
        print(f"  {name}: {milliseconds:.0f} ms, {meanwhile[name]:.0f} ms ({meanwhile[name] / milliseconds:.1f} times)")


def on_postgresql(url: str, folder: Path, rows: int) -> None:
    name = f"portal_bench_{os.getpid()}"
    server = psycopg.connect(url, autocommit=True)
    server.execute(f"CREATE DATABASE {name}")
    own = url.rpartition("/")[0] + f"/{name}"
    try:
        portal = Portal(own)
        with psycopg.connect(own, autocommit=True) as connection:
            bare = seconds_of_copy(connection, range(rows))
        print(f"COPY: {rows / bare:,.0f} rows/s")
        measure(portal, folder, rows, bare)
        visit_meanwhile(portal, folder, rows)
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--without-search", type=int, default=0, metavar="PAIRS")
    rows, pairs = (arguments := parser.parse_args()).rows, arguments.without_search
    url = environ.Env().str("DATABASE_URL", default="")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kind = "PostgreSQL" if url else "SQLite"
        print(f"{kind}, {rows:,} rows, {os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}")
        if url and pairs:
            write_list(folder / "people.csv", range(rows))
            with psycopg.connect(url, autocommit=True) as server:
                without_search.compare(server, url, folder / "people.csv", pairs)
        elif url:
            on_postgresql(url, folder, rows)
        else:
            measure(Portal(f"sqlite:///{folder}/bench.sqlite3"), folder, rows, None)


if __name__ == "__main__":
    main()
