"""Intervals against published examples, and against exact calculations."""

from math import comb, inf

import pytest

from calls.metrics.comparison.statistics import count_interval, count_ratio, rate_difference, z_score
from calls.metrics.definitions import wilson_interval

NEWCOMBE = [
    ((56, 70), (48, 80), (0.0524, 0.3339)),
    ((9, 10), (3, 10), (0.1705, 0.8090)),
    ((6, 7), (2, 7), (0.0582, 0.8062)),
    ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ((10, 10), (0, 20), (0.6791, 1.0000)),
    ((10, 10), (0, 10), (0.6075, 1.0000)),
]
"""Table II of R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in
Medicine 17 (1998) 873-890, method 10."""


@pytest.mark.parametrize(("one", "other", "interval"), NEWCOMBE)
def test_the_difference_of_two_rates_is_newcombes(one, other, interval):
    assert rate_difference(one, other) == pytest.approx(interval, abs=0.00006)


def test_it_is_the_negative_of_the_difference_the_other_way_round():
    low, high = rate_difference((56, 70), (48, 80))

    assert rate_difference((48, 80), (56, 70)) == pytest.approx((-high, -low))


@pytest.mark.parametrize(
    ("count", "interval"),
    [(0, (0.0, 3.8415)), (1, (0.1765, 5.6649)), (10, (5.4320, 18.4094))],
)
def test_the_score_interval_of_a_count(count, interval):
    """Both ends solve (count - mean)² = 1.96² mean."""
    assert count_interval(count) == pytest.approx(interval, abs=0.0005)
    for end in count_interval(count):
        assert (count - end) ** 2 == pytest.approx(1.959963984540054**2 * end, abs=1e-9)


def exact_p(one, other):
    """Twice the smaller tail of the binomial share: the exact conditional test of two Poisson rates."""
    total, share = one[0] + other[0], one[1] / (one[1] + other[1])
    chances = [comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(total + 1)]
    return min(1.0, 2 * min(sum(chances[: one[0] + 1]), sum(chances[one[0] :])))


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ((41, 28010), (15, 19017), True),  # breast cancer after fluoroscopy (Rothman and Greenland): p = 0.04 or less
        ((11, 800), (23, 3011), False),  # the example of R's poisson.test: p = 0.08
        ((50, 100), (50, 100), False),
        ((10, 100), (40, 100), True),
        ((0, 100), (10, 100), True),
        ((0, 100), (3, 100), False),
    ],
)
def test_two_counts_differ_where_one_is_outside_the_interval(one, other, differs):
    low, high = count_ratio(one, other)

    assert (not low <= 1 <= high) == differs
    ratio = one[0] / one[1] / (other[0] / other[1])
    assert low - 1e-9 <= ratio <= high
    assert (exact_p(one, other) < 0.06) == differs


def test_without_any_count_everything_is_possible():
    assert count_ratio((0, 10), (0, 20)) == (0.0, inf)
    low, high = count_ratio((5, 10), (0, 10))
    assert low > 0
    assert high == inf


def test_more_pairs_need_a_larger_difference():
    assert z_score(1) == pytest.approx(1.959964)
    assert z_score(3) == pytest.approx(2.393980)  # 1 - 0.05 / 6
    assert z_score(10) == pytest.approx(2.807034)  # 1 - 0.05 / 20

    one, other = (30, 100), (17, 100)
    assert rate_difference(one, other)[0] > 0
    assert rate_difference(one, other, z_score(10))[0] < 0


def test_the_interval_of_a_rate_widens_with_the_score():
    assert wilson_interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=0.00006)  # Newcombe, page 857
    narrow, wide = wilson_interval(15, 148), wilson_interval(15, 148, 2.8)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
