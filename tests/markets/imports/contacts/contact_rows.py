"""Imports of contacts from rows given as dicts."""

from markets.imports.fields import CONTACT_FIELDS
from markets.imports.mapping import ColumnMapping
from tests.importing import import_people

HEADER = ["external_id", "full_name", "email", "phone", "firm", "city"]


def import_rows(market, *rows, **options):
    """Imports rows given as dicts of fields; returns the counts, with every rejection."""
    columns = ColumnMapping(HEADER, CONTACT_FIELDS)
    cells = [(line, [row.get(name, "") for name in HEADER]) for line, row in enumerate(rows, start=2)]
    return import_people(market=market, rows=cells, columns=columns, **options)


def counts(result):
    return result.created, result.updated, result.unchanged, result.rejected
