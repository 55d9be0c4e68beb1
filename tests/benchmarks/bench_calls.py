"""Measures the import of a dialer's log, compared with COPY of the same rows, and the recording of single calls.

    DATABASE_URL=postgres://... uv run python -m tests.benchmarks.bench_calls [--rows 200000]

Creates a database of its own on that server and drops it.
"""

import argparse
import csv
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import environ
import psycopg

from tests.benchmarks.bench_imports import MARKET, ROOT, Portal, report, write_list

RESULTS = {"No Answer": 45, "Voicemail": 25, "Gatekeeper": 8, "Not Interested": 10, "Future Potential": 6, "B": 4}
RESULTS |= {"Callback Requested": 1, "Meeting Booked": 1}
FIRST_CALL = datetime(2026, 1, 5, 9, tzinfo=UTC)
CAMPAIGN = "Spring"


def write_log(path: Path, people: int, rows: int) -> None:
    """Writes a log of calls over 60 days to so many contacts, in order of time."""
    chance = random.Random(rows)
    seconds = 60 * 86400 // rows or 1
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Call ID", "Lead ID", "Start", "Duration (s)", "Result", "Agent"])
        for number in range(rows):
            started = FIRST_CALL + timedelta(seconds=number * seconds)
            lead, result = chance.randrange(people), chance.choices(list(RESULTS), list(RESULTS.values()))[0]
            talk, agent = chance.randrange(300), f"Agent {number % 7}"
            writer.writerow([f"C{number:08}", f"X{lead:08}", f"{started:%Y-%m-%d %H:%M:%S}", talk, result, agent])


def seconds_of_copy(connection: psycopg.Connection) -> float:
    """Seconds to COPY the stored calls into an empty table with the same columns and indexes."""
    connection.execute("CREATE TABLE bare (LIKE calls_call INCLUDING ALL)")
    with connection.cursor().copy("COPY calls_call TO STDOUT") as copy:
        lines = [bytes(data) for data in copy]
    begun = time.perf_counter()
    with connection.cursor().copy("COPY bare FROM STDIN") as copy:
        for place in range(0, len(lines), 10_000):
            copy.write(b"".join(lines[place : place + 10_000]))
    seconds = time.perf_counter() - begun
    connection.execute("DROP TABLE bare")
    return seconds


class CallPortal(Portal):
    @staticmethod
    def command(path: Path) -> list[str]:
        words = ["--workspace", "bench", "--campaign", CAMPAIGN, "--historical", "--format", "json"]
        return ["import_calls", str(path), *words]

    def record(self, calls: int) -> dict[str, float]:
        """Figures of tests.benchmarks.recordings."""
        command = [sys.executable, "-m", "tests.benchmarks.recordings", str(calls)]
        output = subprocess.check_output(command, env=self.environment, text=True, cwd=ROOT)  # noqa: S603
        return json.loads(output.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    rows = parser.parse_args().rows
    url, name = environ.Env().str("DATABASE_URL"), f"portal_bench_{os.getpid()}"
    print(
        f"PostgreSQL, {rows:,} calls, {os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}"
    )
    server = psycopg.connect(url, autocommit=True)
    server.execute(f"CREATE DATABASE {name}")
    own = url.rpartition("/")[0] + f"/{name}"
    try:
        with tempfile.TemporaryDirectory() as folder:
            measure(CallPortal(own), own, Path(folder), rows)
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def measure(portal: CallPortal, own: str, folder: Path, rows: int) -> None:
    people = max(rows // 5, 10)
    write_list(folder / "people.csv", range(people))
    words = ["--workspace", "bench", "--market", MARKET, "--campaign", CAMPAIGN, "--create"]
    portal.manage("import_contacts", str(folder / "people.csv"), *words)
    path = folder / "calls.csv"
    write_log(path, people, rows)
    seconds, memory, counts = portal.run_import(path)
    assert counts["created"] == rows, counts
    with psycopg.connect(own, autocommit=True) as connection:
        bare = seconds_of_copy(connection)
    print(f"COPY: {rows / bare:,.0f} rows/s")
    report("new", rows, seconds, memory, bare)
    seconds, memory, counts = portal.run_import(path)
    assert counts["unchanged"] == rows, counts
    report("known and unchanged", rows, seconds, memory, bare)
    figures = portal.record(300)
    statements = f"{figures['statements']:.0f} statements ({figures['statements_with_signal']:.0f} with a signal heard)"
    print(f"one call: {statements}, p50 {figures['p50']:.1f} ms, p95 {figures['p95']:.1f} ms")
    row_alone = f"p50 {figures['bare_p50']:.1f} ms, p95 {figures['bare_p95']:.1f} ms"
    print(f"  its row alone, by one INSERT and COMMIT: {row_alone}")


if __name__ == "__main__":
    main()
