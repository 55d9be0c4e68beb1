"""Whether two campaigns differ by more than chance: intervals of differences and ratios, without a table of normals.

Among several pairs one would differ by chance: with `pairs` each interval is wider, so that 95 % hold for all of them
together (Bonferroni).
"""

from math import inf, sqrt
from statistics import NormalDist

from calls.metrics.definitions import Z_95, wilson_interval

Interval = tuple[float, float]


def z_score(pairs: int) -> float:
    """The standard score for 95 % over all pairs together."""
    return NormalDist().inv_cdf(1 - 0.025 / pairs) if pairs > 1 else Z_95


def rate_difference(one: tuple[int, int], other: tuple[int, int], z: float = Z_95) -> Interval:
    """The interval of the difference of two rates, each successes of trials (Newcombe 1998, method 10)."""
    (low, high), (other_low, other_high) = wilson_interval(*one, z) or (0, 1), wilson_interval(*other, z) or (0, 1)
    rate, other_rate = one[0] / one[1], other[0] / other[1]
    difference = rate - other_rate
    return (
        difference - sqrt((rate - low) ** 2 + (other_high - other_rate) ** 2),
        difference + sqrt((high - rate) ** 2 + (other_rate - other_low) ** 2),
    )


def count_interval(count: int, z: float = Z_95) -> Interval:
    """The interval of a Poisson count (score interval)."""
    middle, half = count + z * z / 2, z * sqrt(count + z * z / 4)
    return max(0.0, middle - half), middle + half


def count_ratio(one: tuple[int, int], other: tuple[int, int], z: float = Z_95) -> Interval:
    """The interval of the ratio of two counts per person, each a count among people, as Poisson rates.

    Given the sum of both counts, one of them is binomial; the interval of its share is Wilson's.
    """
    (count, people), (other_count, other_people) = one, other
    share = wilson_interval(count, count + other_count, z)
    if share is None:
        return 0.0, inf

    def ratio(part: float) -> float:
        return part / (1 - part) * other_people / people if part < 1 else inf

    return ratio(share[0]), ratio(share[1])
