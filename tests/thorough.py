"""Parameters that the test command tries some of, and `uv run pytest -m thorough`, as CI does, the rest."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest


def some(cases: Iterable[Any], *, at_once: int = 1) -> Sequence[Any]:
    """The first so many cases for the test command; 0 where other tests try the same in small."""
    return [
        case if place < at_once else pytest.param(case, marks=pytest.mark.thorough) for place, case in enumerate(cases)
    ]
