"""What becomes of a meeting: one step at a time, kept with who and why."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime, now

from calls.forms import MeetingForm
from calls.log.meetings import MeetingConflict, MeetingRefused, change_meeting
from calls.log.services import void
from calls.models import CampaignDay, Meeting, MeetingChange
from tests.factories import booked
from tests.reading import metric


@pytest.fixture
def meeting(campaign, caller):
    """It was to be an hour ago."""
    return booked(campaign, caller=caller)


def list_of(client, **query):
    return client.get(reverse("meetings:list", args=["acme"]), query)


def version_of(meeting):
    return MeetingForm(meeting=meeting)["version"].value()


def change_url(meeting):
    return reverse("meetings:change", args=["acme", meeting.pk])


@pytest.mark.parametrize("to", ["held", "no_show", "cancelled"])
def test_what_became_of_a_meeting_is_kept_with_who_and_why(meeting, caller, to):
    change_meeting(meeting=meeting, to=to, by=caller, reason="He said so")

    meeting.refresh_from_db()
    stored = MeetingChange.objects.get()
    assert meeting.status == to
    assert (stored.from_status, stored.to_status, stored.changed_by, stored.reason) == (
        "scheduled",
        to,
        caller,
        "He said so",
    )
    assert stored.from_time == stored.to_time == meeting.scheduled_at


def test_a_meeting_is_moved_to_another_time(meeting, caller):
    before, later = meeting.scheduled_at, now() + timedelta(days=3)

    change_meeting(meeting=meeting, to="scheduled", at=later, by=caller)

    meeting.refresh_from_db()
    stored = MeetingChange.objects.get()
    assert (meeting.status, meeting.scheduled_at) == ("scheduled", later)
    assert (stored.from_time, stored.to_time) == (before, later)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("to", {"to": "postponed"}),
        ("reason", {"to": "cancelled"}),
        ("reason", {"to": "cancelled", "reason": "  "}),
        ("reason", {"to": "held", "reason": "x" * 501}),
        ("at", {"to": "scheduled"}),
        ("at", {"to": "scheduled", "at": now() - timedelta(days=9)}),
        ("at", {"to": "scheduled", "at": now() + timedelta(days=365 * 300)}),
    ],
)
def test_what_is_missing_or_cannot_be_is_refused_and_nothing_changes(meeting, caller, code, change):
    with pytest.raises(MeetingRefused) as refused:
        change_meeting(meeting=meeting, by=caller, **change)

    assert refused.value.code == code
    assert not MeetingChange.objects.exists()
    assert Meeting.objects.get().status == "scheduled"


@pytest.mark.parametrize("to", ["held", "no_show"])
@pytest.mark.parametrize(
    ("at", "words"), [(timedelta(days=1), "which has not come"), (None, "This meeting has no time yet")]
)
def test_a_meeting_that_has_not_come_was_neither_held_nor_missed(campaign, caller, to, at, words):
    with pytest.raises(MeetingRefused, match=words):
        change_meeting(meeting=booked(campaign, at=at), to=to, by=caller)


def test_to_move_a_meeting_to_its_own_time_is_no_move(meeting, caller):
    with pytest.raises(MeetingRefused, match="already"):
        change_meeting(meeting=meeting, to="scheduled", at=meeting.scheduled_at, by=caller)


def test_an_outcome_is_changed_with_a_reason_only(meeting, caller):
    change_meeting(meeting=meeting, to="held", by=caller)

    with pytest.raises(MeetingRefused, match="the meeting is Held now"):
        change_meeting(meeting=meeting, to="no_show", by=caller)
    change_meeting(meeting=meeting, to="no_show", by=caller, reason="It was another one")

    assert Meeting.objects.get().status == "no_show"


def test_whoever_decides_on_what_they_no_longer_see_hears_what_it_is(as_caller, meeting, manager):
    posted = {"to": "held", "version": version_of(meeting)}
    change_meeting(meeting=meeting, to="cancelled", by=manager, reason="She is ill")

    answer = as_caller.post(change_url(meeting), posted)

    assert answer.status_code == 409
    assert re.search(r"The meeting is Cancelled since .* by .*\(She is ill\)", answer.content.decode())
    assert Meeting.objects.get().status == "cancelled"


def test_the_same_outcome_twice_is_a_conflict(meeting, caller):
    change_meeting(meeting=meeting, to="held", by=caller)

    with pytest.raises(MeetingConflict, match="already"):
        change_meeting(meeting=meeting, to="held", by=caller)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time.")
def test_of_two_who_decide_at_once_one_wins(meeting, caller):
    version, barrier, outcomes = version_of(meeting), Barrier(2), []

    def decide(client, to):
        barrier.wait()
        try:
            posted = {"to": to, "reason": "So it was", "version": version}
            outcomes.append(client.post(change_url(meeting), posted).status_code)
        finally:
            connection.close()

    clients = [Client(), Client()]
    for each in clients:
        each.force_login(caller)
    threads = [Thread(target=decide, args=each) for each in zip(clients, ("held", "cancelled"), strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(outcomes) == [302, 409]
    assert MeetingChange.objects.count() == 1


def test_a_cancelled_meeting_never_lowers_meetings_booked(as_viewer, campaign, meeting, caller):
    def booked_now():
        page = as_viewer.get(reverse("campaigns:detail", args=["acme", campaign.pk]))
        return metric(page, "meetings_booked", f"campaign:{campaign.pk}")

    assert booked_now() == 1

    change_meeting(meeting=meeting, to="cancelled", by=caller, reason="She is ill")

    assert booked_now() == 1
    assert CampaignDay.objects.get().meeting_count == 1


def test_the_meeting_of_a_voided_call_is_cancelled_and_stays_so(as_manager, meeting, manager):
    void(call=meeting.call, by=manager, reason="Logged twice")

    page = as_manager.get(reverse("meetings:detail", args=["acme", meeting.pk])).content.decode()
    answer = as_manager.post(change_url(meeting), {"to": "held", "reason": "It was held"})

    assert "The call that booked this meeting was voided" in page
    assert "Logged twice" in page
    assert answer.status_code == 409
    assert "stays Cancelled" in answer.content.decode()
    assert Meeting.objects.get().status == "cancelled"


def test_a_caller_says_on_the_page_what_became_of_it(as_caller, meeting, caller):
    page = as_caller.get(reverse("meetings:detail", args=["acme", meeting.pk])).content.decode()
    assert f'value="{version_of(meeting)}"' in page

    answer = as_caller.post(change_url(meeting), {"to": "held", "version": version_of(meeting)}, follow=True)

    assert f"The meeting with {meeting.call.contact} is Held." in answer.content.decode()
    assert MeetingChange.objects.get().changed_by == caller


def test_the_new_time_is_read_in_the_zone_of_the_workspace(as_caller, meeting):
    later = localtime(now() + timedelta(days=2), meeting.workspace.zone).replace(second=0, microsecond=0)

    moved = {"to": "scheduled", "at": f"{later:%Y-%m-%dT%H:%M}", "version": version_of(meeting)}
    as_caller.post(change_url(meeting), moved)

    assert Meeting.objects.get().scheduled_at == later


@pytest.mark.parametrize(
    ("posted", "status", "words"),
    [
        ({}, 400, "Say what became of the meeting."),
        ({"to": "cancelled"}, 400, "Say why"),
        ({"to": "scheduled", "at": "9999-12-31T23:59"}, 400, "check the year"),
        ({"to": "held", "version": "to=held"}, 409, "which is not what you saw"),
    ],
)
def test_a_refusal_is_said_on_the_page(as_caller, meeting, posted, status, words):
    answer = as_caller.post(change_url(meeting), {"version": version_of(meeting)} | posted)

    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert not MeetingChange.objects.exists()


def test_meetings_are_found_by_status_time_campaign_and_moves(as_viewer, campaign, meeting, caller):
    upcoming = booked(campaign, at=timedelta(days=2))
    agreed = booked(campaign, at=None)
    change_meeting(meeting=agreed, to="scheduled", at=now() + timedelta(days=1), by=caller)
    change_meeting(meeting=upcoming, to="scheduled", at=now() + timedelta(days=9), by=caller)
    change_meeting(meeting=meeting, to="no_show", by=caller)

    assert metric(list_of(as_viewer), "rows") == 3
    assert metric(list_of(as_viewer, status="no_show"), "rows") == 1
    assert metric(list_of(as_viewer, campaign=campaign.pk), "rows") == 3
    assert metric(list_of(as_viewer, moved="yes"), "rows") == 1, "a first time that is agreed is no move"
    day = campaign.workspace.day_of(now() + timedelta(days=9)).isoformat()
    assert metric(list_of(as_viewer, **{"from": day}), "rows") == 1


@pytest.mark.parametrize("becomes", [{"to": "held"}, {"to": "scheduled", "at": timedelta(days=20)}])
def test_the_list_of_a_past_day_has_the_meetings_as_they_were(as_viewer, campaign, caller, becomes):
    long_ago, last_week = now() - timedelta(days=20), localtime(now() - timedelta(days=7)).date().isoformat()
    stored = booked(campaign, caller=caller)
    Meeting.objects.filter(pk=stored.pk).update(created_at=long_ago)
    booked(campaign, caller=caller)
    then = list_of(as_viewer, as_of=last_week, _export="csv").getvalue()
    change_meeting(
        meeting=stored, by=caller, **becomes | {name: now() + at for name, at in becomes.items() if name == "at"}
    )

    page = list_of(as_viewer, as_of=last_week, status="scheduled", moved="no")

    assert metric(page, "rows") == 1
    assert "As of: " in page.content.decode()
    assert ">moved<" not in page.content.decode()
    assert list_of(as_viewer, as_of=last_week, _export="csv").getvalue() == then
    assert metric(list_of(as_viewer, as_of=last_week, status="held"), "rows") == 0
    assert metric(list_of(as_viewer), "rows") == 2


@pytest.mark.parametrize("sort", ["scheduled_at", "-contact", "firm", "campaign", "status", "caller"])
def test_the_list_is_sorted_by_each_column(as_viewer, meeting, sort):
    page = list_of(as_viewer, sort=sort)

    assert "There is no column" not in page.content.decode()
    assert str(meeting.call.contact) in page.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_export_has_what_the_filter_shows(as_viewer, campaign, meeting, kind):
    booked(campaign, at=timedelta(days=2))

    answer = list_of(as_viewer, status="scheduled", _export=kind)

    assert answer.status_code == 200
    body = answer.getvalue()
    if kind == "csv":
        assert len(body.decode().splitlines()) == 3
        assert str(meeting.call.contact) in body.decode()
