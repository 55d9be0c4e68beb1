"""Calls of a log without IDs are known by person, moment and number, however another export writes them."""

import pytest

from calls.ingest.call_ids import exported_id, own_calls
from calls.ingest.parsing import CALL_FIELDS, RANKED
from calls.log import amend
from calls.models import Call
from markets.imports.mapping import ColumnMapping
from markets.models import ImportNote
from signals.contacts.merge import merge
from tests.factories import CampaignFactory, ContactFactory, active_campaign, call, member, utc
from tests.importing import import_calls


@pytest.fixture
def campaign(market):
    campaign = CampaignFactory(market=market)
    member(campaign, external_id="A", email="ann@people.example", phone="212 555 0100", full_name="Ann")
    return campaign


def import_log(campaign, header, *rows, **options):
    columns = ColumnMapping(header, CALL_FIELDS, ranked=RANKED)
    rows = [(line, list(cells)) for line, cells in enumerate(rows, start=2)]
    result = import_calls(campaign=campaign, rows=rows, columns=columns, historical=True, **options)
    return result.created, result.unchanged, result.rejected


CONTACT_AND_START = ["Contact", "Start time", "Result"]


@pytest.mark.parametrize(
    ("contact", "start"),
    [
        ("A", "2026-03-02 10:00:05"),
        ("ANN@people.example", "2026-03-02T15:00:05Z"),
        ("(212) 555-0100", "3/2/2026 10:00:05 AM"),
        ("+12125550100", "1772463605"),
    ],
)
def test_another_export_of_the_same_call_makes_no_second_one(campaign, contact, start):
    assert import_log(campaign, CONTACT_AND_START, ["A", "2026-03-02 10:00:05", "No Answer"]) == (1, 0, 0)

    assert import_log(campaign, CONTACT_AND_START, [contact, start, "No Answer"], date_order="mdy") == (0, 1, 0)
    assert Call.objects.get().dialer_call_id.startswith("derived:")


def test_the_report_says_how_many_in_one_sentence(campaign):
    rows = [["A", f"2026-03-02 10:0{minute}", "No Answer"] for minute in range(5)]

    assert import_log(campaign, CONTACT_AND_START, *rows, chunk=2) == (5, 0, 0)

    note = ImportNote.objects.get()
    assert (note.kind, note.line) == ("warning", 2)
    assert note.message == "5 rows have no call ID. Person, time and number identify these calls instead."


def test_two_numbers_of_a_person_in_the_same_second_are_two_calls(campaign):
    header = ["Contact", "Phone", "Start time", "Result"]
    both = [["A", phone, "2026-03-02 10:00", "No Answer"] for phone in ("212 555 0100", "212 555 0199")]
    assert import_log(campaign, header, *both) == (2, 0, 0)

    assert import_log(campaign, header, *reversed(both)) == (0, 2, 0)
    assert import_log(campaign, CONTACT_AND_START, ["A", "2026-03-02 10:00", "No Answer"]) == (0, 1, 0)


def test_a_number_that_only_the_second_export_gives_makes_no_second_call(campaign):
    import_log(campaign, CONTACT_AND_START, ["A", "2026-03-02 10:00", "No Answer"])

    header = ["Contact", "Phone", "Start time", "Result"]
    assert import_log(campaign, header, ["A", "212 555 0100", "2026-03-02 10:00", "No Answer"]) == (0, 1, 0)


def test_the_same_row_twice_is_one_call_and_another_second_or_person_another(campaign):
    member(campaign, external_id="B")
    rows = [["A", "2026-03-02 10:00:00"], ["A", "2026-03-02 10:00:00"], ["A", "2026-03-02 10:00:01"]]
    rows = [[*row, "No Answer"] for row in [*rows, ["B", "2026-03-02 10:00:00"]]]

    assert import_log(campaign, CONTACT_AND_START, *rows) == (3, 1, 0)


def test_only_blank_ids_are_derived(campaign):
    header = ["Call ID", *CONTACT_AND_START]
    rows = [["c1", "A", "2026-03-02 10:00", "No Answer"], ["", "A", "2026-03-02 11:00", "No Answer"]]

    assert import_log(campaign, header, *rows) == (2, 0, 0)
    assert import_log(campaign, header, *rows) == (0, 2, 0)


def test_a_call_is_known_after_its_person_was_merged_and_its_start_corrected(campaign, manager):
    bob = member(campaign, external_id="B", email="bob@people.example").contact
    row = ["B", "2026-03-02 10:00", "No Answer"]
    import_log(campaign, CONTACT_AND_START, row)
    earlier = {"started_at": utc(2026, 3, 2, 9), "historical": True}
    amend(call=Call.objects.get(), by=manager, reason="The clock was wrong", **earlier)
    merge(keep=campaign.members.first().contact, merged=bob, by=None)

    assert import_log(campaign, CONTACT_AND_START, row) == (0, 1, 0)


def test_an_id_of_the_dialer_that_looks_derived_is_its_own(campaign):
    header = ["Call ID", *CONTACT_AND_START]
    for call_id in ("derived:x", "derived:1.2", "derived:"):
        assert import_log(campaign, header, [call_id, "A", "2026-03-02 10:00", "No Answer"]) == (1, 0, 0)

    assert import_log(campaign, CONTACT_AND_START, ["A", "2026-03-02 10:00", "No Answer"]) == (1, 0, 0)


def test_a_call_to_nobody_known_is_refused_and_the_others_are_in(campaign):
    ContactFactory(external_id="Z")
    rows = [["Z", "2026-03-02 10:00", "No Answer"], ["A", "2026-03-02 10:00", "No Answer"]]

    assert import_log(campaign, CONTACT_AND_START, *rows) == (1, 0, 1)


def test_a_call_that_another_workspace_exported_is_no_call_of_this_one(campaign):
    theirs, ours = call(active_campaign()), call(active_campaign(market=campaign.market))

    found = own_calls(campaign.workspace, [exported_id(theirs), exported_id(ours)])

    assert found == {ours.pk: exported_id(ours)}
