"""Parses calls as dialers write them. Raises RowRefused, with a sentence, for values that cannot be read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from calls.models import Direction
from campaigns.dispositions import Disposition
from markets.contacts.normalization import clean_text
from markets.imports.fields import SEPARATOR
from markets.imports.mapping import match_key
from markets.imports.rejects import RowRefused

CALL_FIELDS: dict[str, tuple[str, ...]] = {
    "call_id": ("Call identifier", "Call UUID", "Call SID", "Dialer call ID", "Unique ID"),
    "contact": (
        "Contact ID", "Lead ID", "External ID", "Record ID", "Person ID", "Prospect ID", "Customer ID", "Contact email",
        "Email", "Email address", "Phone", "Phone number", "Telephone", "Number dialled", "Number dialed",
        "Called number",
    ),
    "campaign": ("Campaign name", "Campaign ID"),
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
"""The fields of a call with the other names that dialers give them."""
RANKED = ("contact",)
"""Of several columns that could name the contact, the first in the list above wins: IDs, then email, then phone."""

USUAL_RESULTS: dict[str, tuple[str, ...]] = {
    Disposition.NO_ANSWER: ("N", "NA", "B", "AB", "Busy", "No pickup", "Not answered", "Unanswered", "Missed"),
    Disposition.VOICEMAIL: ("A", "AA", "AM", "AL", "Answering machine", "Left voicemail", "Left message", "Machine"),
    Disposition.GATEKEEPER: ("Left live message", "Assistant", "Reception", "Receptionist"),
    Disposition.INCORRECT_NUMBER: (
        "DC", "ADC", "Wrong number", "Bad number", "Disconnected", "Disconnected number", "Invalid number",
        "Number not in service",
    ),
    Disposition.NOT_INTERESTED: ("NI", "Refused", "Declined"),
    Disposition.CALLBACK_REQUESTED: ("CALLBK", "CBHOLD", "Callback", "Call back", "Call back later"),
    Disposition.FUTURE_POTENTIAL: ("Interested", "Follow up"),
    Disposition.MEETING_BOOKED: ("Meeting", "Meeting set", "Meeting scheduled", "Appointment", "Appointment set"),
    Disposition.DO_NOT_CONTACT: ("DNC", "DNCL", "DNCC", "Do not call", "Remove from list", "Opt out"),
}  # fmt: skip
"""Unambiguous words for results of VICIdial, HubSpot, Aircall and similar dialers. Users map others, such as SALE or
Connected, for their campaign: see `dispositions_by_result`."""
WHOLE_SECONDS = re.compile(r"([0-9]{1,9})(?:\.0*)?")
TIME_OF_DAY = re.compile(r"[T ][0-9]{2}:?[0-9]{2}")
BLANK_BEFORE_OFFSET = re.compile(r" (?=(?:Z|[+-][0-9]{2}:?[0-9]{2})$)")
MOMENTS = ("started_at", "callback_at", "meeting_at")
EARLIEST_YEAR, LATEST_YEAR = 1970, 2200


def parse_moment(field: str, text: str, zone: ZoneInfo) -> datetime:
    """An aware time. Without an offset it is local in `zone`, where it must exist exactly once."""
    try:
        moment = datetime.fromisoformat(BLANK_BEFORE_OFFSET.sub("", text)) if TIME_OF_DAY.search(text) else None
    except ValueError:
        moment = None
    if moment is None:
        words = field.removesuffix("_at").replace("_", " ")
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


def dispositions_by_result(mapping: Mapping[str, str]) -> dict[str, str]:
    """The disposition of each word for a result, as `match_key` compares words. `mapping` overrides the usual words."""
    table = {match_key(word): str(value) for value, words in USUAL_RESULTS.items() for word in words}
    for value, label in Disposition.choices:
        table |= {match_key(str(value)): str(value), match_key(str(label)): str(value)}
    return table | {match_key(word): parse_disposition(label, table) for word, label in mapping.items()}


def parse_result_mapping(texts: Iterable[str]) -> dict[str, str]:
    """Parses texts like “SALE = Meeting Booked” to {"SALE": "meeting_booked"}. Raises RowRefused."""
    known = dispositions_by_result({})
    mapping = {}
    for text in texts:
        word, sign, label = (part.strip() for part in text.partition("="))
        if not sign or not match_key(word):
            raise RowRefused(
                "results", f"“{text[:60]}” does not say what a result means; write it like “SALE = Meeting Booked”."
            )
        mapping[word] = parse_disposition(label, known)
    return mapping


@dataclass(slots=True)
class ParsedCall:
    """A parsed row, with only the values that it gives. Contact and campaign are not looked up yet."""

    call_id: str
    contact: str
    campaign: str
    values: dict[str, Any]


class CallParser:
    """`zone` is for times without an offset; `results` maps words for results to dispositions."""

    def __init__(self, *, zone: ZoneInfo, results: Mapping[str, str]):
        """Raises RowRefused if `results` maps to anything but a disposition."""
        self.zone = zone
        self.results = dispositions_by_result(results)
        self._dispositions: dict[str, str] = {}

    def parse(self, typed: Mapping[str, str]) -> ParsedCall:
        values: dict[str, Any] = {}
        call_id = parse_call_id(typed)
        for field in MOMENTS:
            if text := clean_text(typed.get(field, "")):
                values[field] = parse_moment(field, text, self.zone)
        if "started_at" not in values:
            raise RowRefused("started_at", "The row does not say when the call started.")
        values["disposition"] = self._disposition(typed.get("disposition", ""))
        if text := clean_text(typed.get("direction", "")):
            values["direction"] = parse_direction(text)
        if text := clean_text(typed.get("talk_seconds", "")):
            values["talk_seconds"] = parse_seconds(text)
        if (text := typed.get("notes", "")) and (notes := parse_notes(text)):
            values["notes"] = notes
        if text := clean_text(typed.get("caller", "")):
            values["caller_name"] = text
        contact = clean_text(typed.get("contact", "").partition(SEPARATOR)[0])
        return ParsedCall(call_id, contact, clean_text(typed.get("campaign", "")), values)

    def _disposition(self, text: str) -> str:
        if (known := self._dispositions.get(text)) is None:
            known = self._dispositions[text] = parse_disposition(clean_text(text), self.results)
        return known


@lru_cache(maxsize=10_000)
def parse_seconds(text: str) -> int:
    """Whole seconds; spreadsheets write 12 as “12.0”."""
    if text.startswith("-"):
        raise RowRefused("talk_seconds", f"“{text[:60]}” is negative; no call was talked on for less than 0 seconds.")
    found = WHOLE_SECONDS.fullmatch(text)
    if found is None:
        raise RowRefused("talk_seconds", f"“{text[:60]}” is no talk time; write whole seconds, such as 95.")
    return int(found[1])


def parse_disposition(text: str, results: Mapping[str, str]) -> str:
    """The disposition of a word, by a table that `dispositions_by_result` made."""
    known = results.get(match_key(text))
    if known is None:
        names = ", ".join(Disposition.labels)
        raise RowRefused(
            "disposition", f"“{text[:60]}” is not a disposition. Use one of: {names}; or say what it means as a result."
        )
    return known


@lru_cache(maxsize=100)
def parse_direction(text: str) -> str:
    for value, label in Direction.choices:
        if match_key(text) in (match_key(str(value)), match_key(str(label))):
            return str(value)
    raise RowRefused("direction", f"“{text[:60]}” is not a direction. Use one of: {', '.join(Direction.labels)}.")


def parse_notes(text: str) -> str:
    """Keeps line breaks and removes control characters."""
    return "\n".join(clean_text(line) for line in text.splitlines()).strip()


def parse_call_id(typed: Mapping[str, str]) -> str:
    call_id = clean_text(typed.get("call_id", ""))
    if not call_id:
        raise RowRefused("call_id", "The row needs the dialer's call ID: without it the call could be counted twice.")
    if len(call_id) > 120:
        raise RowRefused("call_id", f"The call ID has {len(call_id):,} characters; at most 120 are kept.")
    return call_id
