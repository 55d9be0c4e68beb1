"""Ranges of the forecast, held against simulated campaigns whose end is known."""

from collections.abc import Callable
from datetime import date
from itertools import islice
from math import exp, log, sqrt
from random import Random

import pytest

from calls.metrics.forecast import FURTHEST, days_needed
from markets.workspaces.calendar import WorkingDays
from tests.thorough import some

CALENDAR = WorkingDays("US", "NY")
FIRST_DAY = date(2026, 1, 5)
CAMPAIGNS = some([400, 4000])[0]


def poisson(rng: Random, mean: float) -> int:
    if mean > 60:
        return max(0, round(rng.gauss(mean, sqrt(mean))))
    bound, product, count = exp(-mean), rng.random(), 0
    while product > bound:
        product *= rng.random()
        count += 1
    return count


def varied(rng: Random, mean: float, variation: float) -> int:
    """A count whose mean itself varies from day to day, by a gamma distribution."""
    return poisson(rng, rng.gammavariate(1 / variation**2, mean * variation**2))


type Shape = Callable[[Random, float, float], int]
"""People first called on a day, by the usual number of a day and the share of the campaign that is done."""

SHAPES: dict[str, Shape] = {
    "steady": lambda rng, usual, done: varied(rng, usual, 0.2),
    "varied": lambda rng, usual, done: varied(rng, usual, 0.5),
    "bursty": lambda rng, usual, done: 0 if rng.random() < 0.35 else varied(rng, usual / 0.65, 0.45),
    "slowing": lambda rng, usual, done: varied(rng, usual * (1 - 0.2 * done), 0.3),
}
SIZES = {"small": (40, 200), "large": (200, 3000)}


def simulate(rng: Random, shape: Shape, sizes: tuple[int, int]) -> tuple[int, list[int]]:
    """The size of a campaign, and how many people were called for the first time on each of its working days."""
    size = round(exp(rng.uniform(*map(log, sizes))))
    usual = max(1.5, size / rng.uniform(15, 60))
    left, days = size, []
    while left > 0 and len(days) < FURTHEST:
        days.append(min(left, shape(rng, usual, 1 - left / size)))
        left -= days[-1]
    return size, days


def share_held(shape: Shape, sizes: tuple[int, int], campaigns: int) -> float:
    """The share of campaigns that end within the range, asked once of each, on a random day of its life."""
    rng, held, asked = Random(20), 0, 0
    while asked < campaigns:
        size, days = simulate(rng, shape, sizes)
        at = rng.randint(5, max(5, len(days) - 1))
        window, remaining = days[max(0, at - 10) : at], size - sum(days[:at])
        if remaining <= 0 or sum(count > 0 for count in window) < 5:
            continue
        asked += 1
        expected = days_needed(window, remaining, seed=f"{asked}")
        assert expected
        calendar = list(islice(CALENDAR.following(FIRST_DAY), max(len(days), expected[1])))
        first, last = (calendar[day - 1] for day in expected)
        held += first <= calendar[len(days) - at - 1] <= last
    return held / asked


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("shape", SHAPES)
def test_an_80_percent_range_holds_75_to_85_times_in_100(shape, sizes):
    held = share_held(SHAPES[shape], SIZES[sizes], CAMPAIGNS)

    print(f"{shape}, {sizes}: {100 * held:.1f} of 100 in {CAMPAIGNS:,} campaigns")
    assert 0.75 <= held <= 0.85
