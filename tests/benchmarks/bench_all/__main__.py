"""How long every page takes, with every filter, sort and page of each list, through gunicorn.

    DATABASE_URL=postgres://.../reference uv run python -m tests.benchmarks.bench_all [PAGE ...]
    DATABASE_URL=postgres://.../reference uv run python -m tests.benchmarks.bench_all --ten postgres://.../ten

On databases of `seed --scale reference` and `--scale ten`, in the workspace with the most calls. docs/benchmarks.md has
what is visited, how the databases are made and what was measured. Prints for each address p50 and p95, the statements,
their time, the rows and buffers that they read, and the ratio of the page's p50 to the barest SQL of its table; the
slowest first. It writes to the database: sessions, and one row of whatever the workspace has nothing of.
"""

import argparse
import csv
import logging
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from statistics import quantiles

import django

from tests.benchmarks.bench_all import growth
from tests.benchmarks.bench_all.server import ROOT, Server, collect_static_files, environment

SHOWN = ["p50", "p95", "first_p95", "statements", "sql_ms", "worst_ms", "rows", "buffers", "bare_ratio"]
FIGURES = (
    "{p50:7.1f} {p95:7.1f} {first_p95:7.1f} {statements:4} {sql_ms:7.1f} {worst_ms:7.1f} {rows:9,} {buffers:8,} "
    "{bare_ratio:6.1f}"
)
TITLES = "    p50     p95   first stat  sql_ms   worst      rows  buffers   bare  page"
COLUMNS = [*SHOWN, "role", "page", "label", "address", "in_all", "shown", "worst_sql"]
LONG = 2.0
"""Seconds: what takes longer is not asked for as often, and what takes so long at once only once."""
SLOW = 300
"""Milliseconds: a slower address is measured again after all others, and the lower p95 counts. A burst of other load on
the machine passes; a slow page is slow again."""


def main() -> None:
    options = _options()
    if options.ten:
        _compare(options)
        return
    begun = time.monotonic()
    environment()
    collect_static_files()
    django.setup()
    logging.disable(logging.WARNING)
    from tests.benchmarks.bench_all.walk import walk

    print(f"{os.cpu_count()} cores {platform.machine()}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    found = list(walk(options))
    print(f"{len(found):,} addresses in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    if options.times:
        with Server() as server:
            for each in found:
                _time(server, each, options.times)
            for each in [each for each in found if each["p95"] > SLOW]:
                _time(server, each, options.times)
    found.sort(key=lambda each: -(each["p95"] or each["sql_ms"]))
    _write(options.tsv, found)
    print(f"{len(found):,} addresses in {time.monotonic() - begun:.0f} s, load {os.getloadavg()[0]:.1f}")
    print(TITLES)
    for each in found[: options.show]:
        print(f"{FIGURES.format(**each)}  {each['label']} ({each['role']})")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", help="its slug; by default that with the most calls")
    parser.add_argument("--times", type=int, default=7, help="requests of each address; 0: statements alone")
    parser.add_argument("--role", action="append", help="only as this role")
    parser.add_argument("--plain", action="store_true", help="without filters, sorts and further pages")
    parser.add_argument("--share", type=float, default=1, help="of filters, sorts and past days visit 0.3, or so many")
    parser.add_argument("--xlsx", action="store_true", help="exports as XLSX too, a minute for 250,000 rows")
    parser.add_argument("--show", type=int, default=40, help="how many of the slowest, or of the most grown, to print")
    parser.add_argument("--tsv", default="bench_all.tsv", help="a file for all figures (default: bench_all.tsv)")
    parser.add_argument("--ten", metavar="URL", help="a database with ten times the calls, to be visited too")
    parser.add_argument("pages", nargs="*", help="names of URLs, such as calls:list; by default all")
    return parser.parse_args()


def _time(server: Server, figures: dict, times: int) -> None:
    taken: list[float] = []
    first: list[float] = []
    begun = time.monotonic()
    for number in range(times + 1):
        status, whole, to_first = server.get(
            figures["address"], figures["cookie"], figures["headers"], is_export=figures["is_export"]
        )
        if status != 200:
            print(f"{status} {figures['address']}", file=sys.stderr)
            return
        if figures["is_export"]:  # the server reads on until it notices that nobody listens
            server.get("/livez", "", {}, is_export=False)
        is_late = time.monotonic() > begun + LONG
        if number or (is_late and figures["is_export"]):  # the first reads templates and fills caches
            taken.append(whole)
            first.append(to_first)
        if is_late and taken:
            break
    shares = quantiles(taken, n=100, method="inclusive") if len(taken) > 1 else taken * 100
    firsts = quantiles(first, n=100, method="inclusive") if len(first) > 1 else first * 100
    if 0 < figures["p95"] <= shares[94]:
        return
    figures |= {"p50": shares[49], "p95": shares[94], "first_p95": firsts[94]}
    if figures["bare_ms"]:
        figures["bare_ratio"] = shares[49] / figures["bare_ms"]


def _write(path: str, found: list[dict]) -> None:
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(found)


def _compare(options: argparse.Namespace) -> None:
    """Visits both databases, each in a process of its own, and prints what grew."""
    path = Path(options.tsv)
    files = [str(path), str(path.with_stem(f"{path.stem}_ten"))]
    given = [f"--{name}={getattr(options, name)}" for name in ("times", "share", "show")]
    given += [f"--role={role}" for role in options.role or ()]
    given += [f"--{name}" for name in ("plain", "xlsx") if getattr(options, name)]
    given += [f"--workspace={options.workspace}"] if options.workspace else []
    for url, file in zip((os.environ["DATABASE_URL"], options.ten), files, strict=True):
        command = [sys.executable, "-m", "tests.benchmarks.bench_all", *given, f"--tsv={file}", *options.pages]
        print(f"\n{url.rpartition('/')[2]}", flush=True)
        subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"DATABASE_URL": url})  # noqa: S603
    found = growth.grown(*map(growth.read, files))
    print("\n" + "\n".join(growth.table(found, options.show)))


if __name__ == "__main__":
    main()
