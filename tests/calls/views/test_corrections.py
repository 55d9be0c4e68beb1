"""Correcting what a call says of itself: who may, what is kept, and how the call's page tells it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.timezone import localtime, now

from calls.forms import CorrectionForm
from calls.log.meetings import change_meeting
from calls.log.services import amend, void
from calls.models import Call, Correction, Meeting
from calls.models.corrections import AMENDABLE
from tests.factories import call, signal, utc
from tests.reading import metric


@pytest.fixture(autouse=True)
def noon():
    """It is noon of 10 March in the workspace."""
    with time_machine.travel(utc(2026, 3, 10, 16), tick=False):
        yield


@pytest.fixture
def made(campaign, caller):
    """Started at 11:58:17."""
    started_at = now() - timedelta(seconds=103)
    return call(campaign, caller=caller, notes="First line\nSecond line", started_at=started_at)


@pytest.fixture
def correction_form(made):
    """The fields that an unchanged form sends. A browser ends lines with CR LF."""

    def form(**changed):
        shown = localtime(made.started_at, made.workspace.zone)
        return {
            "disposition": made.disposition,
            "started_at": f"{shown:%Y-%m-%dT%H:%M}",
            "direction": made.direction,
            "notes": made.notes.replace("\n", "\r\n"),
            "reason": "I misheard",
            "version": version_of(made),
        } | changed

    return form


def version_of(made):
    return CorrectionForm(call=made)["version"].value()


def url(made):
    return reverse("calls:correct", args=["acme", made.pk])


def test_a_correction_is_kept_with_what_it_said_before_who_and_why(as_caller, made, correction_form, caller):
    answer = as_caller.post(url(made), correction_form(disposition="voicemail", talk_seconds="70"), follow=True)

    kept = Correction.objects.get()
    assert (kept.corrected_by, kept.reason) == (caller, "I misheard")
    assert (kept.before, kept.after) == (
        {"disposition": "no_answer", "talk_seconds": None},
        {"disposition": "voicemail", "talk_seconds": 70},
    )
    page = answer.content.decode()
    for words in ("I misheard", "Outcome: “No Answer” → “Voicemail”", "Talk seconds: nothing → “1:10”"):
        assert words in page


def test_what_was_not_touched_is_not_changed(as_caller, made, correction_form):
    as_caller.post(url(made), correction_form(disposition="voicemail"))

    again = Call.objects.get()
    assert (again.started_at, again.notes) == (made.started_at, made.notes)
    assert Correction.objects.get().after == {"disposition": "voicemail"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Nothing is different from what the call says already"),
        ({"disposition": "voicemail", "reason": ""}, "This field is required"),
        ({"disposition": "callback_requested"}, "Say when to call back"),
        ({"disposition": "callback_requested", "callback_at": "2020-01-01T09:00"}, "lies before the call itself"),
        ({"disposition": "callback_requested", "callback_at": "9999-12-31T23:59"}, "check the year"),
        ({"disposition": "spoke"}, "spoke"),
        ({"started_at": "2099-01-01T09:00"}, "in the future"),
        ({"started_at": "2019-01-01T09:00"}, "was not Active but Draft"),
        ({"talk_seconds": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(as_caller, made, correction_form, changed, words):
    answer = as_caller.post(url(made), correction_form(**changed))

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Correction.objects.exists()


def test_a_refusal_stands_at_its_field(as_manager, campaign):
    made = call(campaign, disposition="future_potential")
    signal(made)
    shown = localtime(made.started_at, made.workspace.zone)
    posted = {"disposition": "voicemail", "started_at": f"{shown:%Y-%m-%dT%H:%M}", "direction": "outbound"}

    answer = as_manager.post(url(made), posted | {"reason": "It was the machine", "version": version_of(made)})

    assert "Signals were captured on this call" in str(answer.context["form"].errors["disposition"])


def test_a_meeting_is_moved_with_its_call_but_never_loses_its_time(as_manager, campaign):
    made = call(campaign, disposition="meeting_booked", meeting_at=now() + timedelta(days=1))
    shown = localtime(made.started_at, made.workspace.zone)
    posted = {"disposition": "meeting_booked", "started_at": f"{shown:%Y-%m-%dT%H:%M}", "direction": "outbound"}
    posted |= {"reason": "I misheard", "version": version_of(made)}

    refused = as_manager.post(url(made), posted).content.decode()
    as_manager.post(url(made), posted | {"meeting_at": "2099-01-15T10:00"})

    assert "can be changed, not taken away" in refused
    made.meeting.refresh_from_db()
    assert made.meeting.scheduled_at.year == 2099
    assert made.meeting.changes.count() == 1


def test_the_script_of_the_page_finds_the_outcome_that_is_chosen(as_manager, campaign):
    made = call(campaign, disposition="callback_requested")

    page = as_manager.get(url(made)).content.decode()

    assert re.search(r'<input type="radio" name="disposition" value="callback_requested"[^>]* checked', page)
    assert 'data-of="disposition" data-needs="callback_requested"' in page


def test_a_caller_corrects_their_own_calls_of_the_day_and_no_others(as_caller, campaign, caller, manager):
    old = call(campaign, caller=caller, started_at=now() - timedelta(days=2))
    somebody_elses = call(campaign, caller=manager, started_at=now())

    assert [as_caller.get(url(each)).status_code for each in (old, somebody_elses)] == [403, 403]
    page = as_caller.get(reverse("calls:detail", args=["acme", old.pk])).content.decode()
    assert url(old) not in page


def test_a_voided_call_is_not_corrected(as_manager, made, correction_form, manager):
    void(call=made, by=manager, reason="Twice in the log")

    answer = as_manager.post(url(made), correction_form(disposition="voicemail"))

    assert "record it again instead of changing it" in answer.content.decode()
    assert url(made) not in as_manager.get(reverse("calls:detail", args=["acme", made.pk])).content.decode()


def test_calls_are_found_and_marked_by_what_happened_to_them(as_manager, campaign, made, correction_form, manager):
    as_manager.post(url(made), correction_form(disposition="voicemail"))
    void(call=call(campaign), by=manager, reason="Twice in the log")

    def listed(**query):
        return as_manager.get(reverse("calls:list", args=["acme"]), query)

    assert metric(listed(), "rows") == 2
    assert [metric(listed(state=each), "rows") for each in ("standing", "corrected", "voided")] == [1, 1, 1]
    assert ">corrected</span>" in listed(state="corrected").content.decode()
    assert ">voided</span>" in listed(state="voided").content.decode()


def test_a_meeting_is_there_again_when_its_call_is_corrected_back(campaign, caller):
    made = call(campaign, disposition="meeting_booked", meeting_at=now() + timedelta(days=2), caller=caller)
    agreed = made.meeting.scheduled_at

    amend(call=made, by=caller, reason="Slip", disposition="voicemail")
    assert Meeting.objects.get().status == "cancelled"
    amend(call=made, by=caller, reason="It was one after all", disposition="meeting_booked")

    meeting = Meeting.objects.get()
    assert (meeting.status, meeting.scheduled_at) == ("scheduled", agreed)
    assert list(meeting.changes.values_list("to_status", flat=True)) == ["cancelled", "scheduled"]


def test_a_meeting_that_somebody_cancelled_stays_so_when_its_call_is_corrected_otherwise(campaign, caller):
    made = call(campaign, disposition="meeting_booked", meeting_at=now() + timedelta(days=2), caller=caller)
    change_meeting(meeting=made.meeting, to="cancelled", by=caller, reason="They called it off")

    amend(call=made, by=caller, reason="Longer", talk_seconds=60)

    assert Meeting.objects.get().status == "cancelled"


def test_of_a_past_day_every_field_reads_as_it_was_before_it_was_corrected(campaign, manager):
    made = call(campaign, started_at=now() - timedelta(hours=1))
    otherwise = {
        "direction": "inbound",
        "started_at": made.started_at - timedelta(minutes=7, microseconds=5),
        "talk_seconds": 95,
        "disposition": "callback_requested",
        "callback_at": now() + timedelta(days=9),
        "notes": "Ring again, they said; 100 % sure",
        "caller_name": "Agent 7",
    }
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        amend(call=made, by=manager, reason="Misheard", **otherwise)
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        amend(call=made, by=manager, reason="Again", **otherwise | {"notes": 'A "quoted" word', "talk_seconds": None})

    def read_on(days_later):
        day = campaign.workspace.today() + timedelta(days=days_later)
        return Call.objects.filter(pk=made.pk).as_of(campaign.workspace, day).values(*AMENDABLE).get()

    assert read_on(0) == {name: getattr(made, name) for name in AMENDABLE}
    assert read_on(1) == otherwise
    assert read_on(2) == otherwise | {"notes": 'A "quoted" word', "talk_seconds": None}
