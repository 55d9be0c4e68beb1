"""Calling hours: a contact may be called from 8:00 to 21:00 (exclusive) in the contact's time zone."""

from datetime import datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Func, Q, Value
from django.db.models.functions import Coalesce, NullIf

from markets.models import Contact, Workspace
from markets.models.workspaces import timezone_names

OPENS, CLOSES = time(8), time(21)
CALLING_HOURS = f"{OPENS:%-H:%M} to {CLOSES:%-H:%M}"
QUARTER_HOUR_SECONDS = 15 * 60
"""All time zones now in use are offset by whole quarters of an hour, so results can be cached per quarter."""


def zone_of(contact: Contact) -> ZoneInfo:
    """The contact's time zone as given or inferred, or the workspace's if it is unknown."""
    return zone_by_name(contact.timezone or contact.inferred_timezone, contact.workspace)


def zone_by_name(name: str, workspace: Workspace) -> ZoneInfo:
    return ZoneInfo(name) if name in timezone_names() else workspace.zone


def zone_name(contact: str = "") -> Coalesce:
    """The name of the contact's zone, blank if it is unknown. `contact` is the lookup path to the contact."""
    return Coalesce(NullIf(f"{contact}timezone", Value("")), f"{contact}inferred_timezone")


def local_time(contact: Contact, moment: datetime) -> datetime:
    return moment.astimezone(zone_of(contact))


def is_within_hours(contact: Contact, moment: datetime) -> bool:
    return _is_open(zone_of(contact), moment)


def outside_hours_warning(contact: Contact, moment: datetime, *, when: str = "It is") -> str:
    """A warning about a call at that time."""
    local = local_time(contact, moment)
    zone = zone_of(contact).key
    return f"{when} {local:%A at %-H:%M} where {contact} is ({zone}); people are called from {CALLING_HOURS}."


def is_open_in_workspace(workspace: Workspace, moment: datetime) -> bool:
    return _is_open(workspace.zone, moment)


def within_hours(workspace: Workspace, moment: datetime, contact: str = "") -> Q:
    """`is_within_hours` as a Q on rows of the workspace. `contact` is the lookup path to the contact."""
    is_open = is_open_in_workspace(workspace, moment)
    template = _in_zones_template(not is_open, int(moment.timestamp()) // QUARTER_HOUR_SECONDS)
    differs = Q(Func(zone_name(contact), template=template, output_field=BooleanField()))
    return ~differs if is_open else differs


def next_opening(zone: ZoneInfo, moment: datetime) -> datetime:
    """The next time after `moment` at which calling hours begin in the zone."""
    local = moment.astimezone(zone)
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, OPENS, tzinfo=zone)


@lru_cache(maxsize=4)
def _in_zones_template(is_open: bool, quarter: int) -> str:
    """SQL that tests for the zones within (or outside) calling hours in that quarter of an hour, counted since 1970.

    The names are constants of the time zone database. As parameters, hundreds of them would take longer to bind than
    the query takes to plan.
    """
    moment = datetime.fromtimestamp(quarter * QUARTER_HOUR_SECONDS, tz=ZoneInfo("UTC"))
    names = (zone.key for zone in _all_zones() if _is_open(zone, moment) == is_open)
    return f"%(expressions)s IN ({', '.join(f"'{name}'" for name in names)})"


def _is_open(zone: ZoneInfo, moment: datetime) -> bool:
    return OPENS <= moment.astimezone(zone).time() < CLOSES


@cache
def _all_zones() -> list[ZoneInfo]:
    """Cached, because reading all zones from disk would dominate the time of a page."""
    return [ZoneInfo(name) for name in sorted(timezone_names())]
