"""The working days of a workspace."""

from datetime import date

import pytest
from django.utils import translation

from markets.workspaces.calendar import WorkingDays, countries, country_names, regions, working_days
from tests.factories import WorkspaceFactory

THANKSGIVING = date(2026, 11, 26)


def test_weekends_and_public_holidays_are_no_working_days():
    days = WorkingDays("US")

    assert not days.includes(date(2026, 11, 28))
    assert not days.includes(THANKSGIVING)
    assert days.includes(date(2026, 11, 27))
    assert days.holidays(date(2026, 11, 1), date(2026, 11, 30)) == [
        (date(2026, 11, 11), "Veterans Day"),
        (THANKSGIVING, "Thanksgiving Day"),
    ]


def test_a_region_has_holidays_of_its_own():
    lincolns_birthday = date(2026, 2, 12)

    assert WorkingDays("US").includes(lincolns_birthday)
    assert not WorkingDays("US", "NY").includes(lincolns_birthday)


def test_an_unknown_country_works_from_monday_to_friday():
    days = WorkingDays("ZZ")

    assert days.includes(THANKSGIVING)
    assert not days.includes(date(2026, 11, 28))
    assert days.holidays(date(2026, 1, 1), date(2026, 12, 31)) == []


def test_the_next_working_day_skips_both_and_the_new_year():
    days = WorkingDays("US")

    assert days.next(date(2026, 11, 25)) == date(2026, 11, 27)
    assert days.next(date(2026, 12, 31)) == date(2027, 1, 4)


def test_the_last_working_days_come_oldest_first():
    last = WorkingDays("US").last(4, before=date(2026, 11, 30))

    assert last == [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 27)]


def test_working_days_are_counted_with_both_ends():
    assert WorkingDays("US").count(date(2026, 11, 25), date(2026, 11, 30)) == 3
    assert WorkingDays("US").count(date(2026, 11, 30), date(2026, 11, 25)) == 0


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"phone_region": "US"}, WorkingDays("US")),
        ({"phone_region": "US", "holiday_country": "DE", "holiday_region": "BY"}, WorkingDays("DE", "BY")),
        ({"phone_region": "US", "holiday_region": "NY"}, WorkingDays("US", "NY")),
        ({"phone_region": "US", "holiday_country": "DE", "holiday_region": "NY"}, WorkingDays("DE")),
    ],
)
def test_a_workspace_has_the_calendar_of_its_country(db, fields, expected):
    assert working_days(WorkspaceFactory(**fields)) == expected


def test_regions_are_known_by_name_and_code():
    assert regions("US")["new york"] == regions("US")["ny"] == "NY"
    assert regions("ZZ") == {}
    assert countries()["IM"] == "Isle of Man"


def test_countries_and_holidays_are_named_in_the_language_of_the_page():
    new_year = date(2026, 1, 1)
    with translation.override("de"):
        assert country_names()["DE"] == "Deutschland"
        assert WorkingDays("DE").holidays(new_year, new_year) == [(new_year, "Neujahr")]
        assert WorkingDays("US").holidays(new_year, new_year) == [(new_year, "Neujahr")]
        assert WorkingDays("US").holidays(date(2026, 7, 3), date(2026, 7, 3))[0][1] == "Unabhängigkeitstag (nachgeholt)"
    assert country_names()["DE"] == "Germany"
