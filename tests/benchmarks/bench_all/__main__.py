"""How long every page takes, with every filter, sort and page of each list, through gunicorn.

    DATABASE_URL=postgres://.../reference uv run python -m tests.benchmarks.bench_all [PAGE ...]

On a database of `seed --scale reference`, by default in the workspace with the most calls. The pages are those of
tests.access_rows, which has every URL, so a new page is in it by itself. Each is opened as each role, and its filters,
sorts, pages and past days as a manager. Prints for each address p50 and p95, the statements, their time, the rows and
buffers that they read, and the ratio of the page's p50 to the barest SQL of its table; the slowest first.
"""

import argparse
import csv
import logging
import os
import platform
import sys
from statistics import quantiles

import django

from tests.benchmarks.bench_all.server import Server, collect_static_files, environment

SHOWN = ["p50", "p95", "statements", "sql_ms", "worst_ms", "rows", "buffers", "bare_ratio"]
FIGURES = "{p50:7.1f} {p95:7.1f} {statements:4} {sql_ms:7.1f} {worst_ms:7.1f} {rows:9,} {buffers:8,} {bare_ratio:6.1f}"
COLUMNS = [*SHOWN, "role", "page", "address", "worst_sql"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", help="its slug; by default that with the most calls")
    parser.add_argument("--times", type=int, default=7, help="requests of each address; 0: statements alone")
    parser.add_argument("--role", action="append", help="only as this role")
    parser.add_argument("--plain", action="store_true", help="without filters, sorts and further pages")
    parser.add_argument("--show", type=int, default=40, help="how many of the slowest to print")
    parser.add_argument("--tsv", help="a file for all figures")
    parser.add_argument("pages", nargs="*", help="names of URLs, such as calls:list; by default all")
    options = parser.parse_args()
    environment()
    collect_static_files()
    django.setup()
    logging.disable(logging.INFO)
    from tests.benchmarks.bench_all.walk import walk

    print(f"{os.cpu_count()} cores {platform.machine()}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    found = walk(options)
    if options.times:
        with Server() as server:
            for each in found:
                _time(server, each, options.times)
    found.sort(key=lambda each: -(each["p95"] or each["sql_ms"]))
    if options.tsv:
        with open(options.tsv, "w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, delimiter="\t", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(found)
    print(
        "{:>7} {:>7} {:.4} {:>7} {:>8} {:>8} {:>8} {:>6}  page".format(*(name.partition("_ratio")[0] for name in SHOWN))
    )
    for each in found[: options.show]:
        print(f"{FIGURES.format(**each)}  {each['label']} ({each['role']})")


def _time(server: Server, figures: dict, times: int) -> None:
    taken = []
    for number in range(times + 1):
        status, whole, _ = server.get(figures["address"], figures["cookie"])
        if status != 200:
            print(f"{status} {figures['address']}", file=sys.stderr)
            return
        if number:
            taken.append(whole)
    shares = quantiles(taken, n=100, method="inclusive") if len(taken) > 1 else taken * 100
    figures |= {"p50": shares[49], "p95": shares[94]}
    if figures["bare_ms"]:
        figures["bare_ratio"] = shares[49] / figures["bare_ms"]


if __name__ == "__main__":
    main()
