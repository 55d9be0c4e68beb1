"""From what a workbook keeps of a cell to the text that a person sees."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
ASIDE = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]|am/pm|a/p|general')
"""What a number format only shows: text in quotation marks, signs, widths, colours."""
BUILT_IN = {
    **dict.fromkeys([14, 15, 16, 17, *range(27, 32), 36, *range(50, 59)], "date"),
    **dict.fromkeys([18, 19, 20, 21, 32, 33, 34, 35, 45, 47], "time"),
    22: "moment",
    46: "duration",
}
LATEST = 2_958_466
"""The day after 9999-12-31."""
DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
SHIFT_OF_1904 = 1_462
NO_SUCH_DAY = 60
"""1900-02-29, which never was, so that the days before it are one further from day zero."""
LARGEST = 1e21
SECONDS = 86_400


@lru_cache(maxsize=1000)
def kind_of_format(code: str) -> str:
    """What numbers in this format are: a date, a time, a moment (both), a duration, some zeros, or nothing special."""
    shown = ASIDE.sub("", code.split(";")[0].casefold())
    if re.fullmatch("0{2,30}", shown):
        return shown
    if "[" in shown:
        return "duration"
    has_time = "h" in shown or "s" in shown
    has_date = "y" in shown or "d" in shown or ("m" in shown and not has_time)
    return {(True, True): "moment", (True, False): "date", (False, True): "time"}.get((has_date, has_time), "")


def number(raw: str, kind: str = "", *, since_1904: bool = False) -> str:
    """A number as text: whole ones without a point or a power of ten, days and times in ISO's way."""
    if not kind and raw.isdecimal():
        return raw
    try:
        value = float(raw)
    except ValueError:
        return raw
    if not abs(value) < LARGEST:
        return raw
    if kind.startswith("0") and value.is_integer():
        return str(int(value)).zfill(len(kind))
    if kind == "duration" and value >= 0:
        return _clock(round(value * SECONDS))
    if kind and not kind.startswith("0") and 0 <= value < LATEST - SHIFT_OF_1904:
        return _moment(value, kind, since_1904=since_1904)
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")


def unescape(text: str) -> str:
    """The signs that XML cannot hold are kept as _x000D_."""
    return ESCAPED.sub(_unescaped, text) if "_x" in text else text


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    if code == 0:
        return ""
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)


def _moment(value: float, kind: str, *, since_1904: bool) -> str:
    seconds = round(value * SECONDS)
    if kind == "time" and seconds < SECONDS:
        return _clock(seconds)
    days = SHIFT_OF_1904 if since_1904 else 1 if value < NO_SUCH_DAY else 0
    moment = DAY_ZERO + timedelta(days=days, seconds=seconds)
    is_day = kind == "date" and seconds % SECONDS == 0
    return moment.strftime("%Y-%m-%d") if is_day else moment.strftime("%Y-%m-%d %H:%M:%S")


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
