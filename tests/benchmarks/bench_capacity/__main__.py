"""What requests cost among many workspaces, whether a load costs as much, and what larger installations need.

    DATABASE_URL=postgres://.../many uv run python -m tests.benchmarks.bench_capacity
    uv run python -m tests.benchmarks.bench_capacity --times 200 --rate 10 --seconds 120

On a database of `seed --scale many`: 200 workspaces. PostgreSQL must run on this machine, which does nothing else. It
writes to the database: sessions, the hours of campaigns, and calls. docs/operations/sizing.md has what was measured.
"""

import argparse
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.bench_capacity.costs import Cost, Requests, bytes_by_row, cpu_seconds, postmaster
from tests.benchmarks.bench_capacity.model import Installation, cores, need
from tests.drills.load.serving import send_load, served, settings_of, signed_in

INSTALLATIONS = (
    Installation(workspaces=10, callers=5, people=10_000, calls_a_year=60_000),
    Installation(workspaces=1_000, callers=5, people=10_000, calls_a_year=60_000),
    Installation(workspaces=10_000, callers=5, people=10_000, calls_a_year=60_000),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=100, help="how often each kind of request is sent")
    parser.add_argument("--rate", type=int, default=8, help="requests a second of the load")
    parser.add_argument("--seconds", type=int, default=60, help="how long the load lasts")
    parser.add_argument("--costs", help="calculates with the costs that this file has, as --write wrote them")
    parser.add_argument("--write", help="writes the costs to this file")
    options = parser.parse_args()
    url = os.environ["DATABASE_URL"]
    if options.costs:
        costs = {name: Cost(**cost) for name, cost in json.loads(Path(options.costs).read_text()).items()}
    else:
        costs = _measure(url, options)
    if options.write:
        Path(options.write).write_text(json.dumps({name: asdict(cost) for name, cost in costs.items()}))
    _print_needs(costs, bytes_by_row(url))


def _measure(url: str, options: argparse.Namespace) -> dict[str, Cost]:
    environment = settings_of(url)
    database = postmaster(url)
    with tempfile.TemporaryDirectory() as folder, served(environment, Path(folder), workers=4) as (address, server):
        members = signed_in(environment)
        costs = Requests(address, members, server.pid, database).costs(options.times)
        print(f"{'request':14} {'web':>6} {'database':>9} ms on the CPU {'kB':>6}")
        for name, cost in costs.items():
            print(f"{name:14} {cost.web_ms:6.1f} {cost.database_ms:9.1f} {'':13} {cost.kilobytes:6.1f}")
        began = cpu_seconds(server.pid), cpu_seconds(database)
        rows = send_load(environment, Path(folder), address, rate=options.rate, seconds=options.seconds)
        ended = cpu_seconds(server.pid), cpu_seconds(database)
    total = rows.pop("Aggregated")
    counts = {name: int(row["Request Count"]) / options.seconds for name, row in rows.items()}
    workspaces = len({member["paths"]["dashboard"] for member in members})
    print(
        f"\n{sum(counts.values()):.1f} requests a second in {workspaces} workspaces for {options.seconds} s: "
        f"p50 {total['50%']} ms, p95 {total['95%']} ms, {total['Failure Count']} failed"
    )
    foretold = (
        cores(counts, {name: cost.web_ms for name, cost in costs.items()}),
        cores(counts, {name: cost.database_ms for name, cost in costs.items()}),
    )
    for name, expected, before, after in zip(("web server", "PostgreSQL"), foretold, began, ended, strict=True):
        used = (after - before) / options.seconds
        print(f"cores of the {name}: {expected:.2f} foretold, {used:.2f} used, ratio {used / expected:.2f}")
    return costs


def _print_needs(costs: dict[str, Cost], bytes_of: dict[str, float]) -> None:
    print("\n" + ", ".join(f"{size:,.0f} bytes on disk for each {name}" for name, size in bytes_of.items()))
    print("workspaces  requests/s  web cores  primary  reading     disk  web machines  shards  standbys each  a month")
    for installation in INSTALLATIONS:
        found = need(installation, costs, bytes_of)
        print(
            f"{installation.workspaces:10,}  {found.requests_a_second:10.1f}  {found.web_cores:9.1f}  "
            f"{found.primary_cores:7.1f}  {found.reading_cores:7.1f}  {found.disk / 1e9:5,.0f} GB  "
            f"{found.web_machines:12}  {found.shards:6}  {found.replicas:13}  {found.cost_a_month:7,.0f}"
        )


if __name__ == "__main__":
    main()
