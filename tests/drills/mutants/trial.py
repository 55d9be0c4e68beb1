"""Tries each mutant on the tests that execute its line, in a fork of a process in which everything is ready."""

import json
import os
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.drills.mutants.equivalent import reason_of
from tests.drills.mutants.tracing import in_turn, tests_that_run, traced

SECONDS = 60
SLOWER = 20
"""A mutant whose tests take longer than a minute, and twenty times as long as without it, counts as noticed."""
MOST_OF_LISTED = 60
"""The tests that a mutant listed as equivalent is tried on."""


@dataclass
class Outcome:
    mutants: int = 0
    killed: list = field(default_factory=list)
    survivors: list = field(default_factory=list)
    not_executed: list = field(default_factory=list)
    equivalent: list = field(default_factory=list)
    out_of_time: list = field(default_factory=list)
    failed_unchanged: list = field(default_factory=list)
    cannot_repeat: list = field(default_factory=list)
    tests: int = 0


class Drill:
    """A pytest plugin that replaces the usual loop over the tests."""

    def __init__(
        self,
        *,
        sample: int | None,
        seed: int,
        most_tests: int = 15,
        wanted=lambda mutant: True,
        lines: Path | None = None,
    ):
        self.file = lines
        self.known = json.loads(lines.read_text()) if lines and lines.exists() else {}
        """By test, whether it passes the unchanged code, its seconds, and which lines of mutants it executes."""
        self.sample, self.seed, self.most_tests, self.wanted = sample, seed, most_tests, wanted
        self.outcome = Outcome()
        self.pending, self.lines, self.tries, self.right = {}, set(), {}, set()

    def pytest_runtestloop(self, session):
        from tests.drills.mutants.finding import all_mutants

        mutants = all_mutants()
        self.lines = {line for each in mutants for line in each.lines}
        mutants = list(filter(self.wanted, mutants))
        if self.sample is not None:
            mutants = random.Random(self.seed).sample(mutants, min(self.sample, len(mutants)))
        self.pending = dict(enumerate(mutants))
        modules = defaultdict(list)
        for item in session.items:
            modules[item.path].append(item)
        groups = list(modules.values())
        for place, items in enumerate(groups):
            if any(self.is_open(each) for each in self.pending):
                later = groups[place + 1][0] if place + 1 < len(groups) else None
                self.try_module(items, later)
        tried = [each for place, each in self.pending.items() if place in self.tries]
        self.outcome.equivalent = [each for each in self.pending.values() if reason_of(each)]
        self.outcome.survivors = [each for each in tried if not reason_of(each)]
        self.outcome.not_executed = [
            each for place, each in self.pending.items() if place not in self.tries and not reason_of(each)
        ]
        self.outcome.mutants = len(self.outcome.killed) + len(self.outcome.survivors)
        return True

    def is_open(self, place):
        return self.tries.get(place, 0) < MOST_OF_LISTED if reason_of(self.pending[place]) else True

    def try_module(self, items, later):
        from tests.drills.mutants.applying import find_functions

        lines_of, seconds_of = self.trace(items)
        tests_of = {
            place: covering
            for place, each in self.pending.items()
            if self.is_open(place) and (covering := tests_that_run(each, lines_of))
        }
        reachable = list(tests_of)
        if reachable:
            run(items[0])  # makes what they share
            find_functions()
        for place in reachable:
            mutant = self.pending[place]
            tests = in_turn(tests_of[place], seconds_of)[: self.most_tests]
            limit = max(SECONDS, SLOWER * sum(map(seconds_of.get, tests)))
            killer = self.killer_that_is_right(mutant, tests, limit)
            self.tries[place] = self.tries.get(place, 0) + len(tests)
            if killer.startswith("(cannot"):
                print(f"{killer}: {mutant}", flush=True)  # remains a survivor
            elif killer:
                print(f"{len(self.outcome.killed)}. {mutant} | {killer}", flush=True)
                self.outcome.killed.append((mutant, killer))
                self.outcome.out_of_time += [mutant] if killer == OUT_OF_TIME else []
                del self.pending[place], self.tries[place]
            else:
                print(f"survives {len(tests)} of {len(tests_of[place])} tests: {mutant}", flush=True)
        items[0].session._setupstate.teardown_exact(later)

    def killer_that_is_right(self, mutant, tests, limit):
        """The first test that fails with the mutant, of those that pass the unchanged code in the same way."""
        killer = killer_of(mutant, tests, limit)
        if killer in self.right or not (test := next((each for each in tests if each.nodeid == killer), None)):
            return killer
        wrong = killer_of(None, tests[: tests.index(test) + 1], limit)
        if not wrong:
            self.right.add(killer)
            return killer
        self.outcome.cannot_repeat += [wrong] if wrong not in self.outcome.cannot_repeat else []
        others = [each for each in tests if each.nodeid != wrong]
        return self.killer_that_is_right(mutant, others, limit)

    def trace(self, items):
        """The tests that pass the unchanged code: which lines of mutants each executes, and how long it takes."""
        lines_of, seconds_of = {}, {}
        unknown = [each for each in items if each.nodeid not in self.known]
        for place, item in enumerate(unknown):
            if not place and len(unknown) > 1:  # makes what they share, which visits every page
                run(item)
            start = time.perf_counter()
            reports, lines = traced(lambda item=item: run(item))
            is_green = not any(each.failed for each in reports)
            self.known[item.nodeid] = [is_green, time.perf_counter() - start, sorted(lines & self.lines)]
        if unknown and self.file:
            self.file.write_text(json.dumps(self.known))
        for item in items:
            is_green, seconds, lines = self.known[item.nodeid]
            if is_green:
                self.outcome.tests += 1
                lines_of[item], seconds_of[item] = set(map(tuple, lines)), seconds
            else:
                self.outcome.failed_unchanged.append(item.nodeid)
        return lines_of, seconds_of


def run(test) -> list:
    """The reports of a test. What the tests of its module share stays."""
    return runtestprotocol(test, nextitem=test.getparent(pytest.Module), log=False)


OUT_OF_TIME = "out of time"


def killer_of(mutant, tests, limit: float) -> str:
    """The first test that fails with the mutant, or nothing. Without a mutant, the control."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            killer = run_with(mutant, tests)
            os.write(writing, killer.encode()[:900])
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    end = time.perf_counter() + limit
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.perf_counter() > end:
            os.kill(child, 9)
            os.waitpid(child, 0)
            os.close(reading)
            return OUT_OF_TIME
        time.sleep(0.005)
    killer = os.read(reading, 1000).decode(errors="replace")
    os.close(reading)
    return killer if ended[1] == 0 else f"(cannot be tried: exit status {ended[1]})"


def run_with(mutant, tests):
    from tests.drills.mutants.applying import apply

    try:
        if mutant:
            apply(mutant)
    except Exception as error:
        return f"(cannot be applied: {error!r})"
    for test in tests:
        if any(each.failed for each in run(test)):
            return test.nodeid
    return ""
