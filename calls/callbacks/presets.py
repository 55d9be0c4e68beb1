"""The usual times to call somebody back, offered as buttons."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from calls.queue.calling_hours import CallingHours, local_time, zone_of
from config.ui.dates import day, weekday
from markets.models import Contact
from markets.workspaces.calendar import working_days

LONGEST_WAIT = 21
"""A search for a day to call ends after so many days."""


class Preset(NamedTuple):
    key: str
    label: str
    at: datetime


def callback_presets(contact: Contact, hours: CallingHours, moment: datetime) -> list[Preset]:
    """In 1 hour, tomorrow, next Monday and in two weeks, at 9:00 where the contact is: within their calling hours, and
    on no holiday of the workspace. A day that is none of these gives way to the next that is."""
    zone, there = zone_of(contact), local_time(contact, moment)
    shown = moment.astimezone(contact.workspace.zone)
    soon = (moment + timedelta(hours=1)).replace(second=0, microsecond=0)
    presets = [Preset("h", _("in 1 hour"), soon)] if hours.are_open(zone, soon) else []
    hour, today = min(max(9, hours.opens), hours.closes - 1), there.date()
    text = _("%(day)s %(hour)s:00") if there.utcoffset() == shown.utcoffset() else _("%(day)s %(hour)s:00 there")
    wanted_days = {"t": 1, "m": 7 - today.weekday(), "w": 14}
    seen: set[date] = set()
    for key, days in wanted_days.items():
        wanted = today + timedelta(days=days)
        found = _first_day(contact, hours, wanted)
        if found not in seen:
            label = _label(found, wanted, today)
            presets.append(Preset(key, text % {"day": label, "hour": hour}, datetime.combine(found, time(hour), zone)))
        seen.add(found)
    return presets


def _first_day(contact: Contact, hours: CallingHours, wanted: date) -> date:
    """The first day from `wanted` on on which the contact may be called and that is no holiday."""
    zone, calendar = zone_of(contact), working_days(contact.workspace)
    last = wanted + timedelta(days=LONGEST_WAIT)
    holidays = {holiday for holiday, _name in calendar.holidays(wanted, last)}
    days = (wanted + timedelta(days=number) for number in range(LONGEST_WAIT))
    opens = time(hours.opens)
    open_days = (each for each in days if hours.are_open(zone, datetime.combine(each, opens, zone)))
    return next((each for each in open_days if each not in holidays), wanted)


def _label(found: date, wanted: date, today: date) -> str:
    if found == today + timedelta(days=1):
        return _("tomorrow")
    if found == wanted == today + timedelta(days=14):
        return _("in two weeks,")
    is_soon = found - today <= timedelta(days=7)
    return weekday(found) if is_soon else f"{weekday(found)}, {day(found)},"
