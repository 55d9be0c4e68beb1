"""Parses moments as dialers, CRMs and spreadsheets write them, in one text or as a date and a time."""

import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from calls.ingest.times.zones import parse_zone
from markets.imports.dates import DAY_ZERO, MONTHS, SERIALS, WEEKDAYS, AmbiguousDate, parse_date

ISO_TIME = re.compile(r"[T ][0-9]{2}:?[0-9]{2}")
CLOCK = re.compile(
    r"(?<![0-9.:/-])(?P<hour>[0-9]{1,2})"
    r"(?:[:h](?P<minute>[0-9]{2})(?:[:m](?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?(?![0-9:])"
    r"(?: ?(?P<half>[AaPp])\.? ?[Mm]\b\.?)?| ?(?P<only_half>[AaPp])\.? ?[Mm]\b\.?)"
    r"(?: ?(?P<zone>(?:GMT|UTC)? ?[+-][0-9]{1,2}(?::?[0-9]{2})?(?![0-9/.-])|[A-Z]\w+(?:/\w+)+|[A-Z]{1,5}\b))?"
)
COMMENT = re.compile(r" ?\([^)]*\)")
NUMBER = re.compile(r"([0-9]{1,16})(?:[.,]([0-9]+))?")
DIGITS_OF_MOMENT = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
EPOCH_UNITS = (1, 1_000, 1_000_000)
EPOCH = range(int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()))
"""Seconds since 1970 in years in which calls are made: other numbers are no moments."""
SECONDS_PER_DAY = 86_400
EARLIEST_YEAR, LATEST_YEAR = 1970, 2200
HOUR = timedelta(hours=1)


class UnreadableMoment(ValueError):
    """The message goes on where the text ends: “is no time for ...”."""


class MomentParser:
    """Parses moments. Those without an offset are local in `zone`; `order` (of dates.DATE_ORDERS) decides dates such as
    02/03/2026 and is blank if it is not known."""

    def __init__(self, zone: ZoneInfo, order: str = ""):
        self.zone, self.order = zone, order
        self._offsets: dict[tuple[int, int, int, int], timedelta | None] = {}

    def parse(self, text: str, time_text: str = "", *, what: str = "") -> datetime:
        """The moment in UTC. `time_text` is the time of day if the text is only a date. Raises UnreadableMoment."""
        try:
            moment = datetime.fromisoformat(text) if ISO_TIME.search(text) and not time_text else None
        except ValueError:
            moment = None
        if moment is None:
            moment = self._parse_other(text, time_text, what)
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            text = _("cannot be: the year is before %(first)s or after %(last)s.")
            raise UnreadableMoment(text % {"first": EARLIEST_YEAR, "last": LATEST_YEAR})
        return self._in_utc(moment)

    def _parse_other(self, text: str, time_text: str, what: str) -> datetime:
        try:
            moment = _from_number(text) or self._date_and_time(text, time_text)
        except AmbiguousDate as ambiguous:
            text = _("is no time for %(what)s: %(why)s. Say whether day or month comes first.")
            raise UnreadableMoment(text % {"what": _in_a_sentence(what), "why": ambiguous}) from None
        except UnreadableMoment:
            raise
        except (OverflowError, ValueError):
            moment = None
        if moment is None:
            text = _(
                "is no time for %(what)s; write it like 2026-01-31 09:30:00, "
                "with an offset if the time zone is another one."
            )
            raise UnreadableMoment(text % {"what": _in_a_sentence(what)})
        return moment

    def _date_and_time(self, text: str, time_text: str) -> datetime | None:
        date_text, found = split_clock(text)
        clock = _clock(found)
        if time_text and (clock is None or not clock[0]):  # a date cell may have the time 00:00:00
            clock = _part_of_day(time_text) or _clock(split_clock(time_text)[1])
        day = parse_date(date_text, self.order)
        if day is None or clock is None:
            return None
        since_midnight, zone = clock
        return (datetime.combine(day, time()) + since_midnight).replace(tzinfo=zone)

    def _in_utc(self, moment: datetime) -> datetime:
        if moment.tzinfo:
            return moment.astimezone(UTC)
        hour = (moment.year, moment.month, moment.day, moment.hour)
        if hour not in self._offsets:
            self._offsets[hour] = self._constant_offset(datetime(*hour))  # noqa: DTZ001
        offset = self._offsets[hour]
        if offset is None:
            return self._near_a_change(moment)
        return (moment - offset).replace(tzinfo=UTC)

    def _constant_offset(self, hour: datetime) -> timedelta | None:
        """The offset from UTC in this local hour; None if it changes then."""
        moments = (hour, hour + HOUR - timedelta(microseconds=1))
        offsets = {each.replace(tzinfo=self.zone, fold=fold).utcoffset() for each in moments for fold in (0, 1)}
        return offsets.pop() if len(offsets) == 1 else None

    def _near_a_change(self, moment: datetime) -> datetime:
        first, second = (moment.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() == second.utcoffset():
            return first.astimezone(UTC)
        if first.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != moment:
            problem = _(
                "does not exist: the clocks were put forward over it in %(zone)s. "
                "Give the time with its offset from UTC."
            )
        else:
            problem = _(
                "was there twice: the clocks were put back in %(zone)s. Give the time with its offset from UTC."
            )
        raise UnreadableMoment(problem % {"zone": self.zone.key})


def _in_a_sentence(what: str) -> str:
    """A field, or other words, after “is no time for”."""
    return (
        {
            "started_at": pgettext("is no time for", "started"),
            "started_date": pgettext("is no time for", "started"),
            "callback_at": pgettext("is no time for", "callback"),
            "meeting_at": pgettext("is no time for", "meeting"),
            "reported_at": pgettext("is no time for", "reported"),
        }.get(what)
        or what
        or pgettext("is no time for", "the moment")
    )


def split_clock(text: str) -> tuple[str, re.Match[str] | None]:
    """The date in the text, and the match of its time of day, if it has one."""
    text = COMMENT.sub("", text)
    found = CLOCK.search(text)
    if found is None:
        return text, None
    word = (found["zone"] or "").strip().casefold()
    end = found.start("zone") if word in MONTHS or word in WEEKDAYS else found.end()
    return f"{text[: found.start()].removesuffix('T')} {text[end:]}".strip(" ,-"), found


def _clock(found: re.Match[str] | None) -> tuple[timedelta, tzinfo | None] | None:
    """The time since midnight, and the zone. Raises ValueError if there is no such time or zone."""
    if found is None:
        return None
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if half := (found["half"] or found["only_half"] or "").casefold():
        hour = hour % 12 + (12 if half == "p" else 0) if hour <= 12 else hour
    moment = time(hour, minute, second, int((found["fraction"] or "").ljust(6, "0")[:6]))
    since_midnight = timedelta(
        hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond
    )
    name = (found["zone"] or "").strip()
    if not name or name.casefold() in MONTHS or name.casefold() in WEEKDAYS:
        return since_midnight, None
    if (zone := parse_zone(name)) is None:
        text = _("is in the zone “%(zone)s”, which does not name one. Give the offset from UTC.")
        raise UnreadableMoment(text % {"zone": name})
    return since_midnight, zone


def _part_of_day(text: str) -> tuple[timedelta, tzinfo | None] | None:
    """A time of day as spreadsheets store it, such as 0.4173611, or its digits, such as 100130."""
    found = NUMBER.fullmatch(text)
    if found is None:
        return None
    if found[2]:
        return timedelta(seconds=round(float(f"0.{found[2]}") * SECONDS_PER_DAY)), None
    digits = {4: "%H%M", 6: "%H%M%S"}.get(len(text))
    return (datetime.strptime(text, digits) - datetime(1900, 1, 1), None) if digits else None  # noqa: DTZ001, DTZ007


def _from_number(text: str) -> datetime | None:
    """Seconds, milliseconds or microseconds since 1970, a spreadsheet's day with its time, or only the digits."""
    found = NUMBER.fullmatch(text)
    if found is None:
        return None
    whole, fraction = int(found[1]), float(f"0.{found[2] or 0}")
    for unit in EPOCH_UNITS:
        if whole // unit in EPOCH:
            microseconds = whole * 1_000_000 // unit + (round(fraction * 1_000_000) if unit == 1 else 0)
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    if whole in SERIALS and fraction:
        day = datetime.combine(DAY_ZERO, time()) + timedelta(days=whole)
        return day + timedelta(seconds=round(fraction * SECONDS_PER_DAY))
    digits = DIGITS_OF_MOMENT.get(len(found[1]))
    return datetime.strptime(found[1], digits) if digits and not fraction else None  # noqa: DTZ007
