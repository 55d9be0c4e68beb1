"""Runs tests against mutants: the code with one tenant filter or role check switched off.

`uv run python -m tests.drills.mutants [--sample N] [TEST...]` prints the survivors. Each mutant is a fork of a process
in which the database, the rows and the modules are ready, so it takes as long as the tests that execute the changed
line, until the first fails. Runs on SQLite in memory, which a fork copies.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from django.test.signals import template_rendered

from tests.drills.equivalent import reason_of

TESTS = [
    *("tests/isolation", "tests/test_roles.py", "tests/test_access.py", "tests/test_outsiders.py"),
    *("tests/config/test_admin.py", "tests/config/test_security_txt.py", "tests/signals/sharing"),
    *("tests/markets/workspaces", "tests/markets/accounts/test_second_factors.py", "tests/calls/views/test_api.py"),
]
SECONDS = 60
SLOWER = 20
"""A mutant whose tests take longer than a minute, and twenty times as long as without it, counts as noticed."""


@dataclass
class Outcome:
    mutants: int = 0
    killed: list = field(default_factory=list)
    survivors: list = field(default_factory=list)
    not_executed: list = field(default_factory=list)
    equivalent: list = field(default_factory=list)
    out_of_time: list = field(default_factory=list)
    failed_unchanged: list = field(default_factory=list)
    tests: int = 0


class Drill:
    """A pytest plugin that replaces the usual loop over the tests."""

    def __init__(self, *, sample: int | None, seed: int, most_tests: int = 15, wanted=lambda mutant: True, traced=()):
        self.traced = dict(traced)
        """By test, whether it passes the unchanged code, its seconds, and the lines that it executes."""
        self.sample, self.seed, self.most_tests, self.wanted = sample, seed, most_tests, wanted
        self.outcome = Outcome()

    def pytest_runtestloop(self, session):
        from tests.drills.mutations import all_mutants

        modules = defaultdict(list)
        for item in session.items:
            modules[item.path].append(item)
        mutants = list(filter(self.wanted, all_mutants()))
        pending = dict(enumerate(mutants))
        executed = set()
        chosen = random.Random(self.seed)
        for items in modules.values():
            self.try_module(items, pending, executed, chosen)
        survivors = [each for place, each in pending.items() if place in executed]
        self.outcome.equivalent = [each for each in survivors if reason_of(each)]
        self.outcome.survivors = [each for each in survivors if not reason_of(each)]
        self.outcome.mutants -= len(self.outcome.equivalent)
        self.outcome.not_executed = [each for place, each in pending.items() if place not in executed]
        return True

    def try_module(self, items, pending, executed, chosen):
        from tests.drills.mutations import find_functions

        lines_of, seconds_of = {}, {}
        runtestprotocol(items[0], nextitem=items[-1], log=False)  # makes what the tests share, which visits every page
        for place, item in enumerate(items):
            if item.nodeid not in self.traced:
                start = time.perf_counter()
                # The next item is of the same module, so that what the module's tests share stays.
                reports, lines = traced(item, items[place - 1])
                is_green = not any(each.failed for each in reports)
                self.traced[item.nodeid] = [is_green, time.perf_counter() - start, sorted(lines)]
            is_green, seconds, lines = self.traced[item.nodeid]
            if is_green:
                self.outcome.tests += 1
                lines_of[item], seconds_of[item] = set(map(tuple, lines)), seconds
            else:
                self.outcome.failed_unchanged.append(item.nodeid)
        find_functions()
        tests_of = {place: covering for place, each in pending.items() if (covering := tests_that_run(each, lines_of))}
        reachable = list(tests_of)
        if self.sample is not None:
            left = max(0, self.sample - self.outcome.mutants)
            reachable = chosen.sample(reachable, min(left, len(reachable)))
        for place in reachable:
            mutant = pending[place]
            self.outcome.mutants += place not in executed
            executed.add(place)
            tests = in_turn(tests_of[place], seconds_of)[: self.most_tests]
            limit = max(SECONDS, SLOWER * sum(map(seconds_of.get, tests)))
            killer = killer_of(mutant, tests, items, limit)
            if killer.startswith("(cannot"):
                print(f"{killer}: {mutant}", flush=True)  # remains a survivor
            elif killer:
                print(f"{len(self.outcome.killed)}. {mutant} | {killer}", flush=True)
                self.outcome.killed.append((mutant, killer))
                self.outcome.out_of_time += [mutant] if killer == OUT_OF_TIME else []
                del pending[place]
            else:
                print(f"survives {len(tests)} of {len(tests_of[place])} tests: {mutant}", flush=True)
        killers = {killer for _, killer in self.outcome.killed}
        again = [item for item in lines_of if item.nodeid in killers]
        self.outcome.failed_unchanged += filter(None, [killer_of(None, again, items, 3600)])
        # What the module's tests share is taken down by its last test.
        runtestprotocol(items[0], nextitem=None, log=False)


def tests_that_run(mutant, lines_of):
    first, last = mutant.executed
    lines = {(mutant.path, line) for line in range(first, last + 1)}
    return [item for item, executed in lines_of.items() if lines & executed]


def in_turn(tests, seconds_of):
    """The fastest of each test function, then their second fastest, and so on."""
    by_function = defaultdict(list)
    for test in sorted(tests, key=seconds_of.get):
        by_function[test.function].append(test)
    places = {test: place for same in by_function.values() for place, test in enumerate(same)}
    return sorted(tests, key=lambda test: (places[test], seconds_of[test]))


def traced(item, nextitem):
    """The reports of a test, and the lines of our code that it executes."""
    from tests.drills.mutations import forget_compiled_queries
    from tests.source_code import ROOT

    forget_compiled_queries()
    root, lines, monitoring = f"{ROOT}/", set(), sys.monitoring
    tool = monitoring.COVERAGE_ID

    def on_line(code, line):
        if code.co_filename.startswith(root):
            lines.add((code.co_filename.removeprefix(root), line))
        return monitoring.DISABLE

    def on_start(code, offset):
        # A lambda, which has one line, starts without an event of its line.
        return on_line(code, code.co_firstlineno)

    def on_template(template, **kwargs):
        lines.add((str(getattr(template, "origin", "")).removeprefix(root), 0))

    template_rendered.connect(on_template)
    monitoring.use_tool_id(tool, "mutants")
    try:
        monitoring.register_callback(tool, monitoring.events.LINE, on_line)
        monitoring.register_callback(tool, monitoring.events.PY_START, on_start)
        monitoring.set_events(tool, monitoring.events.LINE | monitoring.events.PY_START)
        monitoring.restart_events()
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
        template_rendered.disconnect(on_template)
    return reports, lines


OUT_OF_TIME = "out of time"


def killer_of(mutant, tests, items, limit):
    """The first test that fails with the mutant, or nothing. Without a mutant, the control."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            killer = run_with(mutant, tests, items)
            os.write(writing, killer.encode()[:900])
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    end = time.perf_counter() + limit
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.perf_counter() > end:
            os.kill(child, 9)
            os.waitpid(child, 0)
            os.close(reading)
            return OUT_OF_TIME
        time.sleep(0.005)
    killer = os.read(reading, 1000).decode(errors="replace")
    os.close(reading)
    return killer


def run_with(mutant, tests, items):
    from tests.drills.mutations import apply

    try:
        if mutant:
            apply(mutant)
    except Exception as error:
        return f"(cannot be applied: {error!r})"
    for test in tests:
        other = next(each for each in items if each is not test)
        if any(each.failed for each in runtestprotocol(test, nextitem=other, log=False)):
            return test.nodeid
    return ""


def drill(tests, *, chosen="", lines=None, **options):
    traced = json.loads(lines.read_text()) if lines and lines.exists() else {}
    plugin = Drill(traced=traced, **options)
    arguments = ["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "-m", "", "--no-header", "--no-summary"]
    pytest.main([*arguments, *(["-k", chosen] if chosen else []), *tests], plugins=[plugin])
    if lines:
        lines.write_text(json.dumps(plugin.traced))
    return plugin.outcome


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=23)
    parser.add_argument("--only", default="", help="mutants whose description has this text")
    parser.add_argument("--among", type=Path, help="mutants whose description is a line of this file")
    parser.add_argument(
        "--lines", type=Path, help="keeps in this file which lines each test executes, for parts of a run"
    )
    parser.add_argument("--most", type=int, default=15, help="how many tests of a module are tried for each")
    parser.add_argument("-k", default="", help="tests to run, as for pytest")
    parser.add_argument("tests", nargs="*", default=TESTS)
    parser.add_argument("--json", action="store_true", help="also print the result as a JSON object, last")
    given = parser.parse_args()
    among = given.among.read_text().splitlines() if given.among else None

    def is_wanted(mutant):
        return given.only in str(mutant) and (among is None or str(mutant) in among)

    options = {"sample": given.sample, "seed": given.seed, "most_tests": given.most, "wanted": is_wanted}
    outcome = drill(given.tests, chosen=given.k, lines=given.lines, **options)
    for name in ("failed_unchanged", "not_executed", "equivalent", "out_of_time", "survivors"):
        for each in getattr(outcome, name):
            print(f"{name.replace('_', ' ')}: {each}")
    print(f"{len(outcome.killed)} of {outcome.mutants} mutants killed")
    if given.json:
        result = {
            name: list(map(str, value)) if isinstance(value, list) else value for name, value in vars(outcome).items()
        }
        print(json.dumps(result | {"killed": len(outcome.killed)}))


if __name__ == "__main__":
    main()
