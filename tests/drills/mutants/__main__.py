import argparse
import json
from pathlib import Path

import pytest

import tests.drills.mutants
from tests.drills.mutants.trial import Drill

TESTS = [
    *("tests/isolation", "tests/test_roles.py", "tests/test_access.py", "tests/test_outsiders.py"),
    *("tests/config", "tests/markets", "tests/campaigns", "tests/calls", "tests/signals"),
]
"""First those that go everywhere, then those of each module."""


def drill(tests, *, chosen="", **options):
    plugin = Drill(**options)
    arguments = ["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "-m", "not browser", "--no-header", "--no-summary"]
    pytest.main([*arguments, *(["-k", chosen] if chosen else []), *tests], plugins=[plugin])
    return plugin.outcome


def main():
    parser = argparse.ArgumentParser(description=tests.drills.mutants.__doc__)
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

    options = {
        "sample": given.sample,
        "seed": given.seed,
        "most_tests": given.most,
        "wanted": is_wanted,
        "lines": given.lines,
    }
    outcome = drill(given.tests, chosen=given.k, **options)
    for name in ("failed_unchanged", "cannot_repeat", "not_executed", "equivalent", "out_of_time", "survivors"):
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
