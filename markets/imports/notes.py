"""What an import reports about rows that are in."""

from typing import TypedDict

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from markets.models import ImportJob, ImportNote


class Disagreement(TypedDict):
    """A value that a person gave and the file has otherwise, as JSON: a dry run keeps it after its rows are gone."""

    line: int
    contact: int | None
    call: int | None
    who: str
    field: str
    stored: str
    file: str


class LeftOutValue(TypedDict):
    """A value that could not be read, of a row that is in, likewise as JSON."""

    line: int
    contact: int | None
    who: str
    field: str
    file: str
    message: str


def left_out_values(job: ImportJob, most: int) -> list[LeftOutValue]:
    """The first values that rows are in without."""
    notes: QuerySet[ImportNote] = job.notes.filter(kind=ImportNote.Kind.LEFT_OUT)
    return [
        {
            "line": note.line,
            "contact": note.contact_id,
            "who": str(note.contact or ""),
            "field": _(note.field.replace("_", " ")),
            "file": note.file_value,
            "message": note.message,
        }
        for note in notes.select_related("contact").order_by("line", "id")[:most]
    ]


def warnings(job: ImportJob, most: int) -> list[str]:
    """Sentences about the whole file, such as that its calls have no ID, and reports of older versions."""
    kinds = (ImportNote.Kind.WARNING, ImportNote.Kind.KNOWN_NEWER)
    return [note.message for note in job.notes.filter(kind__in=kinds).order_by("line", "id")[:most]]


def disagreements(job: ImportJob, most: int) -> list[Disagreement]:
    """The first values of the file that a person has corrected."""
    notes: QuerySet[ImportNote] = job.notes.filter(kind=ImportNote.Kind.DISAGREEMENT)
    return [_as_json(note) for note in notes.select_related("contact").order_by("line", "id")[:most]]


def _as_json(note: ImportNote) -> Disagreement:
    return {
        "line": note.line,
        "contact": note.contact_id,
        "call": note.call_id,
        "who": str(note.contact or note.message),
        "field": _(note.field.replace("_", " ")),
        "stored": note.stored_value,
        "file": note.file_value,
    }


def sentence(each: Disagreement) -> str:
    stored, in_file = each["stored"] or _("nothing"), each["file"] or _("nothing")
    who = _("%(who)s, call %(call)s") % {"who": each["who"], "call": each["call"]} if each["call"] else each["who"]
    return _("%(who)s, %(field)s: here %(stored)s, in the file %(in_file)s") % {
        "who": who,
        "field": each["field"],
        "stored": stored,
        "in_file": in_file,
    }
