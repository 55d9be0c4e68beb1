"""Offsets and abbreviations of time zones behind a time: -0500, GMT+2, EST, ET, Europe/Lisbon."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from markets.models.workspaces import timezone_names

OFFSET = re.compile(r"(?:GMT|UTC)?\s?([+-])([0-9]{1,2})(?::?([0-9]{2}))?")
HOURS_BY_ABBREVIATION = {
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2,
    "EEST": 3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9,
    "AKDT": -8, "HST": -10, "AEST": 10, "AEDT": 11, "ACST": 9.5, "ACDT": 10.5, "AWST": 8, "NZST": 12, "NZDT": 13,
    "JST": 9, "KST": 9, "SGT": 8, "HKT": 8, "SAST": 2,
}  # fmt: skip
"""Those of RFC 2822 and others with one meaning. IST and BST are left out: each is the time of several countries."""
ZONES_BY_ABBREVIATION = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}


@lru_cache(maxsize=1000)
def parse_zone(text: str) -> tzinfo | None:
    """None if the text does not name one zone."""
    if text in ("Z", "UTC", "GMT"):
        return UTC
    if found := OFFSET.fullmatch(text):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(offset if found[1] == "+" else -offset) if offset < timedelta(hours=24) else None
    if (hours := HOURS_BY_ABBREVIATION.get(text)) is not None:
        return timezone(timedelta(hours=hours))
    name = ZONES_BY_ABBREVIATION.get(text, text)
    return ZoneInfo(name) if name in timezone_names() else None
