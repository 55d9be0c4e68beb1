"""Parses calls as dialers write them. Raises RowRefused, with a sentence, for values that cannot be read."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from calls.ingest.html_text import html_to_text, is_html
from calls.ingest.times.durations import UnreadableDuration, parse_seconds
from calls.ingest.times.moments import MomentParser, UnreadableMoment
from calls.log.validation import MAX_TALK_SECONDS
from calls.models import Direction
from campaigns.dispositions import Disposition
from config.ui.formats import number
from markets.contacts.normalization import clean_text
from markets.contacts.values.blanks import means_nothing
from markets.imports.contacts.extras import LeftOut
from markets.imports.files.rejects import RowRefused
from markets.imports.mapping import match_key

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
    "started_date": ("Start date",),
    "started_time": ("Time", "Time of day"),
    "direction": ("Call direction",),
    "talk_seconds": ("Talk time (s)", "Talk time", "Duration", "Duration (s)", "Duration seconds", "Call duration"),
    "billed_seconds": ("Billsec", "Bill seconds", "Billable seconds"),
    "disposition": ("Result", "Outcome", "Call result", "Call outcome", "Call disposition"),
    "notes": ("Note", "Comment", "Comments", "Call notes"),
    "caller": ("Agent", "Agent name", "Agent email", "Caller name", "Caller email", "Called by"),
    "callback_at": ("Callback", "Callback time", "Call back at"),
    "meeting_at": ("Meeting", "Meeting time"),
    "reported_at": (
        "Sent at", "Last modified", "Last modified date", "Modified", "Modified at", "Updated", "Updated at",
        "Last updated", "Last update",
    ),
    "voided_at": (),
    "country_code": ("Phone code", "Dial code"),
    "area_code": (),
}  # fmt: skip
"""The fields of a call with the other names that dialers give them.

Some are parts: a date and a time that are the start, codes that belong to the phone numbers of `contact`, and billed
seconds, which are a better talk time. `reported_at` is the version: when the dialer last changed or sent the row.
`voided_at` is in exports of this portal.
"""
RANKED = ("contact", "talk_seconds")
"""Of several columns of these, the order of the list above is the order of preference."""

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
SEPARATORS = re.compile(r"[,;|]")
MOMENTS = ("callback_at", "meeting_at", "reported_at")
"""Optional moments; `started_at` is not."""


def dispositions_by_result(mapping: Mapping[str, str]) -> dict[str, str]:
    """The disposition of each word for a result, as `match_key` compares words. `mapping` overrides the usual words;
    a word that it maps to nothing is unknown."""
    table = {match_key(word): str(value) for value, words in USUAL_RESULTS.items() for word in words}
    with translation.override("en"):  # as exports have them, in whichever language the page is
        for value, label in Disposition.choices:
            table |= {match_key(str(value)): str(value), match_key(str(label)): str(value)}
    return table | {match_key(word): label and parse_disposition(label, table) for word, label in mapping.items()}


def parse_result_mapping(texts: Iterable[str]) -> dict[str, str]:
    """Parses texts like “SALE = Meeting Booked” to {"SALE": "meeting_booked"}. Raises RowRefused."""
    known = dispositions_by_result({})
    mapping = {}
    for text in texts:
        word, sign, label = (part.strip() for part in text.partition("="))
        if not sign or not match_key(word):
            problem = _("“%(text)s” does not say what a result means; write it like “SALE = Meeting Booked”.")
            raise RowRefused("results", problem % {"text": text[:60]})
        mapping[word] = parse_disposition(label, known)
    return mapping


@dataclass(slots=True)
class ParsedCall:
    """A parsed row, with only the values that it gives. Contact and campaign are not looked up yet."""

    call_id: str
    """Empty if the row gives none."""
    contact: str
    campaign: str
    values: dict[str, Any]
    reported_at: datetime | None = None
    left_out: list[LeftOut] | None = None
    is_voided: bool = False


class CallParser:
    """`zone` is for times without an offset; `results` maps words for results to dispositions; `date_order` (of
    dates.DATE_ORDERS) decides dates such as 02/03/2026.

    A row with an optional value that cannot be read is kept without it, unless the parser is `strict`. A strict one
    also needs the dialer's call ID.
    """

    def __init__(self, *, zone: ZoneInfo, results: Mapping[str, str], date_order: str = "", strict: bool = False):
        """Raises RowRefused if `results` maps to anything but a disposition."""
        self.moments = MomentParser(zone, date_order)
        self.results = dispositions_by_result(results)
        self.strict = strict
        self._dispositions: dict[str, str] = {}

    def parse(self, typed: Mapping[str, str]) -> ParsedCall:
        """Raises RowRefused."""
        call = ParsedCall(
            parse_call_id(typed, is_needed=self.strict),
            clean_text(typed.get("contact", "")),
            clean_text(typed.get("campaign", "")),
            {"started_at": self._started_at(typed), "disposition": self._disposition(typed.get("disposition", ""))},
        )
        values = call.values
        if text := clean_text(typed.get("direction", "")):
            values["direction"] = parse_direction(text)
        self._parse_talk_time(call, typed)
        for field in MOMENTS:
            if text := clean_text(typed.get(field, "")):
                self._parse_optional(call, field, text, self._optional_moment)
        if "reported_at" in values:
            call.reported_at = values.pop("reported_at")
        call.is_voided = bool(typed.get("voided_at", "").strip())
        if (text := typed.get("notes", "")) and (notes := parse_notes(text)):
            values["notes"] = notes
        if text := clean_text(typed.get("caller", "")):
            values["caller_name"] = text
        return call

    def _started_at(self, typed: Mapping[str, str]) -> datetime:
        text = clean_text(typed.get("started_at", "") or typed.get("started_date", ""))
        time_text = clean_text(typed.get("started_time", ""))
        if not text and not time_text:
            raise RowRefused("started_at", _("The row does not say when the call started."))
        return self._moment("started_at", text or time_text, time_text if text else "")

    def _moment(self, field: str, text: str, time_text: str = "") -> datetime:
        try:
            return self.moments.parse(text, time_text, what=field)
        except UnreadableMoment as unreadable:
            raise RowRefused(field, f"“{f'{text} {time_text}'.strip()[:60]}” {unreadable}") from None

    def _optional_moment(self, call: ParsedCall, field: str, text: str) -> datetime:
        moment = self._moment(field, text)
        if field == "callback_at" and moment <= call.values["started_at"] and not self.strict:
            raise RowRefused(field, _("The time to call back lies before the call itself."))
        return moment

    def _parse_talk_time(self, call: ParsedCall, typed: Mapping[str, str]) -> None:
        """The billed seconds if they can be read: a duration may include the ringing."""
        for field in ("billed_seconds", "talk_seconds"):
            text = clean_text(typed.get(field, ""))
            if text and self._parse_optional(call, field, text, self._seconds):
                call.values["talk_seconds"] = call.values.pop(field)
                return

    def _seconds(self, call: ParsedCall, field: str, text: str) -> int:
        try:
            seconds = parse_seconds(text)
        except UnreadableDuration as unreadable:
            raise RowRefused("talk_seconds", str(unreadable)) from None
        if seconds > MAX_TALK_SECONDS and not self.strict:
            problem = _("A talk time of %(seconds)s seconds cannot be: use 0 to %(most)s.")
            raise RowRefused(field, problem % {"seconds": seconds, "most": MAX_TALK_SECONDS})
        return seconds

    def _parse_optional(
        self, call: ParsedCall, field: str, text: str, parse: Callable[[ParsedCall, str, str], object]
    ) -> bool:
        """Sets the value, or notes that it is left out and returns False."""
        try:
            call.values[field] = parse(call, field, text)
        except RowRefused as refusal:
            if means_nothing(text):
                return False
            if self.strict:
                raise
            call.left_out = [*(call.left_out or ()), LeftOut(field, text, str(refusal))]
            return False
        return True

    def _disposition(self, text: str) -> str:
        if (known := self._dispositions.get(text)) is None:
            known = self._dispositions[text] = parse_disposition(clean_text(text), self.results)
        return known


def parse_disposition(text: str, results: Mapping[str, str]) -> str:
    """The disposition of a word, by a table that `dispositions_by_result` made. Of several words, such as tags, the one
    that is known counts, unless another needs to be explained."""
    if known := results.get(match_key(text)):
        return known
    words = {results[key] for word in SEPARATORS.split(text) if (key := match_key(word)) in results}
    if len(words) == 1 and (known := words.pop()):
        return known
    with translation.override("en"):
        values = {"outcome": text[:60], "options": ", ".join(map(str, Disposition.labels))}
    if not text:
        raise RowRefused("disposition", _("“%(outcome)s” is not a disposition. Use one of: %(options)s.") % values)
    problem = _(
        "“%(outcome)s” is not a disposition. Use one of: %(options)s; or say what it means as a result (--result on "
        "the command line), such as “%(outcome)s = Not Interested”."
    )
    raise RowRefused("outcome_unknown", problem % values)


DIRECTION_WORDS: dict[str, tuple[str, ...]] = {
    Direction.OUTBOUND: ("Outgoing", "Out", "O", "Outbound dial", "Outbound API", "Dialed", "Dialled", "Placed"),
    Direction.INBOUND: ("Incoming", "In", "I", "Received"),
}


@lru_cache(maxsize=100)
def parse_direction(text: str) -> str:
    for value in Direction.values:
        if match_key(text) in map(match_key, (str(value), *DIRECTION_WORDS[value])):
            return str(value)
    problem = _("“%(direction)s” is not a direction. Use one of: Outbound, Inbound.")
    raise RowRefused("direction", problem % {"direction": text[:60]})


def parse_notes(text: str) -> str:
    """Keeps line breaks and removes control characters, and the tags of notes in HTML."""
    if "<" in text and is_html(text):
        text = html_to_text(text)
    return "\n".join(clean_text(line) for line in text.splitlines()).strip()


def parse_call_id(typed: Mapping[str, str], *, is_needed: bool = False) -> str:
    call_id = clean_text(typed.get("call_id", ""))
    if means_nothing(call_id):
        call_id = ""
    if not call_id and is_needed:
        raise RowRefused(
            "call_id", _("The row needs the dialer's call ID: without it the call could be counted twice.")
        )
    if len(call_id) > 120:
        problem = _("The call ID has %(length)s characters; at most 120 are kept.")
        raise RowRefused("call_id", problem % {"length": number(len(call_id))})
    return call_id
