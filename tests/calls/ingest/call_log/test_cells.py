"""What is read in the cells of a dialer's log: times, outcomes, talk time, notes, meetings and callbacks."""

import pytest

from calls.models import Call, Meeting
from markets.models import ImportNote
from tests.calls.ingest.call_log.call_rows import counts, import_rows, refusal
from tests.factories import utc


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


def test_a_callback_without_a_time_is_due_the_next_working_morning(campaign):
    import_rows(campaign, {"disposition": "Callback Requested", "started_at": "2026-03-06 16:00"})

    assert Call.objects.get().callback_at == utc(2026, 3, 9, 13)


def test_a_meeting_has_its_time_or_none_yet(campaign):
    import_rows(campaign, {"disposition": "Meeting Booked", "meeting_at": "2026-03-09 12:00"})
    import_rows(campaign, {"call_id": "c2", "disposition": "Meeting Booked"})

    times = {meeting.call.dialer_call_id: meeting.scheduled_at for meeting in Meeting.objects.all()}
    assert times == {"c1": utc(2026, 3, 9, 16), "c2": None}
