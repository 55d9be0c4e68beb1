"""The API endpoint to which dialers send calls as they are made."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from calls.ingest.call_log import ingest_calls
from calls.ingest.parsing import CALL_FIELDS, dispositions_by_result, parse_disposition
from calls.ingest.reports import IngestResult
from config.ui.api import Number, Problem, kind_of, read_json
from markets.imports.files.rejects import RowRefused
from markets.imports.mapping import match_key
from markets.models import Workspace
from markets.models.workspaces import timezone_names
from markets.workspaces.access import workspace_api

MAX_BYTES = 1024**2
MAX_CALLS = 500
OPTIONS = ("calls", "campaign", "timezone", "results", "historical")
FIELDS = tuple(name for name in CALL_FIELDS if name not in ("country_code", "area_code"))
"""Without the columns that a file joins with others."""
NUMERIC_FIELDS = frozenset(
    (
        *("call_id", "contact", "campaign", "talk_seconds", "billed_seconds"),
        *("started_at", "callback_at", "meeting_at", "reported_at"),
    )
)
OUTCOMES = ("created", "updated", "unchanged", "rejected")


@workspace_api
def call_report(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Records 1 to 500 calls and returns the outcome of each, in the order sent."""
    batch = parse_batch(read_json(request, max_bytes=MAX_BYTES))
    valid = [call for call in batch.calls if isinstance(call, dict)]
    ingested = iter(ingest_calls(workspace=workspace, reports=valid, **batch.options))
    results = [next(ingested) if isinstance(call, dict) else call for call in batch.calls]
    counts = {name: sum(result.outcome == name for result in results) for name in OUTCOMES}
    calls = [
        {
            "call_id": call_id,
            "outcome": result.outcome,
            "id": result.call,
            "code": result.code,
            "message": result.message,
        }
        for call_id, result in zip(batch.call_ids, results, strict=True)
    ]
    return JsonResponse({**counts, "calls": calls})


@dataclass
class Batch:
    """A parsed request. Each call is its fields as texts, or the result if it is refused already."""

    calls: list[dict[str, str] | IngestResult]
    call_ids: list[str | None]
    options: dict[str, Any]


def parse_batch(body: object) -> Batch:
    """Raises Problem for an invalid request. What is wrong in one call only refuses that call."""
    fields = require_object(body, "The body")
    if unknown := [name for name in fields if name not in OPTIONS]:
        raise Problem(400, f"{quoted(unknown)} is no field of a request. The fields are: {', '.join(OPTIONS)}.")
    sent = fields.get("calls")
    if not isinstance(sent, list) or not sent:
        what = "an empty list" if sent == [] else kind_of(sent) if "calls" in fields else "missing"
        raise Problem(400, f"calls is {what}; send a list of 1 to {MAX_CALLS} calls.")
    if len(sent) > MAX_CALLS:
        raise Problem(413, f"calls holds {len(sent):,} calls; send at most {MAX_CALLS} at a time.")
    if (timezone := require_text(fields.get("timezone"), "timezone")) and timezone not in timezone_names():
        raise Problem(400, f"timezone “{timezone[:60]}” is not a time zone; use an IANA name such as “Europe/Lisbon”.")
    if not isinstance(historical := fields.get("historical", False), bool):
        raise Problem(400, f"historical is {kind_of(historical)}; write true or false.")
    options = {"timezone": timezone, "historical": historical, "results": parse_results(fields.get("results", {}))}
    campaign = require_text(fields.get("campaign"), "campaign", takes_number=True)
    calls = [parse_call(call, index, campaign) for index, call in enumerate(sent)]
    return Batch(calls, [call_id_of(call) for call in sent], options)


def parse_results(value: object) -> dict[str, str]:
    """The dispositions by the dialer's words for results. Raises Problem."""
    by_result = dispositions_by_result({})
    dispositions = {}
    for word, name in require_object(value, "results").items():
        if not match_key(word):
            raise Problem(400, "results says what a word without letters and digits means; there is no such result.")
        try:
            dispositions[word] = parse_disposition(require_text(name, f"results.{word[:60]}"), by_result)
        except RowRefused as refusal:
            raise Problem(400, f"results.{word[:60]}: {refusal}") from None
    return dispositions


def parse_call(sent: object, index: int, campaign: str) -> dict[str, str] | IngestResult:
    """The fields of a call as texts, or why it is refused. `campaign` is the default for its campaign."""
    field = "call"
    try:
        fields = require_object(sent, f"calls[{index}]")
        if unknown := [name for name in fields if name not in FIELDS]:
            message = f"{quoted(unknown)} is no field of a call. The fields are: {', '.join(FIELDS)}."
            return IngestResult("rejected", code="unknown_field", message=message)
        texts = {}
        for field, value in fields.items():
            texts[field] = require_text(value, f"calls[{index}].{field}", takes_number=field in NUMERIC_FIELDS)
    except Problem as problem:
        return IngestResult("rejected", code=field, message=str(problem))
    return texts if texts.get("campaign", "").strip() else texts | {"campaign": campaign}


def call_id_of(sent: object) -> str | None:
    call_id = sent.get("call_id") if isinstance(sent, dict) else None
    return str(call_id) if isinstance(call_id, str) else None


def require_object(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Problem(400, f"{name} is {kind_of(value)}; it must be an object.")
    return value


def require_text(value: object, name: str, *, takes_number: bool = False) -> str:
    """The text; empty for null. Raises Problem for other types, and for characters that a database cannot store."""
    if value is None:
        return ""
    if not isinstance(value, str) or (isinstance(value, Number) and not takes_number):
        expected = "a text or a number" if takes_number else "a text"
        raise Problem(400, f"{name} is {kind_of(value)}; it must be {expected}.")
    if invalid := next((char for char in value if char == "\0" or "\ud800" <= char <= "\udfff"), ""):
        raise Problem(400, f"{name} holds U+{ord(invalid):04X}, which is no character of a text.")
    return str(value)


def quoted(names: list[str]) -> str:
    return ", ".join(f"“{name[:60]}”" for name in names[:5])
