"""The table of the promises that the portal keeps: `uv run pytest --promises -n 0`.

A test of a promise carries `@pytest.mark.promise("P1")` and hands what it measured to the fixture `figure`.
"""

import os
import platform
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

PROMISES = {
    "P1": "Isolation: no workspace shows, changes or betrays another's rows",
    "P2": "Sign-in: one throttled way in, operations staff with a second factor, sessions end",
    "P3": "Roles: the roles on paper are the code",
    "P4": "Headers: no change by GET or without a token, no inline or foreign script",
    "P5": "Files: any bytes end in a report by row or a clear refusal",
    "P6": "Imports: killing anything loses nothing accepted and doubles nothing",
    "P7": "Status: of conflicting requests one wins, and no call falls outside Active",
    "P8": "Numbers: every acknowledged call counts once, every number equals a recount",
    "P9": "Database: restarts and failovers lose nothing acknowledged",
    "P10": "Load: 40 mixed requests a second on two cores",
    "P11": "Growth: a page costs the same whatever the history",
    "P12": "Loss: nothing that is clicked destroys calls, contacts, campaigns or history",
    "P13": "Backup: a backup is restored before it counts as one",
    "P14": "Migrations: deploying never blocks for 2 s",
    "P15": "Logs: no name, phone, email, note or token in any log",
    "P16": "Dependencies: locked by hash, and known-vulnerable code is out",
    "P17": "Do not call: a suppressed person or number never reaches a queue again",
    "P18": "Fuzzing: nothing that a client sends makes a 500",
}
KEY = "promise"


def add_options(parser):
    group = parser.getgroup("portal")
    group.addoption("--promises", action="store_true", help="run the tests of the promises and print their table")
    group.addoption("--figures", action="store_true", help="print the table of what the tests that run have measured")
    group.addoption("--promises-page", metavar="FILE", help="also write it there; give it with =")


def configure(config):
    config.addinivalue_line("markers", "promise(number): falsifies a promise, and measures its figure")
    if config.getoption("--promises"):
        config.option.markexpr = ""


def ignore(path, config):
    """False takes the drills in, which pyproject.toml leaves out of the test command. None leaves it to pytest."""
    return False if config.getoption("--promises") and path.name == "drills" else None


def select(config, items):
    if config.getoption("--promises"):
        items[:] = [each for each in items if each.get_closest_marker(KEY)]


@pytest.fixture
def figure(request, record_property):
    """Records what a test of a promise measured, and what its control showed: the same with the guard switched off."""
    marker = request.node.get_closest_marker(KEY)
    assert marker, "A figure belongs to a promise: mark the test with @pytest.mark.promise."

    def record(measured, *, control):
        for number in marker.args:
            record_property(KEY, [number, measured, control])
        print(f"{', '.join(marker.args)}: {measured}. Control: {control}.")

    return record


def print_table(terminalreporter):
    config = terminalreporter.config
    if not (config.getoption("--promises") or config.getoption("--figures")):
        return
    rows, failed = defaultdict(list), set()
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            found = [value for name, value in report.user_properties if name == KEY]
            for number, measured, control in found:
                rows[number].append((measured, control))
                if outcome != "passed":
                    failed.add(number)
    table = as_markdown(rows, failed)
    terminalreporter.write_line(f"\n{table}")
    if page := config.getoption("--promises-page"):
        replace_table(Path(page), table)


def as_markdown(rows, failed):
    lines = [
        f"Measured on {date.today():%d %B %Y}, {machine()}, {connection.vendor}; "
        f"{'full' if os.environ.get('DRILL') == 'full' else 'short'} forms of the drills.",
        "",
        "| Promise | Figure | Control |",
        "|---|---|---|",
    ]
    for number, name in PROMISES.items():
        found = rows.get(number, [])
        verdict = " **Failed.**" if number in failed else "" if found else " Not measured in this run."
        measured = "<br>".join(text for text, _ in found)
        control = "<br>".join(text for _, text in found)
        lines.append(f"| **{number}** {name}.{verdict} | {measured} | {control} |")
    return "\n".join(lines)


def machine():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}"


def replace_table(page, table):
    start, end = "<!-- table -->", "<!-- end of table -->"
    text = page.read_text()
    before, rest = text.split(start)
    page.write_text(f"{before}{start}\n{table}\n{rest[rest.index(end) :]}")
