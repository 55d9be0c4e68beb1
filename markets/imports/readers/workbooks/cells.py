"""Converts the raw value of a workbook cell to the text that a person sees in it."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

ESCAPE_SEQUENCE = re.compile(r"_x([0-9A-Fa-f]{4})_")
DECORATION = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]|am/pm|a/p|general')
"""Parts of a number format that do not say what the number is: quoted text, escapes, padding, colours, locales."""
BUILT_IN_FORMATS = {
    **dict.fromkeys([14, 15, 16, 17, *range(27, 32), 36, *range(50, 59)], "date"),
    **dict.fromkeys([18, 19, 20, 21, 32, 33, 34, 35, 45, 47], "time"),
    22: "moment",
    46: "duration",
}
"""The formats that files refer to by number only: ECMA-376 part 1, section 18.8.30."""
DAYS_TO_YEAR_10000 = 2_958_466
DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
DAYS_FROM_1900_TO_1904 = 1_462
FICTITIOUS_LEAP_DAY = 60
"""Excel counts a 29 February 1900. Dates before it are one day further from DAY_ZERO."""
MAX_NUMBER = 1e21
SECONDS_PER_DAY = 86_400


@lru_cache(maxsize=1000)
def kind_of_format(code: str) -> str:
    """What a number format shows: "date", "time", "moment" (both), "duration", zeros such as "00000", or ""."""
    code = DECORATION.sub("", code.split(";")[0].casefold())
    if re.fullmatch("0{2,30}", code):
        return code
    if "[" in code:
        return "duration"
    has_time = "h" in code or "s" in code
    has_date = "y" in code or "d" in code or ("m" in code and not has_time)
    return {(True, True): "moment", (True, False): "date", (False, True): "time"}.get((has_date, has_time), "")


def format_number(raw: str, kind: str = "", *, since_1904: bool = False) -> str:
    """Whole numbers without a decimal point or exponent, dates and times in ISO format."""
    if not kind and raw.isdecimal():
        return raw
    try:
        value = float(raw)
    except ValueError:
        return raw
    if not abs(value) < MAX_NUMBER:
        return raw
    if kind.startswith("0") and value.is_integer():
        return str(int(value)).zfill(len(kind))
    if kind == "duration" and value >= 0:
        return _clock(round(value * SECONDS_PER_DAY))
    if kind and not kind.startswith("0") and 0 <= value < DAYS_TO_YEAR_10000 - DAYS_FROM_1900_TO_1904:
        return _date_or_time(value, kind, since_1904=since_1904)
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")


def unescape(text: str) -> str:
    """Replaces sequences such as _x000D_, which stand for characters that XML cannot contain."""
    return ESCAPE_SEQUENCE.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    if code == 0:
        return ""
    return match[0] if 0xD800 <= code < 0xE000 else chr(code)


def _date_or_time(value: float, kind: str, *, since_1904: bool) -> str:
    seconds = round(value * SECONDS_PER_DAY)
    if kind == "time" and seconds < SECONDS_PER_DAY:
        return _clock(seconds)
    days = DAYS_FROM_1900_TO_1904 if since_1904 else 1 if value < FICTITIOUS_LEAP_DAY else 0
    moment = DAY_ZERO + timedelta(days=days, seconds=seconds)
    is_day = kind == "date" and seconds % SECONDS_PER_DAY == 0
    return moment.strftime("%Y-%m-%d") if is_day else moment.strftime("%Y-%m-%d %H:%M:%S")


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
