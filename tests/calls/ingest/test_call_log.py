import pytest
from django.utils.timezone import now

from calls import derived
from calls.ingest.call_log import CallLog
from calls.ingest.parsing import CALL_FIELDS, RANKED
from calls.models import Call, CampaignDay, Meeting
from campaigns.dispositions import Disposition
from markets.imports.counts import rolled_back
from markets.imports.mapping import ColumnMapping
from markets.models import ImportNote
from tests.factories import CampaignFactory, ContactFactory, MembershipFactory, active_campaign, member, utc
from tests.importing import import_calls

FIELDS = list(CALL_FIELDS)
USUAL = {"call_id": "c1", "started_at": "2026-03-02 10:00", "disposition": "No Answer"}


@pytest.fixture
def campaign(market):
    """A Draft, as whose history its calls are brought in."""
    campaign = CampaignFactory(market=market)
    member(campaign, external_id="A", email="ann@people.example", phone="212 555 0100", full_name="Ann")
    return campaign


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


def test_a_row_becomes_a_call(campaign):
    row = {
        "direction": "OUT-BOUND",
        "talk_seconds": "95",
        "disposition": "future  potential",
        "notes": "Call again\nin spring",
        "caller": "Bob",
    }

    assert counts(import_rows(campaign, row)) == (1, 0, 0, 0)

    call = Call.objects.get()
    assert (call.dialer_call_id, call.contact.full_name, call.direction) == ("c1", "Ann", "outbound")
    assert (call.talk_seconds, call.disposition) == (95, Disposition.FUTURE_POTENTIAL)
    assert (call.notes, call.caller, call.caller_name) == ("Call again\nin spring", None, "Bob")
    assert call.started_at == utc(2026, 3, 2, 15)
    assert derived.check(campaign.workspace) == []


@pytest.mark.parametrize("name", ["A", "ANN@people.example", "+1 (212) 555-0100"])
def test_people_are_found_by_id_email_or_phone(campaign, name):
    assert counts(import_rows(campaign, {"contact": name})) == (1, 0, 0, 0)


def test_a_shared_number_means_the_one_in_the_campaign(campaign):
    ContactFactory(workspace=campaign.workspace, full_name="Bob", phone="212 555 0100")

    assert counts(import_rows(campaign, {"contact": "2125550100"})) == (1, 0, 0, 0)
    assert Call.objects.get().contact.full_name == "Ann"


def test_a_number_shared_within_the_campaign_is_refused_and_names_them(campaign):
    member(campaign, full_name="Bob", phone="212 555 0100")

    rejection = refusal(campaign, contact="2125550100")

    assert rejection.code == "several_people"
    assert "Ann (contact " in rejection.message
    assert "Bob (contact " in rejection.message


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02 10:00:30", utc(2026, 3, 2, 15, 0, 30)),
        ("2026-03-02T10:00", utc(2026, 3, 2, 15)),
        ("2026-03-02T10:00:00Z", utc(2026, 3, 2, 10)),
        ("2026-03-02 10:00 +02:00", utc(2026, 3, 2, 8)),
        ("20260302T100000", utc(2026, 3, 2, 15)),
    ],
)
def test_times_are_local_unless_they_have_an_offset(campaign, text, moment):
    import_rows(campaign, {"started_at": text})

    assert Call.objects.get().started_at == moment


def test_the_zone_of_the_file_can_be_another(campaign):
    import_rows(campaign, {}, timezone="Europe/Lisbon")

    assert Call.objects.get().started_at == utc(2026, 3, 2, 10)


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        ({"started_at": "2026-03-08 02:30"}, "started_at", "does not exist: the clocks were put forward"),
        ({"started_at": "2025-11-02 01:30"}, "started_at", "was there twice"),
        ({"started_at": "2026-03-02"}, "started_at", "no time for started"),
        ({"started_at": "02/03/2026 10:00"}, "started_at", "no time for started"),
        ({"started_at": "0001-01-01 10:00"}, "started_at", "cannot be"),
        ({"started_at": "2099-01-01 10:00"}, "started_at", "in the future"),
        ({"started_at": ""}, "started_at", "does not say when"),
        ({"started_at": "2026-03-02 10:00 IST"}, "started_at", "is in the zone “IST”"),
        ({"disposition": "Spoke"}, "outcome_unknown", "Use one of: No Answer, Voicemail"),
        ({"disposition": "Voicemail, No answer"}, "outcome_unknown", "Use one of"),
        ({"disposition": "Spoke"}, "outcome_unknown", "such as “Spoke = Not Interested”"),
        ({"disposition": ""}, "disposition", "Use one of: No Answer"),
        ({"direction": "sideways"}, "direction", "Use one of: Outbound, Inbound"),
        ({"call_id": "x" * 121}, "call_id", "at most 120"),
        ({"contact": "nobody"}, "contact", "Nobody in Acme has “nobody”"),
        ({"contact": ""}, "contact", "does not say who"),
        ({"contact": "n/a"}, "contact", "does not say who"),
        ({"caller": "x" * 121}, "caller", "at most 120"),
    ],
)
def test_what_cannot_be_is_refused_by_row_with_a_sentence(campaign, row, code, words):
    rejection = refusal(campaign, **row)

    assert rejection.code == code
    assert words in rejection.message


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ({"talk_seconds": "-1"}, "talk_seconds", "negative"),
        ({"talk_seconds": "long"}, "talk_seconds", "whole seconds"),
        ({"talk_seconds": "٣"}, "talk_seconds", "whole seconds"),
        ({"talk_seconds": "9" * 9}, "talk_seconds", "cannot be"),
        ({"talk_seconds": "9" * 5000}, "talk_seconds", "whole seconds"),
        ({"meeting_at": "soon", "disposition": "Meeting Booked"}, "meeting_at", "no time for meeting"),
        ({"callback_at": "soon", "disposition": "Callback Requested"}, "callback_at", "no time for callback"),
        ({"callback_at": "2026-03-01 09:00", "disposition": "Callback Requested"}, "callback_at", "before the call"),
    ],
)
def test_an_optional_cell_that_cannot_be_read_is_left_out_with_a_note(campaign, row, field, words):
    result = import_rows(campaign, row)

    call, note = Call.objects.get(), ImportNote.objects.get()
    assert (counts(result), result.incomplete) == ((1, 0, 0, 0), 1)
    assert (call.talk_seconds, note.kind, note.field) == (None, "left_out", field)
    assert (note.line, note.file_value, note.call_id) == (2, row[field][:500], call.pk)
    assert words in note.message
    assert not call.callback_at or call.callback_at == utc(2026, 3, 3, 14)


def test_words_for_nothing_are_blank_cells(campaign):
    row = {"call_id": "n/a", "talk_seconds": "-", "meeting_at": "None", "disposition": "Meeting Booked"}
    result = import_rows(campaign, row, row | {"started_at": "2026-03-02 11:00"})

    assert (counts(result), result.incomplete) == ((2, 0, 0, 0), 0)
    assert not Call.objects.exclude(talk_seconds=None).exists()


@pytest.mark.parametrize(("typed", "seconds"), [("4:21", 261), ("95.4", 95), ("1m 35s", 95), ("0:01:35", 95)])
def test_talk_time_may_be_a_clock_or_have_units(campaign, typed, seconds):
    import_rows(campaign, {"talk_seconds": typed})

    assert Call.objects.get().talk_seconds == seconds


def test_talk_time_is_the_billed_part(campaign):
    import_rows(
        campaign,
        {"talk_seconds": "115", "billed_seconds": "95"},
        {"call_id": "c2", "talk_seconds": "9", "billed_seconds": ""},
    )

    assert dict(Call.objects.values_list("dialer_call_id", "talk_seconds")) == {"c1": 95, "c2": 9}


def test_notes_in_html_become_text_and_others_stay(campaign):
    html = "<p>Spoke &amp; liked it</p><ul><li>Call<br>again</li></ul>"
    import_rows(campaign, {"notes": html}, {"call_id": "c2", "notes": "Salary < 100k & <b>no</b> bonus"})

    notes = dict(Call.objects.values_list("dialer_call_id", "notes"))
    assert notes == {"c1": "Spoke & liked it\nCall\nagain", "c2": "Salary < 100k & <b>no</b> bonus"}


def test_spreadsheet_seconds_are_taken(campaign):
    import_rows(campaign, {"talk_seconds": "12.0"})

    assert Call.objects.get().talk_seconds == 12


def test_somebody_outside_the_campaign_is_refused(campaign):
    ContactFactory(workspace=campaign.workspace, external_id="B")

    assert refusal(campaign, contact="B").code == "not_a_member"


def test_a_call_from_when_the_campaign_was_not_active_is_refused_and_the_others_are_in(market):
    campaign = active_campaign(market=market, days_ago=10)
    contact = campaign.members.get().contact
    today, long_ago = f"{now():%Y-%m-%d %H:%M}Z", "2026-01-02 10:00"

    result = import_rows(
        campaign,
        {"call_id": "old", "contact": contact.email, "started_at": long_ago},
        {"call_id": "new", "contact": contact.email, "started_at": today},
        historical=False,
    )

    assert counts(result) == (1, 0, 0, 1)
    assert [(each.line, each.code) for each in result.rejections] == [(2, "not_active")]


def test_a_callback_without_a_time_is_due_the_next_working_morning(campaign):
    import_rows(campaign, {"disposition": "Callback Requested", "started_at": "2026-03-06 16:00"})

    assert Call.objects.get().callback_at == utc(2026, 3, 9, 13)


def test_a_meeting_has_its_time_or_none_yet(campaign):
    import_rows(campaign, {"disposition": "Meeting Booked", "meeting_at": "2026-03-09 12:00"})
    import_rows(campaign, {"call_id": "c2", "disposition": "Meeting Booked"})

    times = {meeting.call.dialer_call_id: meeting.scheduled_at for meeting in Meeting.objects.all()}
    assert times == {"c1": utc(2026, 3, 9, 16), "c2": None}


def test_a_caller_is_the_member_of_that_email(campaign):
    caller = MembershipFactory(workspace=campaign.workspace).user
    stranger = MembershipFactory().user

    import_rows(campaign, {"caller": caller.email.upper()}, {"call_id": "c2", "caller": stranger.email})

    found = {call.dialer_call_id: (call.caller, call.caller_name) for call in Call.objects.all()}
    assert found == {"c1": (caller, ""), "c2": (None, stranger.email)}


def test_the_same_again_changes_nothing(campaign):
    rows = [
        {"disposition": "Callback Requested", "talk_seconds": "10", "notes": "Later", "caller": "Bob"},
        {"call_id": "c2", "disposition": "Meeting Booked", "meeting_at": "2026-03-09 12:00"},
    ]
    import_rows(campaign, *rows)

    assert counts(import_rows(campaign, *rows)) == (0, 0, 2, 0)


def test_other_content_amends_the_call_and_all_that_follows(campaign):
    import_rows(campaign, {"disposition": "Meeting Booked", "talk_seconds": "60"})

    result = import_rows(campaign, {"disposition": "Callback Requested"})

    call = Call.objects.get()
    assert counts(result) == (0, 1, 0, 0)
    assert (call.disposition, call.talk_seconds) == (Disposition.CALLBACK_REQUESTED, 60)
    assert call.callback_at == utc(2026, 3, 3, 14)
    assert Meeting.objects.get().status == Meeting.Status.CANCELLED
    assert derived.check(campaign.workspace) == []


def test_a_known_id_for_somebody_else_or_another_campaign_is_refused(campaign, market):
    member(campaign, external_id="B")
    other = CampaignFactory(market=market)
    member(other, external_id="C")
    import_rows(campaign, {})

    codes = [import_rows(campaign, {"contact": "B"}), import_rows(other, {"contact": "C"})]

    assert [each.code for result in codes for each in result.rejections] == ["known_otherwise", "known_otherwise"]
    assert Call.objects.count() == 1


def test_an_id_twice_in_a_file_is_one_call(campaign):
    rows = [{}, {}, {"talk_seconds": "30"}, {"talk_seconds": "30"}]

    assert counts(import_rows(campaign, *rows)) == (1, 1, 2, 0)
    assert Call.objects.get().talk_seconds == 30


def test_an_id_whose_first_row_was_refused_is_taken_from_the_second(campaign):
    result = import_rows(campaign, {"started_at": "2099-01-01 10:00"}, {}, {})

    assert counts(result) == (1, 0, 1, 1)


def test_a_row_that_does_not_fit_the_header_is_refused(campaign):
    header = ["call_id", "contact", "started_at", "disposition"]

    result = import_calls(
        campaign=campaign,
        rows=[(2, ["c1", "A"]), (3, ["c1", "A", "2026-03-02 10:00", "Voicemail"])],
        columns=ColumnMapping(header, CALL_FIELDS, ranked=RANKED),
        historical=True,
    )

    assert counts(result) == (1, 0, 0, 1)
    assert (result.rejections[0].line, result.rejections[0].code) == (2, "columns")


def test_of_several_columns_for_the_person_ids_come_first():
    columns = ColumnMapping(["Phone", "Email", "Lead ID", "Call ID"], CALL_FIELDS, ranked=RANKED)

    assert columns.headers_by_field == {"call_id": ["Call ID"], "contact": ["Lead ID", "Email", "Phone"]}


def test_a_dry_run_counts_the_same_and_leaves_nothing(campaign):
    rows = [{}, {"call_id": "c2", "disposition": "Do Not Contact"}, {"call_id": "x" * 121}]

    with rolled_back(really=True):
        dry = import_rows(campaign, *rows)

    assert not Call.objects.exists()
    assert not campaign.workspace.suppressions.exists()
    assert dry == import_rows(campaign, *rows)


def test_calls_in_many_chunks_add_up(campaign):
    rows = [{"call_id": f"c{n}"} for n in range(CallLog.chunk + 5)]

    assert counts(import_rows(campaign, *rows, {"call_id": "c0"})) == (CallLog.chunk + 5, 0, 1, 0)
    assert CampaignDay.objects.get().call_count == CallLog.chunk + 5
