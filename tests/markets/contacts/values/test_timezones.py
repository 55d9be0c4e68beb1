import pytest

from markets.contacts.values.timezones import read_timezone, zone_of_city


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("America/New_York", "America/New_York"),
        ("america/new_york", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("america_slash_new_york", "America/New_York"),
        ("US/Eastern", "US/Eastern"),
        ("Eastern Standard Time", "America/New_York"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT-05:00) Eastern Standard Time (America/New_York)", "America/New_York"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("New Delhi", "Asia/Kolkata"),
        ("EST", "America/New_York"),
        ("CET", "Europe/Berlin"),
        ("UTC", "UTC"),
        ("GMT", "GMT"),
        ("UTC+1", "Etc/GMT-1"),
        ("GMT-05:00", "Etc/GMT+5"),
        ("+05:30", "Asia/Kolkata"),
        ("-5.00", "Etc/GMT+5"),
    ],
)
def test_a_zone_is_read_by_the_names_that_systems_and_people_give_it(text, zone):
    assert read_timezone(text) == zone


@pytest.mark.parametrize("text", ["", "Mars", "Moon/Base", "../../etc/passwd", "+25:00", "noon", "5", "x" * 300])
def test_what_is_no_zone_is_none(text):
    assert read_timezone(text) == ""


@pytest.mark.parametrize(
    ("city", "zone"),
    [
        ("New York", "America/New_York"),
        ("Boston, MA", "America/New_York"),
        ("Greater Boston Area", "America/New_York"),
        ("New York City Metropolitan Area", "America/New_York"),
        ("London", "Europe/London"),
        ("London, England, United Kingdom", "Europe/London"),
        ("München", "Europe/Berlin"),
        ("Paris, TX", ""),
        ("London, ON", ""),
        ("Portland", ""),
        ("Nowhere", ""),
        ("", ""),
    ],
)
def test_a_city_tells_its_zone_unless_it_could_be_several(city, zone):
    assert zone_of_city(city) == zone
