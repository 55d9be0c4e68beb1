"""What a dialer's file says of a call, from its words to values. Each function raises RowRefused with a sentence."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db.models import TextChoices

from calls.models import Direction
from campaigns.dispositions import Disposition
from markets.mapping import same
from markets.normalising import tidy
from markets.rejects import RowRefused

CALL_FIELDS: dict[str, tuple[str, ...]] = {
    "call_id": ("Call identifier", "Call UUID", "Call SID", "Dialer call ID", "Unique ID"),
    "contact": (
        "Contact ID", "Lead ID", "External ID", "Record ID", "Person ID", "Prospect ID", "Customer ID", "Contact email",
        "Email", "Email address", "Phone", "Phone number", "Telephone", "Number dialled", "Number dialed",
        "Called number",
    ),
    "started_at": (
        "Call start (local)", "Call start", "Start", "Start time", "Started", "Call time", "Call date", "Date and time",
        "Timestamp", "Date",
    ),
    "direction": ("Call direction",),
    "talk_seconds": ("Talk time (s)", "Talk time", "Duration", "Duration (s)", "Duration seconds", "Call duration"),
    "disposition": ("Result", "Outcome", "Call result", "Call outcome", "Call disposition"),
    "notes": ("Note", "Comment", "Comments", "Call notes"),
    "caller": ("Agent", "Agent name", "Agent email", "Caller name", "Caller email", "Called by"),
    "callback_at": ("Callback", "Callback time", "Call back at"),
    "meeting_at": ("Meeting", "Meeting time"),
}  # fmt: skip
"""The fields of a call and by which other names dialers call them."""
RANKED = ("contact",)
"""Of several columns that could name the person the first in the list above wins: IDs, then email, then phone."""

WHOLE_SECONDS = re.compile(r"([0-9]{1,9})(?:\.0*)?")
TIME_OF_DAY = re.compile(r"[T ][0-9]{2}:?[0-9]{2}")
BLANK_BEFORE_OFFSET = re.compile(r" (?=(?:Z|[+-][0-9]{2}:?[0-9]{2})$)")
EARLIEST_YEAR, LATEST_YEAR = 1970, 2200


def parse_moment(field: str, text: str, zone: ZoneInfo) -> datetime:
    """An aware moment. A time without an offset is local in `zone`, where it must be there exactly once."""
    words = field.removesuffix("_at").replace("_", " ")
    try:
        moment = datetime.fromisoformat(BLANK_BEFORE_OFFSET.sub("", text)) if TIME_OF_DAY.search(text) else None
    except ValueError:
        moment = None
    if moment is None:
        raise RowRefused(
            field,
            f"“{text[:60]}” is no time for {words}; write it like 2026-01-31 09:30:00, with an offset if need be.",
        )
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise RowRefused(field, f"“{text}” cannot be: the year is before {EARLIEST_YEAR} or after {LATEST_YEAR}.")
    if moment.tzinfo:
        return moment.astimezone(UTC)
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        problem = "does not exist: the clocks were put forward over it"
    else:
        problem = "was there twice: the clocks were put back"
    raise RowRefused(field, f"“{text}” {problem} in {zone.key}. Give the time with its offset from UTC.")


def parse_seconds(text: str) -> int:
    """Whole seconds; “12.0”, which spreadsheets write, is 12."""
    found = WHOLE_SECONDS.fullmatch(text)
    if found is None:
        raise RowRefused("talk_seconds", f"“{text[:60]}” is no talk time; write whole seconds, such as 95.")
    return int(found[1])


def parse_disposition(text: str) -> str:
    return _choice("disposition", text, Disposition)


def parse_direction(text: str) -> str:
    return _choice("direction", text, Direction)


def parse_notes(text: str) -> str:
    """The notes with their lines, without control signs."""
    return "\n".join(tidy(line) for line in text.splitlines()).strip()


def parse_call_id(typed: Mapping[str, str]) -> str:
    call_id = tidy(typed.get("call_id", ""))
    if not call_id:
        raise RowRefused("call_id", "The row needs the dialer's call ID: without it the call could be counted twice.")
    if len(call_id) > 120:
        raise RowRefused("call_id", f"The call ID has {len(call_id):,} characters; at most 120 are kept.")
    return call_id


def _choice(field: str, text: str, choices: type[TextChoices]) -> str:
    for value, label in choices.choices:
        if same(text) and same(text) in (same(str(value)), same(str(label))):
            return str(value)
    names = ", ".join(str(label) for label in choices.labels)
    raise RowRefused(field, f"“{text[:60]}” is not a {field}. Use one of: {names}.")
