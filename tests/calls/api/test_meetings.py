"""What became of a meeting, over the API: by the rules of its page."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls.log.services import void
from calls.models import Meeting
from markets.models import AuditAction
from tests.factories import booked
from tests.markets.api.clients import api_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def crm(workspace):
    return api_client(workspace)


@pytest.fixture
def meeting(campaign):
    return booked(campaign, at=timedelta(days=2))


def change(crm, meeting, body, **headers):
    return crm.request("PATCH", f"meetings/{meeting.pk}", body, **headers)


def test_a_meeting_is_moved_and_cancelled(crm, meeting):
    at = (now() + timedelta(days=4)).replace(microsecond=0)

    moved = change(crm, meeting, {"status": "scheduled", "scheduled_at": at.isoformat()})
    cancelled = change(crm, meeting, {"status": "cancelled", "reason": "Took another job"})

    assert (moved.status_code, cancelled.status_code) == (200, 200)
    assert cancelled.json() == moved.json() | {"status": "cancelled"}
    assert cancelled["ETag"] == crm.get(f"meetings/{meeting.pk}")["ETag"]
    meeting.refresh_from_db()
    assert (meeting.status, meeting.scheduled_at) == ("cancelled", at)
    assert [each.reason for each in meeting.changes.all()] == ["", "Took another job"]


def test_a_time_without_an_offset_is_the_workspaces(crm, workspace, meeting):
    workspace.timezone = "Asia/Tokyo"
    workspace.save()
    day = workspace.today() + timedelta(days=9)

    change(crm, meeting, {"status": "scheduled", "scheduled_at": f"{day}T10:00:00"})

    meeting.refresh_from_db()
    assert meeting.scheduled_at.astimezone(workspace.zone).strftime("%Y-%m-%d %H:%M") == f"{day} 10:00"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "held"}, "scheduled_at"),
        ({"status": "cancelled"}, "reason"),
        ({"status": "scheduled"}, "scheduled_at"),
        ({"status": "scheduled", "scheduled_at": "2001-01-01T10:00:00Z"}, "scheduled_at"),
        ({"status": "scheduled", "scheduled_at": "9999-12-31T23:59:59-14:00"}, "scheduled_at"),
        ({"status": "lost"}, "status"),
        ({}, "status"),
    ],
)
def test_what_its_page_refuses_is_refused(crm, meeting, body, field):
    answer = change(crm, meeting, body)

    assert answer.status_code == 422
    assert [each["field"].removeprefix("body.") for each in answer.json()["errors"]] == [field]
    assert not meeting.changes.exists()


def test_a_meeting_whose_call_was_taken_back_stays_cancelled(crm, meeting, manager):
    void(call=meeting.call, by=manager, reason="Mistake")

    answer = change(crm, meeting, {"status": "scheduled", "scheduled_at": (now() + timedelta(days=3)).isoformat()})

    assert answer.status_code == 409
    assert Meeting.objects.get().status == "cancelled"


def test_nothing_is_changed_unless_the_meeting_is_as_it_was_read(crm, meeting):
    etag = crm.get(f"meetings/{meeting.pk}")["ETag"]
    at = (now() + timedelta(days=5)).isoformat()

    first = change(crm, meeting, {"status": "scheduled", "scheduled_at": at}, **{"If-Match": f"W/{etag}"})
    second = change(crm, meeting, {"status": "cancelled", "reason": "Ill"}, **{"If-Match": etag})

    assert (first.status_code, second.status_code) == (200, 412)
    assert Meeting.objects.get().status == "scheduled"


def test_a_request_with_a_key_is_done_once(crm, meeting):
    body = {"status": "cancelled", "reason": "Ill"}
    answers = [change(crm, meeting, body, **{"Idempotency-Key": "a"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert change(crm, meeting, body).status_code == 409
    assert meeting.changes.count() == 1


def test_the_audit_log_names_the_token_and_the_meeting(crm, workspace, meeting, as_manager):
    change(crm, meeting, {"status": "cancelled", "reason": "Ill"})

    event = workspace.audit_events.get(action=AuditAction.MEETING_CHANGED)
    assert (event.subject_kind, event.subject_id) == ("meeting", meeting.pk)
    page = as_manager.get("/w/acme/audit/?action=meeting_changed").content.decode()
    assert str(workspace.api_tokens.get()) in page
    assert f"/meetings/{meeting.pk}/" in page
