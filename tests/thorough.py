"""Test parameters of which `uv run pytest` tries some, and `uv run pytest -m thorough` the rest.

All of them take longer than a change should wait for. So CI runs a third with each commit, `--share 1/3` to `3/3` in
turn: what one commit breaks is found two commits later at the latest.
"""

from collections.abc import Iterable, Sequence
from zlib import crc32

import pytest


def some(cases: Iterable[object], *, at_once: int = 1) -> Sequence[object]:
    """Marks all but the first `at_once` cases as thorough; pass 0 if other tests cover the same with less data."""
    return [
        case if place < at_once else pytest.param(case, marks=pytest.mark.thorough) for place, case in enumerate(cases)
    ]


def add_options(parser):
    group = parser.getgroup("portal")
    group.addoption("--share", type=share_of, metavar="N/M", help="run the Nth of M shares of the tests")


def share_of(text):
    number, shares = map(int, text.split("/"))
    if not 1 <= number <= shares:
        raise ValueError(f"{text} is no share: the first of three is 1/3.")
    return number, shares


def select(config, items):
    """Divides by name, so that a test stays in its share when others are added."""
    if config.getoption("--share"):
        number, shares = config.getoption("--share")
        others = [item for item in items if crc32(item.nodeid.encode()) % shares != number - 1]
        config.hook.pytest_deselected(items=others)
        kept = set(items) - set(others)
        items[:] = [item for item in items if item in kept]
