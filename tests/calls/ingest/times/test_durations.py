import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.ingest.times.durations import UnreadableDuration, parse_seconds


@pytest.mark.parametrize(
    "text",
    [
        *("95", "95.0", "95.4", "94,6", "0:01:35", "1:35", "00:01:35", "000:01:35", "0:01:35.4", "1899-12-30 00:01:35"),
        *("1m 35s", "1m35s", "1 min 35 sec", "1 minute, 35 seconds", "95s", "95 sec.", "95000 ms", "0.00109953"),
        *("PT1M35S", "PT95S", "pt0h1m35s"),
    ],
)
def test_a_minute_and_thirty_five_seconds(text):
    assert parse_seconds(text) == 95


@pytest.mark.parametrize(("text", "seconds"), [("0", 0), ("2h", 7200), ("1h 5m", 3900), ("90:00", 5400)])
def test_other_lengths(text, seconds):
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["long", "1:90", "1:99:00", "1,234", "1 m 35 x", "٣", "9" * 5000, "P", "PT", "1 2"])
def test_what_is_no_duration_is_said(text):
    with pytest.raises(UnreadableDuration, match="is no talk time"):
        parse_seconds(text)


def test_less_than_nothing_is_no_duration():
    with pytest.raises(UnreadableDuration, match="negative"):
        parse_seconds("-1")


@given(st.text(alphabet="0123456789:.,hmsPTD -", max_size=20))
def test_no_text_breaks_the_parser(text):
    try:
        assert parse_seconds(text) >= 0
    except UnreadableDuration:
        pass
