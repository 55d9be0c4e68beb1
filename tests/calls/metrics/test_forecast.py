"""Ranges of the forecast, held against simulated campaigns whose end is known."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice
from math import exp, log, sqrt
from random import Random
from time import perf_counter

import pytest

from calls.metrics import forecast
from calls.metrics.forecast import FURTHEST, days_needed
from calls.metrics.pace import WINDOW, CampaignFacts, Made, Pace, window_of
from campaigns.models import Campaign
from markets.workspaces.calendar import WorkingDays
from tests.thorough import some

CALENDAR = WorkingDays("US", "NY")
FIRST_DAY = date(2026, 1, 5)


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
SIZES = {"any": (40, 3000), "small": (40, 200), "large": (200, 3000)}


def simulate(rng: Random, shape: Shape, sizes: tuple[int, int]) -> dict[date, int]:
    """How many people of a campaign were first called on each of its working days. It ends with the last."""
    size = round(exp(rng.uniform(*map(log, sizes))))
    usual = max(1.5, size / rng.uniform(15, 60))
    first_day = FIRST_DAY + timedelta(days=rng.randrange(365))
    left, days = size, {}
    for day in islice(CALENDAR.following(first_day), FURTHEST):
        days[day] = min(left, shape(rng, usual, 1 - left / size))
        left -= days[day]
        if not left:
            break
    return days


def pace_on(today: date, days: dict[date, int]) -> Pace:
    """The pace of a campaign that began with the first of `days`, as a page shows it on the morning of a day."""
    made = {day: Made(calls=2 * count, first_attempts=count) for day, count in days.items() if count and day < today}
    facts = CampaignFacts(
        made,
        changes=[(min(days), True)],
        uncalled=sum(days.values()) - sum(each.first_attempts for each in made.values()),
    )
    window_days = CALENDAR.last(WINDOW, before=today)
    recent = CampaignFacts({day: each for day, each in made.items() if day >= window_days[0]}, facts.changes)
    window = window_of(recent, window_days, is_active=True)
    campaign = Campaign(pk=sum(days.values()), status="active")
    return Pace(campaign, facts, window, today, min(window), today, CALENDAR)


def share_held(shape: Shape, sizes: tuple[int, int], campaigns: int) -> float:
    """The share of campaigns that end within the range, asked once of each, on any day of its life."""
    rng, held, asked = Random(20), 0, 0
    while asked < campaigns:
        days = simulate(rng, shape, sizes)
        today = min(days) + timedelta(days=rng.randint(1, (max(days) - min(days)).days + 1))
        expected = pace_on(today, days).end if today <= max(days) else None
        if expected:
            asked += 1
            held += expected.first <= max(days) <= expected.last
    return held / asked


@pytest.mark.parametrize("sizes", some(SIZES))
@pytest.mark.parametrize("shape", SHAPES)
def test_an_80_percent_range_holds_75_to_85_times_in_100(shape, sizes):
    campaigns = 600 if sizes == "any" else 3000
    held = share_held(SHAPES[shape], SIZES[sizes], campaigns)

    print(f"{shape}, {sizes}: {100 * held:.1f} of 100 in {campaigns:,} campaigns")
    assert 0.75 <= held <= 0.85


def test_without_the_error_of_the_mean_the_ranges_would_be_too_narrow(monkeypatch):
    """The test above would see it: ten days say less about the pace than they seem to."""
    monkeypatch.setattr(forecast, "exp", lambda error: 1.0)
    days_needed.cache_clear()

    assert share_held(SHAPES["varied"], SIZES["large"], 300) < 0.7
    days_needed.cache_clear()


def test_the_same_day_gives_the_same_range_and_the_next_one_need_not():
    counts = (4, 9, 2, 7, 5, 8, 3, 6, 4, 7)

    assert days_needed(counts, 200, seed="1 first_attempts 2026-11-30") == days_needed(
        counts, 200, seed="1 first_attempts 2026-11-30"
    )
    others = {days_needed(counts, 200, seed=f"1 first_attempts {day}") for day in range(20)}
    assert len(others) > 1


def test_a_pace_without_variation_has_one_day():
    low, high = days_needed((5,) * 10, 50, seed="steady") or (0, 0)

    assert 10 <= low <= high <= 12


@pytest.mark.parametrize(
    ("counts", "remaining", "expected"),
    [((0,) * 10, 5, None), ((3,), 5, None), ((1,) + (0,) * 9, 100, None), ((3, 2, 4), 0, (1, 1))],
)
def test_what_cannot_be_said_is_not_said(counts, remaining, expected):
    assert days_needed(counts, remaining, seed="") == expected


def test_a_forecast_takes_less_than_five_milliseconds():
    counts = (12, 0, 31, 8, 25, 14, 0, 22, 9, 17)
    took = []
    for number in range(20):
        started = perf_counter()
        days_needed(counts, 5000 + number, seed="")
        took.append(perf_counter() - started)

    assert min(took) < 0.005
