"""Stores what the report says about accepted rows."""

from collections.abc import Iterable, Sequence

from config.db import bulk
from markets.imports.contacts.extras import ContactExtras
from markets.models import ImportJob, ImportNote

COLUMNS = ("workspace_id", "job_id", "line", "kind", "field", "file_value", "stored_value", "message", "contact_id")
LONGEST = 500


def store_left_out(job: ImportJob, extras: Sequence[ContactExtras]) -> None:
    """Notes each value that was left out, as typed."""
    kind = ImportNote.Kind.LEFT_OUT.value
    rows = (
        (job.workspace_id, job.pk, each.line, kind, name, typed[:LONGEST], "", reason[:LONGEST], each.contact)
        for each in extras
        for name, typed, reason in each.extras.left_out
    )
    _insert(rows)


def _insert(rows: Iterable[tuple[object, ...]]) -> None:
    if notes := list(rows):
        bulk.insert(ImportNote, COLUMNS, notes)
