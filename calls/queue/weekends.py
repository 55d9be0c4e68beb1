"""The weekend of each time zone: Saturday and Sunday, except where a country rests on Friday.

A test compares the table with the library `holidays`, which takes a second to load all countries. Where it knows
Sunday alone as a day of rest, offices are not called on Saturday either.
"""

from datetime import date

FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
USUAL_WEEKEND = frozenset({SATURDAY, SUNDAY})
FRIDAY_AND_SATURDAY = """
    Africa/Algiers Africa/Cairo Africa/Djibouti Africa/Khartoum Africa/Nouakchott Asia/Aden Asia/Amman Asia/Baghdad
    Asia/Bahrain Asia/Damascus Asia/Dhaka Asia/Jerusalem Asia/Kabul Asia/Kuwait Asia/Muscat Asia/Qatar Asia/Riyadh
    Asia/Tel_Aviv Egypt Indian/Maldives Israel
""".split()
WEEKENDS = {
    **dict.fromkeys(FRIDAY_AND_SATURDAY, frozenset({FRIDAY, SATURDAY})),
    **dict.fromkeys(("Asia/Tehran", "Iran"), frozenset({FRIDAY})),
    "Asia/Brunei": frozenset({FRIDAY, SUNDAY}),
}


def is_weekend(day: date, zone: str) -> bool:
    return day.weekday() in WEEKENDS.get(zone, USUAL_WEEKEND)


def is_weekend_anywhere(day: date) -> bool:
    return day.weekday() in (FRIDAY, SATURDAY, SUNDAY)
