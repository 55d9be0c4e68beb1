"""How many working days a campaign still needs for what is left, as an 80 % range.

The future is simulated by resampling the last working days. Ten days say little about the true pace, so each simulation
first draws the pace from what they allow: the mean, with the error of a mean of so few days (Student's t, on a
logarithmic scale, as a pace is never negative). Campaigns slow down a little towards their end, when callbacks and
repeated attempts take up the callers' time: each simulation draws by how much, up to MOST_SLOWDOWN.
tests/calls/metrics/test_forecast.py holds the ranges against campaigns with a known end.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from math import ceil, exp, sqrt
from random import Random
from statistics import fmean, stdev

SHARE = 0.8
SIMULATIONS = 300
MOST_SLOWDOWN = 0.2
MOST_STEPS = 24
"""About as many steps does a simulation take; a longer one takes several days at a step."""
FURTHEST = 520
"""Working days. Nothing is said about what is further away: two years."""


@lru_cache(maxsize=10_000)  # a page with many campaigns is asked for often, and few of them change meanwhile
def days_needed(counts: tuple[int, ...], remaining: int, *, seed: str) -> tuple[int, int] | None:
    """The first and the last working day of the range, counted from 1, the next one. `counts` are of the last days.

    None if they show no progress or too little. The same `seed` gives the same range.
    """
    if len(counts) < 2 or sum(counts) == 0:
        return None
    if remaining <= 0:
        return 1, 1
    if remaining > FURTHEST * fmean(counts):
        return None
    simulated = _simulate(counts, remaining, Random(seed))  # noqa: S311 # no secret
    return _shortest_range(sorted(simulated))


def _simulate(counts: Sequence[int], remaining: int, rng: Random) -> list[int]:
    """The number of days that each simulation needs."""
    n, mean = len(counts), fmean(counts)
    variation = stdev(counts) / mean
    # Deviations of a sample are too small by this factor, as they are taken from its own mean.
    deviations = [(count / mean - 1) * sqrt(n / (n - 1)) for count in counts]
    step = max(1, ceil(remaining / mean / MOST_STEPS))
    days = []
    for _ in range(SIMULATIONS):
        t = rng.gauss(0, 1) / sqrt(rng.gammavariate((n - 1) / 2, 2) / (n - 1))
        pace = mean * exp(min(t * variation / sqrt(n), 5))
        slowdown = MOST_SLOWDOWN * rng.random() / remaining
        total, made, steps = 0.0, 0.0, 0
        while total < remaining and steps < FURTHEST:
            deviation = deviations[int(n * rng.random())]
            made = max(0.0, pace * (1 - slowdown * total) * (step + sqrt(step) * deviation))
            total += made
            steps += 1
        beyond = max(0.0, total - remaining) / made if made else 0.0
        days.append(max(1, ceil((steps - beyond) * step)))
    return days


def _shortest_range(days: Sequence[int]) -> tuple[int, int]:
    """The shortest range of days that holds SHARE of the sorted simulations, or one day less if that is closer."""
    need = ceil(SHARE * len(days))
    pairs = zip(days, days[need - 1 :], strict=False)
    low, high = min(pairs, key=lambda pair: (pair[1] - pair[0], -_held(days, *pair)))
    shorter = [(first, first + high - low - 1) for first in range(low, high + 1)] if high > low else []
    best = max(shorter, key=lambda each: _held(days, *each), default=(low, high))
    is_closer = need - _held(days, *best) < _held(days, low, high) - need
    return best if is_closer else (low, high)


def _held(days: Sequence[int], low: int, high: int) -> int:
    return bisect_right(days, high) - bisect_left(days, low)
