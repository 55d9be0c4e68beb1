"""Where a dialer sends its calls as they are made."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from calls.ingest.call_log import ingest_calls
from calls.ingest.ingest import IngestResult
from calls.ingest.parsing import CALL_FIELDS, dispositions_by_result, parse_disposition
from config.ui.api import Number, Problem, kind_of, read_json
from markets.imports.mapping import match_key
from markets.imports.rejects import RowRefused
from markets.models import Workspace
from markets.models.workspaces import timezone_names
from markets.workspaces.access import workspace_api

MOST_BYTES = 1024**2
MOST_CALLS = 500
OPTIONS = ("calls", "campaign", "timezone", "results", "historical")
IDS = ("call_id", "contact", "campaign")
OUTCOMES = ("created", "updated", "unchanged", "rejected")


@workspace_api
def call_report(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Takes 1 to 500 calls and says of each, in the order sent, what became of it."""
    batch = batch_of(read_json(request, most=MOST_BYTES))
    readable = [each for each in batch.calls if isinstance(each, dict)]
    reported = iter(ingest_calls(workspace=workspace, reports=readable, **batch.options))
    outcomes = [next(reported) if isinstance(each, dict) else each for each in batch.calls]
    counts = {name: sum(each.outcome == name for each in outcomes) for name in OUTCOMES}
    calls = [
        {"call_id": call_id, "outcome": each.outcome, "id": each.call, "code": each.code, "message": each.message}
        for call_id, each in zip(batch.call_ids, outcomes, strict=True)
    ]
    return JsonResponse({**counts, "calls": calls})


@dataclass
class Batch:
    """A request: each call as texts by field, or refused already, and how all of them are read."""

    calls: list[dict[str, str] | IngestResult]
    call_ids: list[str | None]
    options: dict[str, Any]


def batch_of(body: Any) -> Batch:
    """Raises Problem where the request as such is wrong; what is wrong with a call alone is that call's refusal."""
    said = object_of(body, "The body")
    if unknown := [name for name in said if name not in OPTIONS]:
        raise Problem(400, f"{quoted(unknown)} is no field of a request. The fields are: {', '.join(OPTIONS)}.")
    sent = said.get("calls")
    if not isinstance(sent, list) or not sent:
        what = "an empty list" if sent == [] else kind_of(sent) if "calls" in said else "missing"
        raise Problem(400, f"calls is {what}; send a list of 1 to {MOST_CALLS} calls.")
    if len(sent) > MOST_CALLS:
        raise Problem(413, f"calls holds {len(sent):,} calls; send at most {MOST_CALLS} at a time.")
    if (timezone := text_of(said.get("timezone"), "timezone")) and timezone not in timezone_names():
        raise Problem(400, f"timezone “{timezone[:60]}” is not a time zone; use an IANA name such as “Europe/Lisbon”.")
    if not isinstance(historical := said.get("historical", False), bool):
        raise Problem(400, f"historical is {kind_of(historical)}; write true or false.")
    options = {"timezone": timezone, "historical": historical, "results": results_in(said.get("results", {}))}
    campaign = text_of(said.get("campaign"), "campaign", takes_number=True)
    calls = [call_of(object_of(each, f"calls[{place}]"), place, campaign) for place, each in enumerate(sent)]
    return Batch(calls, [call_id_of(each) for each in sent], options)


def results_in(said: Any) -> dict[str, str]:
    """What the dialer's words for results mean. Raises Problem."""
    known = dispositions_by_result({})
    meant = {}
    for word, value in object_of(said, "results").items():
        if not match_key(word):
            raise Problem(400, "results says what a word without letters and digits means; there is no such result.")
        try:
            meant[word] = parse_disposition(text_of(value, f"results.{word[:60]}"), known)
        except RowRefused as refusal:
            raise Problem(400, f"results.{word[:60]}: {refusal}") from None
    return meant


def call_of(sent: dict[str, Any], place: int, campaign: str) -> dict[str, str] | IngestResult:
    """The fields of a call that say something; it is one of `campaign` if it names none. Raises Problem."""
    if unknown := [name for name in sent if name not in CALL_FIELDS]:
        message = f"{quoted(unknown)} is no field of a call. The fields are: {', '.join(CALL_FIELDS)}."
        return IngestResult("rejected", code="unknown_field", message=message)
    takes_number = (*IDS, "talk_seconds")
    typed = {
        name: text_of(value, f"calls[{place}].{name}", takes_number=name in takes_number)
        for name, value in sent.items()
    }
    return typed if typed.get("campaign", "").strip() else typed | {"campaign": campaign}


def call_id_of(sent: dict[str, Any]) -> str | None:
    return str(sent["call_id"]) if isinstance(sent.get("call_id"), str) else None


def object_of(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Problem(400, f"{name} is {kind_of(value)}; it must be an object.")
    return value


def text_of(value: object, name: str, *, takes_number: bool = False) -> str:
    """Nothing for null. Raises Problem for what is no text, and for a text that no database keeps."""
    if value is None:
        return ""
    if not isinstance(value, str) or (isinstance(value, Number) and not takes_number):
        takes = "a text or a number" if takes_number else "a text"
        raise Problem(400, f"{name} is {kind_of(value)}; it must be {takes}.")
    if odd := next((sign for sign in value if sign == "\0" or "\ud800" <= sign <= "\udfff"), ""):
        raise Problem(400, f"{name} holds U+{ord(odd):04X}, which is no character of a text.")
    return str(value)


def quoted(names: list[str]) -> str:
    return ", ".join(f"“{name[:60]}”" for name in names[:5])
