"""When people may be called: from 8:00 up to 21:00 where they are."""

from datetime import datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from django.db.models import Q

from markets.models import Contact, Workspace
from markets.models.workspaces import timezone_names

OPENS, CLOSES = time(8), time(21)
CALLING_HOURS = f"{OPENS:%-H:%M} to {CLOSES:%-H:%M}"
QUARTER_HOUR_SECONDS = 15 * 60
"""Seconds; all zones of today are whole quarters of an hour apart."""


def zone_of(contact: Contact) -> ZoneInfo:
    """Where the contact is; the workspace's zone where nothing is known of it."""
    return zone_by_name(contact.timezone, contact.workspace)


def zone_by_name(name: str, workspace: Workspace) -> ZoneInfo:
    return ZoneInfo(name) if name in timezone_names() else workspace.zone


def local_time(contact: Contact, moment: datetime) -> datetime:
    return moment.astimezone(zone_of(contact))


def is_within_hours(contact: Contact, moment: datetime) -> bool:
    return _is_open(zone_of(contact), moment)


def outside_hours_warning(contact: Contact, moment: datetime, *, when: str = "It is") -> str:
    """The sentence that warns of a call at that moment."""
    there = local_time(contact, moment)
    zone = zone_of(contact).key
    return f"{when} {there:%A at %-H:%M} where {contact} is ({zone}); people are called from {CALLING_HOURS}."


def within_hours(workspace: Workspace, moment: datetime, contact: str = "") -> Q:
    """`is_within_hours` as a condition on rows of the workspace. `contact` is the path to the contact."""
    is_here = _is_open(workspace.zone, moment)
    elsewhere = Q(
        **{f"{contact}timezone__in": zones_by_openness(not is_here, int(moment.timestamp()) // QUARTER_HOUR_SECONDS)}
    )
    return ~elsewhere if is_here else elsewhere


def next_opening(zone: ZoneInfo, moment: datetime) -> datetime:
    """The first moment after this one at which the calling hours begin there."""
    there = moment.astimezone(zone)
    day = there.date() if there.time() < OPENS else there.date() + timedelta(days=1)
    return datetime.combine(day, OPENS, tzinfo=zone)


@lru_cache(maxsize=4)
def zones_by_openness(is_open: bool, quarter: int) -> list[str]:
    """The zones in which it is within the hours, or is not, in that quarter of an hour since 1970."""
    moment = datetime.fromtimestamp(quarter * QUARTER_HOUR_SECONDS, tz=ZoneInfo("UTC"))
    return [zone.key for zone in _all_zones() if _is_open(zone, moment) == is_open]


def _is_open(zone: ZoneInfo, moment: datetime) -> bool:
    return OPENS <= moment.astimezone(zone).time() < CLOSES


@cache
def _all_zones() -> list[ZoneInfo]:
    """Kept: reading them from the disk takes longer than everything else that a caller waits for."""
    return [ZoneInfo(name) for name in sorted(timezone_names())]
