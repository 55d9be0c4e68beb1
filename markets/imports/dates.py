"""Parses dates: 2026-11-23, 23/11/2026, 11/23/26, 23. November 2026, Mon Nov 23 2026, 46349."""

import re
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
DATE_ORDERS = (DAY_FIRST, MONTH_FIRST)
UNDECIDED, EITHER_WAY = "?", "="

NUMERIC = re.compile(r"([0-9]{1,4}) ?([-/.]) ?([0-9]{1,2}) ?\2 ?([0-9]{4}|[0-9]{1,2})\.?")
COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
SERIAL = re.compile(r"([0-9]{5})(?:[.,]0*)?")
BESIDE_CLOCK = re.compile(r"[ ,]+(?:at|um|à|a|las|uhr)(?=[ ,]|$)", re.IGNORECASE)
"""Words between a date and its time, and after the time."""
PART = re.compile(r"[^\W\d_]+|[0-9]+")
DAY_ZERO = date(1899, 12, 30)
SERIALS = range((date(2000, 1, 1) - DAY_ZERO).days, (date(2100, 1, 1) - DAY_ZERO).days)
"""Days as spreadsheets number them, in years in which calls are made."""

_MONTHS = (
    "jan january januar jänner janv janvier ene enero",
    "feb february februar févr fév février fevrier fevr febrero",
    "mar march märz mär mrz maerz mars marzo",
    "apr april avr avril abr abril",
    "may mai mayo",
    "jun june juni juin junio",
    "jul july juli juil juillet julio",
    "aug august août aout ago agosto",
    "sep sept september septembre septiembre setiembre",
    "oct october okt oktober octobre octubre",
    "nov november novembre noviembre",
    "dec december dez dezember déc décembre decembre dic diciembre",
)
_WEEKDAYS = (
    "mon monday mo montag lun lundi lunes",
    "tue tues tuesday di dienstag mar mardi martes",
    "wed weds wednesday mi mittwoch mer mercredi mié mie miércoles miercoles",
    "thu thur thurs thursday do donnerstag jeu jeudi jue jueves",
    "fri friday fr freitag ven vendredi vie viernes",
    "sat saturday sa samstag sonnabend sam samedi sáb sab sábado sabado",
    "sun sunday so sonntag dim dimanche dom domingo",
)
MONTHS = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()}
WEEKDAYS = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
"""English, German, French and Spanish names; 0 is Monday."""
FILLERS = frozenset("st nd rd th er re e a t o of de del le la el der den at on um à am las los uhr".split())


class AmbiguousDate(ValueError):
    """The date can be read with the day or with the month first. The message names both."""


@lru_cache(maxsize=10_000)
def parse_date(text: str, order: str = "") -> date | None:
    """None if it is not a date. `order` decides dates that can be read both ways. Raises AmbiguousDate if it is blank.

    With dots the day is first: no country writes the month first with dots.
    """
    readings = date_readings(text)
    if len(readings) < 2:
        return readings[0] if readings else None
    if order == MONTH_FIRST:
        return readings[1]
    if order == DAY_FIRST or "." in text:
        return readings[0]
    raise AmbiguousDate(
        _("it can be %(day_first)s or %(month_first)s")
        % {"day_first": _long(readings[0]), "month_first": _long(readings[1])}
    )


@lru_cache(maxsize=10_000)
def date_readings(text: str) -> tuple[date, ...]:
    """The dates that the text can mean: none, one, or two with the day first and the month first."""
    text, weekday = _without_weekday(BESIDE_CLOCK.sub("", text).strip(" ,"))
    if found := NUMERIC.fullmatch(text):
        return _numeric(found[1], found[3], found[4], weekday)
    if found := COMPACT.fullmatch(text):
        return _existing((int(found[1]), int(found[2]), int(found[3])))
    if found := SERIAL.fullmatch(text):
        days = int(found[1])
        return (DAY_ZERO + timedelta(days=days),) if days in SERIALS else ()
    return _named(text)


@lru_cache(maxsize=10_000)
def shown_order(text: str) -> str:
    """The order of day and month that a date shows, UNDECIDED if it can be either, EITHER_WAY if both are the same
    day, blank if it needs no order."""
    found = NUMERIC.fullmatch(_without_weekday(BESIDE_CLOCK.sub("", text).strip(" ,"))[0])
    if found is None or len(found[1]) > 2:
        return ""
    readings = date_readings(text)
    if len(readings) == 2 and found[2] != ".":
        return UNDECIDED
    if not readings:
        return ""
    if int(found[1]) == int(found[3]):
        return EITHER_WAY
    return DAY_FIRST if readings[0].day == int(found[1]) else MONTH_FIRST


def _without_weekday(text: str) -> tuple[str, int | None]:
    """The text without a weekday before a numeric date, and that weekday."""
    word, separator, rest = text.partition(" ")
    weekday = WEEKDAYS.get(word.rstrip(".,").casefold()) if separator else None
    return (text, None) if weekday is None or not rest[0].isdigit() else (rest.strip(), weekday)


def _numeric(first: str, second: str, third: str, weekday: int | None) -> tuple[date, ...]:
    if len(first) > 2:
        return _existing((int(first), int(second), int(third))) if len(first) == 4 and len(third) <= 2 else ()
    year = _year(third)
    readings = _existing((year, int(second), int(first)), (year, int(first), int(second)))
    on_weekday = tuple(reading for reading in readings if reading.weekday() == weekday)
    return on_weekday if on_weekday else readings


def _named(text: str) -> tuple[date, ...]:
    """A date with the name of its month, in any order. The day comes before a year of two digits."""
    parts = PART.findall(text)
    words = [word for each in parts if not each.isdecimal() and (word := each.casefold()) not in FILLERS]
    numbers = [each for each in parts if each.isdecimal()]
    months = [word for word in words if word in MONTHS]
    if len(months) == 2 and months[0] in WEEKDAYS:  # “mar. 24 nov.” is a Tuesday
        del months[0]
    if len(months) != 1 or len(numbers) != 2 or any(word not in WEEKDAYS and word not in MONTHS for word in words):
        return ()
    day, year = numbers if len(numbers[0]) <= 2 else numbers[::-1]
    if len(day) > 2 or len(year) not in (2, 4):
        return ()
    return _existing((_year(year), MONTHS[months[0]], int(day)))


def _existing(*readings: tuple[int, int, int]) -> tuple[date, ...]:
    """Of these years, months and days those that exist, each once."""
    dates = []
    for reading in readings:
        try:
            dates.append(date(*reading))
        except ValueError:
            continue
    return tuple(dict.fromkeys(dates))


def _year(text: str) -> int:
    return int(text) + (0 if len(text) > 2 else 2000 if int(text) < 70 else 1900)


def _long(day: date) -> str:
    return f"{day:%-d %B %Y}"
