from datetime import date, datetime

import pytest
import time_machine
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from config.ui import dates, formats
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
    assert (
        formats.in_words([True, date(2026, 1, 12), utc(2026, 1, 12, 14, 2)]) == "Yes, 12 Jan 2026, 12 Jan 2026, 14:02"
    )
    assert (
        formats.in_words({"address": "42 Elmwood Crescent", "visits": 2}) == "address: 42 Elmwood Crescent, visits: 2"
    )
    assert formats.duration(247) == "4:07"


@time_machine.travel(datetime(2026, 11, 23, 12))
def test_values_look_in_german_as_germans_write_them():
    with translation.override("de"):
        assert formats.number(1204) == "1.204"
        assert formats.signed(-1204) == "-1.204"
        assert formats.percent(0.125) == "12,5 %"
        assert formats.day(date(2026, 1, 12)) == "12. Jan."
        assert formats.day(date(2025, 3, 12)) == "12. März 2025"
        assert formats.moment(utc(2026, 1, 12, 14, 2)) == "12. Jan., 14:02"
        assert formats.exact(0.125) == "0.125"  # a data- attribute
        assert dates.long_day(date(2025, 1, 12)) == "12. Januar 2025"
        assert dates.moment_and_weekday(utc(2026, 1, 12, 14, 2)) == "Montag, 12. Januar 2026, 14:02"
        assert dates.weekday_and_time(utc(2026, 1, 12, 9, 5)) == "Mo 9:05"


def test_dates_of_another_language_leave_no_trace():
    with translation.override("de"):
        dates.month(date(2026, 5, 1))
    assert dates.month(date(2026, 5, 1)) == "May 2026"
    assert dates.long_day_of_year(date(2026, 5, 1)) == "1 May"


@given(st.text())
def test_a_cell_reads_back_as_it_was_and_is_never_a_formula(text):
    cell = escape_formula(text)

    assert unescape_formula(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
