"""Parses durations as dialers and spreadsheets write them: 95, 95.4, 0:01:35, 1m 35s, PT1M35S."""

import re
from functools import lru_cache

from django.utils.translation import gettext

SECONDS = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]*))?")
CLOCK = re.compile(r"(?:(?:1899|1900)-[0-9]{2}-[0-9]{2} )?(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-9]{2})(?:[.,][0-9]+)?")
"""Spreadsheets put the first day of their calendar before a duration."""
ISO = re.compile(r"P(?:([0-9]+)D)?T?(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:[.,][0-9]+)?S)?", re.IGNORECASE)
PART = re.compile(r"([0-9]{1,9}(?:[.,][0-9]+)?) ?([^\W\d_]+)\.?,? ?")
SECONDS_BY_UNIT = {
    **dict.fromkeys(["ms", "msec", "millis", "milliseconds"], 0.001),
    **dict.fromkeys(["s", "sec", "secs", "second", "seconds", "sek", "sekunden", "seconde", "secondes", "segundos"], 1),
    **dict.fromkeys(["m", "mn", "min", "mins", "minute", "minutes", "minuten", "minuto", "minutos"], 60),
    **dict.fromkeys(["h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "heure", "heures", "horas"], 3600),
}
DAY = 86_400
FRACTION_DIGITS = 5
"""With so many decimals a number below 1 is the part of a day that a spreadsheet stores, not a part of a second."""


class UnreadableDuration(ValueError):
    """The message is a sentence for the user."""


@lru_cache(maxsize=10_000)
def parse_seconds(text: str) -> int:
    """Whole seconds; fractions are rounded. Raises UnreadableDuration."""
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    if text.startswith("-"):
        problem = gettext("“%(text)s” is negative; no call was talked on for less than 0 seconds.")
        raise UnreadableDuration(problem % {"text": text[:60]})
    seconds = _seconds(text)
    if seconds is None:
        problem = gettext("“%(text)s” is no talk time; write whole seconds, such as 95, or 0:01:35.")
        raise UnreadableDuration(problem % {"text": text[:60]})
    return int(seconds + 0.5)


def _seconds(text: str) -> float | None:
    if found := SECONDS.fullmatch(text):
        return _decimal(found[1], found[2] or "", is_thousands="," in text and len(found[2]) == 3)
    if found := CLOCK.fullmatch(text):
        return _clock(*(int(part or 0) for part in found.groups()))
    if (found := ISO.fullmatch(text)) and any(found.groups()):
        days, *clock = (int(part or 0) for part in found.groups())
        return days * DAY + clock[0] * 3600 + clock[1] * 60 + clock[2]
    parts = PART.findall(text)
    if not parts or PART.sub("", text):
        return None
    units = [SECONDS_BY_UNIT.get(unit.casefold()) for _, unit in parts]
    numbers = [float(number.replace(",", ".")) for number, _ in parts]
    return sum(map(_times, numbers, units)) if None not in units else None


def _decimal(whole: str, decimals: str, *, is_thousands: bool) -> float | None:
    """None for “1,234”, which may be 1,234 seconds or one and a bit."""
    if is_thousands:
        return None
    value = float(f"{whole}.{decimals or 0}")
    return value * DAY if value < 1 and len(decimals) >= FRACTION_DIGITS and value else value


def _clock(hours: int, minutes: int, seconds: int) -> float | None:
    if seconds > 59 or (hours and minutes > 59):
        return None
    return hours * 3600 + minutes * 60 + seconds


def _times(number: float, unit: float | None) -> float:
    return number * (unit or 0)
