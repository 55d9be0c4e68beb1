from datetime import date, datetime

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from config.ui import formats
from config.ui.lists.exports import escape_formula, unescape_formula
from config.ui.periods import ALL_TIME, Period, choose_period
from tests.factories import utc

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("query", "period"),
    [
        ({}, ALL_TIME),
        ({"period": "30d"}, Period(date(2026, 10, 25), TODAY)),
        ({"period": "quarter"}, Period(date(2026, 10, 1), TODAY)),
        ({"period": "year"}, Period(date(2026, 1, 1), TODAY)),
        ({"from": "2026-01-05", "to": "2026-01-31"}, Period(date(2026, 1, 5), date(2026, 1, 31))),
        ({"from": "2026-01-05"}, Period(date(2026, 1, 5), None)),
        ({"period": "eon"}, ALL_TIME),
        ({"from": "tomorrow"}, ALL_TIME),
        ({"from": "0001-01-01"}, ALL_TIME),
        ({"from": "2026-02-01", "to": "2026-01-01"}, ALL_TIME),
    ],
)
def test_a_period_is_read_from_the_query(query, period):
    choice = choose_period(query, TODAY)

    assert choice.period == period
    assert bool(choice.problem) == (period == ALL_TIME and bool(query))


def test_the_period_before_is_as_long_and_ends_the_day_before():
    assert Period(date(2026, 3, 1), date(2026, 3, 10)).before() == Period(date(2026, 2, 19), date(2026, 2, 28))
    assert ALL_TIME.before() is None


@time_machine.travel(datetime(2026, 11, 23, 12))
def test_values_look_as_the_design_says():
    assert formats.number(1204) == "1,204"
    assert formats.percent(28 / 120) == "23.3 %"
    assert formats.percent(None) == "–"
    assert formats.exact(1 / 3) == repr(1 / 3)
    assert formats.exact(None) == ""
    assert formats.day(date(2026, 1, 12)) == "12 Jan"
    assert formats.day(date(2025, 1, 12)) == "12 Jan 2025"
    assert formats.moment(utc(2026, 1, 12, 14, 2)) == "12 Jan, 14:02"
    assert formats.duration(247) == "4:07"


@given(st.text())
def test_a_cell_reads_back_as_it_was_and_is_never_a_formula(text):
    cell = escape_formula(text)

    assert unescape_formula(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
