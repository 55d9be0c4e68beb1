"""Moments in the forms of dialers, CRMs and spreadsheets. All valid ones below are 2026-11-23 10:01 in New York."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.ingest.times.moments import MomentParser, UnreadableMoment
from tests.factories import utc

NEW_YORK = ZoneInfo("America/New_York")
THE_MOMENT = utc(2026, 11, 23, 15, 1)


def parse(text, time_text="", order="", zone=NEW_YORK):
    return MomentParser(zone, order).parse(text, time_text, what="the call")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23 10:01:00",
        "2026-11-23T10:01",
        "2026-11-23T15:01:00Z",
        "2026-11-23T15:01:00.000000Z",
        "2026-11-23 10:01:00 -0500",
        "2026-11-23 10:01 -05:00",
        "2026-11-23 16:01 +1",
        "20261123T100100",
        "20261123100100",
        "202611231001",
        "Mon, 23 Nov 2026 10:01:00 -0500",
        "Mon, 23 Nov 2026 15:01:00 GMT",
        "Mon Nov 23 2026 10:01:00 GMT-0500 (Eastern Standard Time)",
        "Mon Nov 23 10:01:00 EST 2026",
        "15:01:00 UTC 2026-11-23",
        "2026-11-23 10:01:00 EST",
        "2026-11-23 16:01:00 CET",
        "2026-11-23 10:01 ET",
        "2026-11-23 15:01 Europe/Lisbon",
        "1795446060",
        "1795446060.0",
        "1795446060000",
        "1795446060000000",
        "46349.417361111",
        "11/23/2026 10:01 AM",
        "11/23/26 10:01am",
        "10:01 a.m. 11/23/2026",
        "Mon 11/23/2026 10:01:00 AM",
        "23/11/2026 10:01",
        "23.11.2026, 10:01 Uhr",
        "23-11-26 10:01",
        "2026/11/23 10:01",
        "23-Nov-2026 10:01",
        "23 NOV 26 10:01",
        "Monday, November 23rd, 2026 at 10:01 AM",
        "Montag, 23. November 2026 10:01",
        "lundi 23 novembre 2026 à 10h01",
        "lunes, 23 de noviembre de 2026, 10:01",
    ],
)
def test_a_moment_in_any_usual_form(text):
    assert parse(text) == THE_MOMENT


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("Mon 11/23/2026", "10:01 AM"),
        ("2026-11-23", "10:01:00"),
        ("2026-11-23 00:00:00", "10:01"),
        ("2026-11-23", "1899-12-30 10:01:00"),
        ("46349", "0.417361111"),
        ("46349.0", "10:01"),
        ("23/11/2026", "15:01 UTC"),
        ("20261123", "100100"),
    ],
)
def test_a_moment_in_two_cells(date, time):
    assert parse(date, time) == THE_MOMENT


def test_a_time_in_the_first_cell_is_not_overruled_by_a_second_one():
    assert parse("2026-11-23 10:01", "12:00") == THE_MOMENT


@pytest.mark.parametrize(
    ("text", "hours"), [("12:30 AM", 0), ("12:30 PM", 12), ("1:30 pm", 13), ("11:30 p.m.", 23), ("13:30", 13)]
)
def test_twelve_hour_clocks_have_no_hour_zero(text, hours):
    assert parse(f"11/23/2026 {text}") == utc(2026, 11, 23, 5) + timedelta(hours=hours, minutes=30)


@pytest.mark.parametrize(("order", "moment"), [("dmy", utc(2026, 3, 2, 15)), ("mdy", utc(2026, 2, 3, 15)), ("", None)])
def test_a_date_with_two_readings_needs_the_order(order, moment):
    if moment:
        assert parse("02/03/2026 10:00", order=order) == moment
    else:
        with pytest.raises(UnreadableMoment, match="it can be 2 March 2026 or 3 February 2026"):
            parse("02/03/2026 10:00")


@pytest.mark.parametrize("text", ["11/23/2026 10:01", "23/11/2026 10:01"])
@pytest.mark.parametrize("order", ["dmy", "mdy"])
def test_a_date_with_one_reading_does_not(text, order):
    assert parse(text, order=order) == THE_MOMENT


def test_a_weekday_or_dots_tell_the_order():
    assert parse("Tue 03/02/2026 10:00") != parse("Mon 03/02/2026 10:00")
    assert parse("02.03.2026 10:00") == utc(2026, 3, 2, 15)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("yesterday", "no time for the call"),
        ("2026-11-23", "no time for the call"),
        ("46349", "no time for the call"),
        ("12345", "no time for the call"),
        ("99999999999", "no time for the call"),
        ("2026-11-23 25:00", "no time for the call"),
        ("2026-11-23 10:61", "no time for the call"),
        ("31/02/2026 10:00", "no time for the call"),
        ("13/13/2026 10:00", "no time for the call"),
        ("Nov 2026 10:00", "no time for the call"),
        ("23 Nox 2026 10:00", "no time for the call"),
        ("2026-11-23 10:01 IST", "is in the zone “IST”"),
        ("0001-01-01 10:00", "the year is before 1970"),
        ("2999-01-01 10:00", "after 2200"),
        ("2026-03-08 02:30", "does not exist: the clocks were put forward"),
        ("2026-11-01 01:30", "was there twice: the clocks were put back"),
        ("11/01/2026 1:30 AM", "can be"),
    ],
)
def test_what_is_no_moment_is_said(text, words):
    with pytest.raises(UnreadableMoment, match=words):
        parse(text)


def test_an_offset_tells_an_hour_apart_that_was_there_twice():
    assert parse("2026-11-01 01:30 EDT") == utc(2026, 11, 1, 5, 30)
    assert parse("2026-11-01 01:30 EST") == utc(2026, 11, 1, 6, 30)


@given(st.datetimes(min_value=utc(2000, 1, 2).replace(tzinfo=None), max_value=utc(2100, 1, 1).replace(tzinfo=None)))
def test_the_offset_kept_for_an_hour_is_that_of_each_of_its_minutes(moment):
    zone = ZoneInfo("Australia/Lord_Howe")  # its clocks change by half an hour
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    try:
        parsed = parse(moment.isoformat(" ", "seconds"), zone=zone)
    except UnreadableMoment:
        assert first.utcoffset() != second.utcoffset()
    else:
        assert first.utcoffset() == second.utcoffset()
        assert parsed == first.replace(microsecond=0).astimezone(ZoneInfo("UTC"))


@given(
    st.text(alphabet="0123456789 :/.-,TZAPMapm+novEST", max_size=30), st.text(alphabet="0123456789:. apm", max_size=8)
)
def test_no_text_breaks_the_parser(text, time_text):
    try:
        assert parse(text, time_text).tzinfo
    except UnreadableMoment:
        pass
