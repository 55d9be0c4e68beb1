"""P1 and P3: the tests notice each tenant filter and each role check that is switched off.

    uv run pytest -n 0 -s tests/drills/test_mutants.py               # those of the pages of tags
    DRILL=full uv run pytest -n 0 -s tests/drills/test_mutants.py    # all of them, an hour of an idle core

`uv run python -m tests.drills.mutants --help` tries some by hand.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.source_code import ROOT

IS_FULL = os.environ.get("DRILL") == "full"
SHORT = [
    *("--only", "tags/views.py", "-k", "tags and (same_whoever or foreign or visitor or offers or test_views)"),
    *("tests/isolation/test_isolation.py", "tests/campaigns/tags"),
]
FULL = ["-k", "not ignored"]


def tried(*arguments):
    """What became of the mutants; on SQLite in memory, whatever database the other tests use."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DRILL")}
    process = subprocess.run(
        [sys.executable, "-m", "tests.drills.mutants", "--json", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(process.stdout.splitlines()[-1])


@pytest.mark.promise("P1", "P3")
def test_every_filter_and_check_that_is_switched_off_is_noticed(figure):
    found = tried(*(FULL if IS_FULL else SHORT))

    assert found["survivors"] == found["not_executed"] == []
    assert found["killed"] == found["mutants"] > 10
    figure(
        f"{found['killed']} of {found['mutants']} mutants killed; {len(found['equivalent'])} more are listed with the "
        "reason why nothing comes of them",
        control=f"the unchanged code passes the same {found['tests']} tests",
    )
