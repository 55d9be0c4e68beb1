from calls.ingest.parsing import CALL_FIELDS, RANKED
from calls.models import CampaignDay
from markets.imports.fields import CONTACT_FIELDS
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import TabularFile
from tests.factories import CampaignFactory
from tests.files import real_file
from tests.importing import import_calls, import_people


def test_the_real_members_come_in_once_without_a_map(market):
    table = TabularFile(real_file("congress-members.csv"))
    columns = ColumnMapping(table.header, CONTACT_FIELDS)

    first = import_people(market=market, rows=table, columns=columns)
    second = import_people(market=market, rows=table, columns=columns)

    assert (first.rows, first.created, first.rejected) == (537, 537, 0)
    assert (second.unchanged, second.rejected) == (537, 0)
    assert market.contacts.count() == 537


def test_the_real_offices_add_up_and_come_in_once(market):
    table = TabularFile(real_file("congress-district-offices.csv"))
    columns = ColumnMapping(table.header, CONTACT_FIELDS, explicit=["office_id=external_id"])

    first = import_people(market=market, rows=table, columns=columns)
    second = import_people(market=market, rows=table, columns=columns)

    assert first.rows == first.created + first.updated + first.unchanged + first.rejected == 1312
    assert (second.created, second.updated, second.rejected) == (0, 0, first.rejected)


def test_the_real_campaign_comes_in_once_with_its_numbers(market):
    campaign = CampaignFactory(market=market, name="May 2008")
    leads, log = TabularFile(real_file("dialer-leads.csv")), TabularFile(real_file("dialer-calls.csv"))
    people = import_people(
        market=market, campaign=campaign, rows=leads, columns=ColumnMapping(leads.header, CONTACT_FIELDS)
    )
    options = {
        "campaign": campaign,
        "rows": log,
        "columns": ColumnMapping(log.header, CALL_FIELDS, ranked=RANKED),
        "timezone": "Europe/Lisbon",
        "historical": True,
    }

    first, second = import_calls(**options), import_calls(**options)

    days = CampaignDay.objects.values_list("call_count", "conversation_count", "meeting_count")
    assert (people.created, people.enrolled) == (4000, 4000)
    assert (first.created, first.rejected) == (9004, 0)
    assert (second.unchanged, second.rejected) == (9004, 0)
    assert [sum(column) for column in zip(*days, strict=True)] == [9004, 1573 + 1548 + 572 + 118, 118]
