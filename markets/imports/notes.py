"""What an import reports about rows that are in."""

from typing import TypedDict

from django.db.models import QuerySet

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
        "field": note.field.replace("_", " "),
        "stored": note.stored_value,
        "file": note.file_value,
    }


def sentence(each: Disagreement) -> str:
    stored, in_file = each["stored"] or "nothing", each["file"] or "nothing"
    return f"{each['who']}, {each['field']}: here {stored}, in the file {in_file}"
