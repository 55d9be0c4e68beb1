"""The colours of charts, as people see them who cannot tell red from green or blue from yellow.

Colour blindness is simulated after Machado et al. (2009) and, for tritanopia, Brettel et al. (1997), by coloraide.
Differences are CIEDE2000: about 2 is just visible side by side, 10 is told apart at a glance.
"""

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from coloraide import Color

from config.ui.charts.looks import CATEGORIES, EXCEPTION, NEUTRAL, SEQUENCE, looks_of, ordered_looks
from signals.capture.vocabulary import VALUES, SignalType
from signals.market_page.current_breakdown import UNORDERED, value_looks

CSS = (Path(__file__).parents[4] / "static" / "portal.css").read_text()
SIGHTS = {
    "usual": lambda color: color,
    "protanopia": lambda color: color.filter("protan", method="machado"),
    "deuteranopia": lambda color: color.filter("deutan", method="machado"),
    "tritanopia": lambda color: color.filter("tritan"),
}


def schemes():
    """The custom properties of the light scheme, and those of the two places with the dark one."""
    blocks = [dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in re.split(r"[^-]color-scheme: \w+;", CSS)[1:]]
    return {"light": blocks[0], "dark": blocks[1], "dark by preference": blocks[2]}


def difference(one, other, sight):
    seen = SIGHTS[sight]
    return seen(Color(one)).clip().delta_e(seen(Color(other)).clip(), method="2000")


@pytest.fixture(params=["light", "dark"])
def colors(request):
    return schemes()[request.param]


def test_both_ways_to_the_dark_scheme_have_the_same_colours():
    assert schemes()["dark"] == schemes()["dark by preference"]


@pytest.mark.parametrize("sight", SIGHTS)
def test_values_without_an_order_can_all_be_told_apart(colors, sight):
    shown = [colors[name] for name in (*CATEGORIES, EXCEPTION)]

    assert min(difference(*pair, sight) for pair in combinations(shown, 2)) > 10


@pytest.mark.parametrize("sight", SIGHTS)
def test_neighbours_in_the_sequence_can_be_told_apart_and_from_the_exception(colors, sight):
    sequence = [colors[name] for name in SEQUENCE]

    assert min(difference(*pair, sight) for pair in pairwise(sequence)) > 8
    assert min(difference(each, colors[EXCEPTION], sight) for each in sequence) > 20


def test_a_sequence_goes_one_way_from_pale_to_strong(colors):
    lightness = [Color(colors[name]).convert("oklch")["lightness"] for name in SEQUENCE]

    assert lightness in (sorted(lightness), sorted(lightness, reverse=True))
    assert abs(lightness[-1] - Color(colors["panel"]).convert("oklch")["lightness"]) > 0.5


def test_two_tints_that_are_too_close_would_be_noticed(colors):
    assert difference(colors["s3"], colors["accent"], "usual") > 8
    assert difference("#5d9b94", "#609c95", "usual") < 8


def test_ordered_values_are_spread_over_the_sequence():
    assert ordered_looks(4) == ["s1", "s2", "s4", "s5"]
    assert ordered_looks(1) == ["s5"]
    assert ordered_looks(0) == []


@pytest.mark.parametrize("type_", SignalType)
def test_no_two_values_of_a_signal_share_a_look(type_):
    looks = value_looks(VALUES[type_], is_ordered=type_ not in UNORDERED)

    assert list(looks) == VALUES[type_]
    assert len(set(looks.values())) == len(looks)


def test_what_nobody_said_looks_neutral_and_alarm_is_for_alarming_values():
    stability = value_looks(VALUES[SignalType.FIRM_STABILITY], is_ordered=True)

    assert stability == {"Declined to Say": NEUTRAL, "Unstable": EXCEPTION, "Uncertain": "s1", "Stable": "s5"}
    assert value_looks(VALUES[SignalType.TIMING_WINDOW], is_ordered=True)["Unknown"] == NEUTRAL
    assert looks_of(["a", "b"], is_ordered=False) == {"a": "k1", "b": "k2"}
