"""What the search text costs an import: pairs of the same import with and without it, in turn, on empty databases."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.cpu import seconds_on_cpu

if TYPE_CHECKING:
    import psycopg

    from tests.benchmarks.bench_imports import Portal

PLAIN = "ALTER TABLE markets_contact DROP COLUMN search_text, ADD COLUMN search_text text"
"""Drops the index, too. The portal reads the column, so that one remains, which is empty."""

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
"""Without those that clear up: they come once a minute, so that an import meets them or not."""


def compare(server: "psycopg.Connection", url: str, path: Path, pairs: int) -> None:
    """Prints seconds by the clock and on the CPU (of the command and its backend) for each pair, and the ratios."""
    ratios = []
    for number in range(pairs):
        order = (True, False) if number % 2 else (False, True)
        measured = {searchable: _import(server, url, path, searchable=searchable) for searchable in order}
        ratios.append([one / other for one, other in zip(measured[True], measured[False], strict=True)])
        times = "; ".join(f"{clock:.1f} s, {cpu:.2f} s on the CPU" for clock, cpu in (measured[True], measured[False]))
        print(f"with search, and without: {times}: {ratios[-1][1]:.3f} times on the CPU")
    clock, cpu = (median(each) for each in zip(*ratios, strict=True))
    print(f"With the search text an import takes {clock:.3f} times as long, and {cpu:.3f} times on the CPU")


def _import(server: "psycopg.Connection", url: str, path: Path, *, searchable: bool) -> tuple[float, float]:
    import psycopg

    from tests.benchmarks.bench_imports import Portal

    with _database(server, url) as (name, own):
        portal = Portal(own)
        if not searchable:
            with psycopg.connect(own, autocommit=True) as connection:
                connection.execute(PLAIN)
        return _seconds(server, name, portal, path)


@contextmanager
def _database(server: "psycopg.Connection", url: str) -> Iterator[tuple[str, str]]:
    name = f"portal_bench_{os.getpid()}_pair"
    server.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    try:
        yield name, url.rpartition("/")[0] + f"/{name}"
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


def _seconds(server: "psycopg.Connection", name: str, portal: "Portal", path: Path) -> tuple[float, float]:
    """By the clock, and on the CPU. A backend is asked again and again, as it is gone at the end."""
    portal.environment["PYTHONHASHSEED"] = "0"  # the same work in both
    begun, own, backends = time.perf_counter(), _children(), dict[int, float]()
    process = portal.start(*portal.command(path))
    while process.poll() is None:
        for (backend,) in server.execute(BACKENDS, [name]).fetchall():
            backends[backend] = max(backends.get(backend, 0), seconds_on_cpu(backend))
        time.sleep(0.02)
    assert process.returncode == 0
    return time.perf_counter() - begun, _children() - own + sum(backends.values())


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
