"""How many machines a number of workspaces needs, from what each request costs.

    requests a second = callers at work x calls an hour / 3600 x requests for each call
    cores             = sum over the kinds of requests of (requests a second x CPU seconds of one) / UTILISATION
    disk              = people x bytes of a person + calls a year x years kept x bytes of a call

All are of the busiest hour: queues grow beyond measure where a machine is busy most of the time, so it is planned to be
busy for UTILISATION of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from tests.benchmarks.bench_capacity.costs import Cost
from tests.drills.load.requests import WEIGHTS

UTILISATION = 0.5
YEARS_KEPT = 3
CALLS_AN_HOUR = 12
"""Of each caller at work, with talking and waiting for an answer."""
AT_WORK = 0.7
"""Of all callers, in the busiest hour."""
WEB_CORES, DATABASE_CORES = 8, 32
"""Of one machine for the web server, and of the largest for PostgreSQL."""
DATABASE_DISK = 4e12
"""Bytes: what one PostgreSQL may hold, so that a backup is restored within a working day."""
CORE_A_MONTH, GIGABYTE_A_MONTH = 25, 0.15
"""Prices of a core with 4 GB of memory and of a gigabyte on disk, in euros or dollars: replace them with your own."""
ON_PRIMARY = frozenset({"call screen", "save a call"})
"""Requests that write. A standby can answer the others."""


@dataclass(frozen=True)
class Installation:
    """So many workspaces, and the size of each."""

    workspaces: int
    callers: int
    people: int
    calls_a_year: int


@dataclass(frozen=True)
class Need:
    """What an installation needs in its busiest hour."""

    requests_a_second: float
    web_cores: float
    primary_cores: float
    reading_cores: float
    """Of PostgreSQL, for what a standby can answer."""
    disk: float

    @property
    def web_machines(self) -> int:
        return max(2, ceil(self.web_cores / WEB_CORES))

    @property
    def shards(self) -> int:
        """PostgreSQL servers that workspaces are distributed over; 1 needs no distribution."""
        return max(1, ceil(self.primary_cores / DATABASE_CORES), ceil(self.disk / DATABASE_DISK))

    @property
    def replicas(self) -> int:
        """Standbys of each shard: one to fail over to, and more where the pages do not fit on the two."""
        left = DATABASE_CORES - self.primary_cores / self.shards
        return max(1, ceil((self.reading_cores / self.shards - left) / DATABASE_CORES))

    @property
    def cost_a_month(self) -> float:
        """Of machines alike: a standby that takes over has to do what the primary did."""
        servers = self.shards * (1 + self.replicas)
        database = servers * _at_least_two((self.primary_cores + self.reading_cores) / servers)
        web = self.web_machines * _at_least_two(self.web_cores / self.web_machines)
        return (web + database) * CORE_A_MONTH + (1 + self.replicas) * self.disk / 1e9 * GIGABYTE_A_MONTH


def _at_least_two(cores: float) -> int:
    return max(2, ceil(cores))


def need(installation: Installation, costs: Mapping[str, Cost], bytes_of: Mapping[str, float]) -> Need:
    """`costs` by kind of request, and `bytes_of` a person and a call: see costs.py."""
    calls_a_second = installation.workspaces * installation.callers * AT_WORK * CALLS_AN_HOUR / 3600
    rates = {name: calls_a_second * each for name, each in requests_of_a_call().items()}
    primary = sum(rates[name] * costs[name].database_ms for name in ON_PRIMARY)
    reading = sum(rate * costs[name].database_ms for name, rate in rates.items() if name not in ON_PRIMARY)
    calls = installation.calls_a_year * YEARS_KEPT
    return Need(
        requests_a_second=sum(rates.values()),
        web_cores=cores(rates, {name: cost.web_ms for name, cost in costs.items()}) / UTILISATION,
        primary_cores=primary / 1000 / UTILISATION,
        reading_cores=reading / 1000 / UTILISATION,
        disk=installation.workspaces * (installation.people * bytes_of["person"] + calls * bytes_of["call"]),
    )


def requests_of_a_call() -> dict[str, float]:
    """How many requests of each kind are sent for one call: its screen, saving it, and pages as in the load drill."""
    calls = WEIGHTS["call"] / 2
    pages = {name: weight / calls for name, weight in WEIGHTS.items() if name != "call"}
    return {"call screen": 1.0, "save a call": 1.0} | pages


def cores(rates: Mapping[str, float], milliseconds: Mapping[str, float]) -> float:
    """How many are busy all the time with so many requests a second that take so long."""
    return sum(rate * milliseconds[name] for name, rate in rates.items()) / 1000
