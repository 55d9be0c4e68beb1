"""Imports rows of a dialer's log that have the usual values but for those that a test gives."""

from calls.ingest.parsing import CALL_FIELDS, RANKED
from calls.models import Call
from markets.imports.mapping import ColumnMapping
from tests.importing import import_calls

FIELDS = list(CALL_FIELDS)
USUAL = {"call_id": "c1", "started_at": "2026-03-02 10:00", "disposition": "No Answer"}


def import_rows(campaign, *rows, header=FIELDS, **options):
    """Imports rows given as dicts of fields, with usual values; returns the counts, with every rejection."""
    cells = [
        (line, [{"contact": "A", **USUAL, **row}.get(name, "") for name in header])
        for line, row in enumerate(rows, start=2)
    ]
    columns = ColumnMapping(header, CALL_FIELDS, ranked=RANKED)
    return import_calls(campaign=campaign, rows=cells, columns=columns, **{"historical": True, **options})


def counts(result):
    return result.created, result.updated, result.unchanged, result.rejected


def refusal(campaign, **row):
    (rejection,) = import_rows(campaign, row).rejections
    assert not Call.objects.exists()
    return rejection
