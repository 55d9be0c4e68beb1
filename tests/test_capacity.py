"""The arithmetic of docs/operations/sizing.md."""

import os
import subprocess
import sys

import pytest

from tests.benchmarks.bench_capacity.costs import Cost, cpu_seconds
from tests.benchmarks.bench_capacity.model import Installation, Need, cores, need, requests_of_a_call
from tests.drills.load.requests import WEIGHTS

NOTHING = dict.fromkeys(requests_of_a_call(), Cost(0, 0))
BYTES = {"person": 2_000, "call": 600}


def of(workspaces=1, callers=100, people=0, calls_a_year=0):
    return Installation(workspaces, callers, people, calls_a_year)


def test_each_call_has_a_screen_and_a_form_and_as_many_pages_as_in_the_load():
    found = requests_of_a_call()

    assert (found["call screen"], found["save a call"]) == (1, 1)
    pages = sum(found.values()) - 2
    assert pages / 2 == pytest.approx((sum(WEIGHTS.values()) - WEIGHTS["call"]) / WEIGHTS["call"])


def test_cores_are_what_the_requests_of_a_second_take():
    assert cores({"contact": 10, "market": 2}, {"contact": 50, "market": 250}) == pytest.approx(1.0)


def test_the_busiest_hour_has_seven_tenths_of_the_callers_at_twelve_calls():
    found = need(of(callers=1_000), NOTHING | {"save a call": Cost(web_ms=100, database_ms=0)}, BYTES)

    assert found.web_cores == pytest.approx(1_000 * 0.7 * 12 / 3600 * 0.1 / 0.5)


def test_what_writes_stays_on_the_primary_and_pages_may_be_read_elsewhere():
    costs = NOTHING | {"save a call": Cost(0, database_ms=20), "market": Cost(0, database_ms=70)}

    found = need(of(callers=1_000), costs, BYTES)

    assert found.primary_cores == pytest.approx(1_000 * 0.7 * 12 / 3600 * 0.02 / 0.5)
    assert found.reading_cores == pytest.approx(found.primary_cores * 0.2 * 3.5)


def test_three_years_of_calls_are_kept():
    found = need(of(workspaces=2, people=1_000, calls_a_year=10_000), NOTHING, BYTES)

    assert found.disk == 2 * (1_000 * 2_000 + 3 * 10_000 * 600)


@pytest.mark.parametrize(
    ("primary", "reading", "disk", "shards", "replicas"),
    [(1, 1, 1e9, 1, 1), (1, 80, 1e9, 1, 2), (64, 0, 1e9, 2, 1), (1, 1, 9e12, 3, 1)],
)
def test_standbys_take_the_pages_and_shards_the_writes_and_the_rows(primary, reading, disk, shards, replicas):
    found = Need(0, 0, primary, reading, disk)

    assert (found.shards, found.replicas) == (shards, replicas)


def test_larger_installations_never_cost_less():
    costs = dict.fromkeys(NOTHING, Cost(50, 20))
    prices = [need(of(workspaces=n, people=10_000), costs, BYTES).cost_a_month for n in (1, 10, 100, 1_000, 10_000)]

    assert prices == sorted(prices)
    assert prices[0] < prices[-1]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the times of processes are read from /proc")
def test_the_time_of_children_counts_also_after_they_ended():
    before = cpu_seconds(os.getpid())

    subprocess.run([sys.executable, "-c", "sum(range(30_000_000))"], check=True)

    assert cpu_seconds(os.getpid()) - before > 0.05
