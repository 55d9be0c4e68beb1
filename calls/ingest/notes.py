"""What the report says about accepted calls: values left out, disagreements with a person, late older versions, and IDs
that were derived."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from calls.models import Direction
from campaigns.dispositions import Disposition
from config.db import bulk
from config.ui.formats import number
from markets.imports.contacts.extras import LeftOut
from markets.models import ImportJob, ImportNote, Workspace

COLUMNS = (
    *("workspace_id", "job_id", "line", "kind", "field", "file_value", "stored_value", "message", "contact_id"),
    "call_id",
)
LONGEST = 500
LABELS: dict[str, str] = {
    "started_at": gettext_noop("start"),
    "talk_seconds": gettext_noop("talk time"),
    "disposition": gettext_noop("outcome"),
    "caller_name": gettext_noop("caller"),
    "callback_at": gettext_noop("callback time"),
    "meeting_at": gettext_noop("meeting time"),
    "direction": gettext_noop("direction"),
    "notes": gettext_noop("notes"),
}
Kind = ImportNote.Kind


@dataclass(slots=True)
class CallNote:
    """A note about one report; the line and the call are added when it is stored."""

    kind: str
    message: str
    field: str = ""
    file_value: str = ""
    stored_value: str = ""


def left_out_note(left_out: LeftOut) -> CallNote:
    return CallNote(Kind.LEFT_OUT, left_out.reason, left_out.field, left_out.typed)


def disagreement_note(field: str, said: Any, stored: Any, workspace: Workspace) -> CallNote:
    said, stored = (_display(field, value, workspace) for value in (said, stored))
    text = _("The %(field)s is “%(said)s” here, but a person made it “%(stored)s”. The person's word stays.")
    message = text % {"field": _(LABELS.get(field, field)), "said": said[:100], "stored": stored[:100]}
    return CallNote(Kind.DISAGREEMENT, message, field, said, stored)


def _display(field: str, value: Any, workspace: Workspace) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(workspace.zone):%Y-%m-%d %H:%M:%S}"
    if field == "disposition":
        return str(Disposition(value).label)
    return str(Direction(value).label) if field == "direction" else str(value)


def store_notes(job: ImportJob, noted: Iterable[tuple[int, int | None, int | None, CallNote]]) -> None:
    """Stores notes, each with its line, contact and call."""
    rows = [
        (
            *(job.workspace_id, job.pk, line, str(note.kind), note.field),
            *(note.file_value[:LONGEST], note.stored_value[:LONGEST], note.message[:LONGEST], contact, call),
        )
        for line, contact, call, note in noted
    ]
    if rows:
        bulk.insert(ImportNote, COLUMNS, rows)


def note_derived_ids(job: ImportJob, line: int, count: int) -> None:
    """Says in one note for the whole file how many calls have no ID of their own."""
    found = job.notes.filter(kind=Kind.WARNING, field="call_id").first()
    note = found or ImportNote(workspace_id=job.workspace_id, job=job, kind=Kind.WARNING, field="call_id", line=line)
    total = count + int(note.file_value or 0)
    note.file_value = str(total)
    text = ngettext(
        "%(n)s row has no call ID. Person, time and number identify these calls instead.",
        "%(n)s rows have no call ID. Person, time and number identify these calls instead.",
        total,
    )
    note.message = text % {"n": number(total)}
    note.save()
