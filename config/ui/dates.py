"""Days as people read them, in the language of the page. What machines read is ISO."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.timezone import localdate, localtime
from django.utils.translation import get_language, pgettext


@dataclass(frozen=True)
class DateWords:
    """The words and patterns of one language. The first month and weekday are January and Monday."""

    months: tuple[str, ...]
    short_months: tuple[str, ...]
    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    day: str
    full_day: str
    full_weekday: str


@cache
def _of(language: str | None) -> DateWords:
    """Called with the active language, which is what gettext reads."""
    return DateWords(
        tuple(str(MONTHS[number]) for number in range(1, 13)),
        (
            *(pgettext("short month", "Jan"), pgettext("short month", "Feb"), pgettext("short month", "Mar")),
            *(pgettext("short month", "Apr"), pgettext("short month", "May"), pgettext("short month", "Jun")),
            *(pgettext("short month", "Jul"), pgettext("short month", "Aug"), pgettext("short month", "Sep")),
            *(pgettext("short month", "Oct"), pgettext("short month", "Nov"), pgettext("short month", "Dec")),
        ),
        tuple(str(WEEKDAYS[number]) for number in range(7)),
        tuple(str(WEEKDAYS_ABBR[number]) for number in range(7)),
        pgettext("date", "%(day)s %(month)s"),
        pgettext("date", "%(day)s %(month)s %(year)s"),
        pgettext("date", "%(weekday)s %(day)s %(month)s %(year)s"),
    )


def _words() -> DateWords:
    return _of(get_language())


def short_weekdays() -> tuple[str, ...]:
    """`Mon` to `Sun`."""
    return _words().short_weekdays


def weekday(value: date) -> str:
    """`Monday`."""
    return _words().weekdays[value.weekday()]


def short_weekday(value: date) -> str:
    """`Mon`."""
    return _words().short_weekdays[value.weekday()]


def weekday_and_time(value: datetime) -> str:
    """`Mon 9:05` in the time zone of the value."""
    return f"{short_weekday(value)} {value:%-H:%M}"


def short_month(value: date) -> str:
    """`Jan`."""
    return _words().short_months[value.month - 1]


def month(value: date) -> str:
    """`Jan 2026`."""
    return f"{short_month(value)} {value.year}"


def day(value: date | None) -> str:
    """`12 Jan`, or `12 Jan 2025` for another year than the current one."""
    if value is None:
        return ""
    if value.year != localdate().year:
        return full_day(value)
    return _words().day % {"day": value.day, "month": short_month(value)}


def full_day(value: date | None) -> str:
    """`12 Jan 2026`."""
    if value is None:
        return ""
    return _words().full_day % {"day": value.day, "month": short_month(value), "year": value.year}


def long_day(value: date | None) -> str:
    """`12 January 2026`."""
    if value is None:
        return ""
    words = _words()
    return words.full_day % {"day": value.day, "month": words.months[value.month - 1], "year": value.year}


def long_day_of_year(value: date) -> str:
    """`12 January`."""
    words = _words()
    return words.day % {"day": value.day, "month": words.months[value.month - 1]}


def moment(value: datetime | None) -> str:
    """`12 Jan, 14:02` in the current time zone."""
    return "" if value is None else f"{day(localtime(value).date())}, {localtime(value):%H:%M}"


def full_moment(value: datetime | None) -> str:
    """`12 Jan 2026, 14:02` in the current time zone."""
    return "" if value is None else f"{full_day(localtime(value).date())}, {localtime(value):%H:%M}"


def long_moment(value: datetime | None) -> str:
    """`12 January 2026, 14:02` in the current time zone."""
    return "" if value is None else f"{long_day(localtime(value).date())}, {localtime(value):%H:%M}"


def moment_and_weekday(value: datetime | None) -> str:
    """`Monday 12 January 2026, 14:02` in the current time zone."""
    if value is None:
        return ""
    local, words = localtime(value), _words()
    parts = {"day": local.day, "month": words.months[local.month - 1], "year": local.year}
    return f"{words.full_weekday % {**parts, 'weekday': weekday(local)}}, {local:%H:%M}"
