"""Test parameters of which `uv run pytest` tries some, and `uv run pytest -m thorough`, as in CI, the rest."""

from collections.abc import Iterable, Sequence

import pytest


def some(cases: Iterable[object], *, at_once: int = 1) -> Sequence[object]:
    """Marks all but the first `at_once` cases as thorough; pass 0 if other tests cover the same with less data."""
    return [
        case if place < at_once else pytest.param(case, marks=pytest.mark.thorough) for place, case in enumerate(cases)
    ]
