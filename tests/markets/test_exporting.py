import csv
import io

from django.urls import reverse

from markets.imports.fields import CONTACT_FIELDS
from markets.imports.mapping import ColumnMapping
from tests.factories import ContactFactory, MarketFactory, WorkspaceFactory
from tests.importing import import_people


def test_an_export_comes_back_as_it_was(as_viewer, market):
    texts = ["=SUM(1)", "+1 Law", "-1", "@home", "'quoted'", "'=both", "Plain, with “marks”"]
    for text in texts:
        ContactFactory(workspace=market.workspace, full_name=text, firm=text, external_id=f"ID {text}")
    elsewhere = MarketFactory(workspace=WorkspaceFactory())

    exported = as_viewer.get(reverse("contacts:list", args=["acme"]), {"_export": "csv"}).getvalue().decode()

    header, *rows = csv.reader(io.StringIO(exported))
    columns = ColumnMapping(header, CONTACT_FIELDS)
    same = import_people(market=market, rows=enumerate(rows, start=2), columns=columns)
    other = import_people(market=elsewhere, rows=enumerate(rows, start=2), columns=columns)
    assert (same.unchanged, other.created) == (len(texts), len(texts))
    assert people_of(elsewhere.workspace) == people_of(market.workspace)


def people_of(workspace):
    fields = ("full_name", "firm", "external_id", "email", "phone", "phone_e164")
    return sorted(workspace.contacts.values_list(*fields))
