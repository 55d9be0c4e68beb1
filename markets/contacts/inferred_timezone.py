"""The time zone of a contact for whom none is given: found from the phone number, then from the city."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from django.utils.timezone import now
from django.utils.translation import gettext as _
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX
from tzlocal.windows_tz import win_tz

from markets.contacts.values.timezones import zone_of_city
from markets.models import Contact
from markets.models.workspaces import timezone_names

AREA = 4
"""Digits of a country code and an area code that tell most zones."""
MOST_APART = timedelta(hours=2)
"""A country's main zone stands for all of them if none is further apart."""
SOURCES = frozenset({"timezone", "phone_e164", "city"})
"""The fields that the inferred zone follows from."""


def infer_timezone(fields: Mapping[str, str]) -> str:
    """Empty if a zone is given, or if neither the number nor the city tells one."""
    if fields.get("timezone"):
        return ""
    return zone_of_number(fields.get("phone_e164", "")) or zone_of_city(fields.get("city", ""))


def set_inferred_timezone(contact: Contact) -> None:
    contact.inferred_timezone = infer_timezone({name: getattr(contact, name) for name in SOURCES})


def source_of_timezone(contact: Contact) -> str:
    """In words, what tells the contact's time zone."""
    if contact.timezone:
        return ""
    if not contact.inferred_timezone:
        return _("of the workspace")
    is_by_number = zone_of_number(contact.phone_e164) == contact.inferred_timezone
    return _("by the number") if is_by_number else _("by the city")


def zone_of_number(e164: str) -> str:
    """The zone of the area or country of a valid number; empty if it has several that are far apart."""
    longest = TIMEZONE_LONGEST_PREFIX if e164[1 : 1 + AREA] in _finer_areas() else AREA
    for length in range(min(longest, len(e164) - 1), 0, -1):
        if zones := TIMEZONE_DATA.get(e164[1 : 1 + length]):
            return zones[0] if len(zones) == 1 and zones[0] in timezone_names() else _main_zone(zones)
    return ""


@cache
def _finer_areas() -> frozenset[str]:
    """Areas with several zones."""
    return frozenset(prefix[:AREA] for prefix in TIMEZONE_DATA if len(prefix) > AREA)


@lru_cache(maxsize=1000)
def _main_zone(zones: tuple[str, ...]) -> str:
    known = [zone for zone in zones if zone in timezone_names()]
    noon = now().replace(month=1, day=15, hour=12)
    moments = [noon, noon.replace(month=7)]
    if not known or any(_spread(known, moment) > MOST_APART for moment in moments):
        return ""
    return min(known, key=lambda zone: (zone.startswith("Atlantic/"), zone not in _main_zones()))


def _spread(zones: list[str], moment: datetime) -> timedelta:
    offsets = [moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta() for zone in zones]
    return max(offsets) - min(offsets)


@cache
def _main_zones() -> frozenset[str]:
    return frozenset(win_tz.values())
