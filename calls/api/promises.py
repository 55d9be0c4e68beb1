"""What calls led to: meetings and callbacks."""

from datetime import date, datetime
from typing import Any, Self

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import is_naive, make_aware
from ninja import Query, Router, Schema
from pydantic import Field

from calls.derived.locks import lock_campaign
from calls.filters import CallbackFilter, MeetingFilter
from calls.log.meetings import MeetingConflict, MeetingRefused, change_meeting
from calls.metrics import callbacks
from calls.models import Meeting
from calls.models.meetings import MeetingQuerySet
from config.ui.api import Problem
from markets.api.endpoints import endpoint, json_response
from markets.api.paging import Id, Page, PageQuery, Text, filtered, page_of
from markets.api.responses import check_unchanged, etag_of, invalid
from markets.api.tokens import ApiRequest
from markets.models import AuditAction, Scope, Workspace
from markets.workspaces.audit import record_event

router = Router(tags=["Meetings and callbacks"])
BODY_FIELDS = {"to": "status", "at": "scheduled_at"}


class MeetingOut(Schema):
    id: int = Field(examples=[9])
    call: int = Field(description="The id of the call that booked it.", examples=[4711])
    campaign: int = Field(examples=[17])
    contact: int = Field(examples=[2001])
    scheduled_at: datetime | None = Field(description="null: still to be agreed.")
    status: str = Field(description="scheduled, held, no_show or cancelled.", examples=["scheduled"])
    full_name: str = Field(examples=["Ann Lee"])

    @classmethod
    def of(cls, meeting: Meeting) -> Self:
        return cls(
            **{name: getattr(meeting, name) for name in ("id", "scheduled_at", "status")},
            call=meeting.call_id,
            campaign=meeting.call.campaign_id,
            contact=meeting.call.contact_id,
            full_name=meeting.call.contact.full_name,
        )


class MeetingIn(Schema):
    """What became of a meeting, or its new time."""

    status: Text = Field(description="held, no_show, cancelled, or scheduled to move it.", examples=["held"])
    scheduled_at: datetime | None = Field(None, description="The new time, for scheduled only.")
    reason: Text = Field(
        "", max_length=500, description="Needed to cancel it, and to change an outcome that was recorded before."
    )


class CallbackOut(Schema):
    call: int = Field(description="The id of the call that promised it.", examples=[4711])
    campaign: int = Field(examples=[17])
    contact: int = Field(examples=[2001])
    callback_at: datetime
    state: str = Field(description="missed, due, upcoming, late, kept or released.", examples=["due"])
    full_name: str = Field(examples=["Ann Lee"])

    @classmethod
    def of(cls, call: Any) -> Self:
        return cls(
            call=call.pk,
            campaign=call.campaign_id,
            contact=call.contact_id,
            callback_at=call.callback_at,
            state=call.state,
            full_name=call.contact.full_name,
        )


class _ByDays(PageQuery):
    q: Text | None = Field(None, description="Words of the person.")
    campaign: Id | None = None
    first: date | None = Field(None, alias="from", description="The first day of the agreed time.")
    last: date | None = Field(None, alias="to", description="The last day of the agreed time.")


class MeetingQuery(_ByDays):
    status: Text | None = None
    since: datetime | None = Field(None, description="Booked after this moment.")
    as_of: date | None = Field(None, description="A past day: status and time as they were known at its end.")


class CallbackQuery(_ByDays):
    state: Text | None = Field(None, description="One state, or open, to_call, overdue, owed or all. Without it: open.")


class MeetingPage(Page):
    items: list[MeetingOut]


class CallbackPage(Page):
    items: list[CallbackOut]


@endpoint(router, "GET", "meetings", scope=Scope.CALLS_READ, answers=MeetingPage)
def list_meetings(request: ApiRequest, query: Query[MeetingQuery]) -> MeetingPage:
    """Lists meetings."""
    workspace = request.access.workspace
    rows = workspace.meetings.select_related("call__contact")
    page, cursor = page_of(filtered(MeetingFilter, rows, query.filters, workspace), query)
    return MeetingPage(items=[MeetingOut.of(meeting) for meeting in page], next_cursor=cursor)


@endpoint(router, "GET", "meetings/{meeting_id}", scope=Scope.CALLS_READ, answers=MeetingOut)
def get_meeting(request: ApiRequest, meeting_id: Id) -> MeetingOut:
    """Shows one meeting."""
    return MeetingOut.of(get_object_or_404(_meetings(request.access.workspace), pk=meeting_id))


@endpoint(
    router,
    "PATCH",
    "meetings/{meeting_id}",
    scope=Scope.MEETINGS_WRITE,
    answers=MeetingOut,
    refusals=(409, 412),
    takes_key=True,
    takes_etag=True,
    example={"status": "cancelled", "reason": "Took another job"},
)
def update_meeting(request: ApiRequest, meeting_id: Id, body: MeetingIn) -> HttpResponse:
    """Records what became of a meeting, or moves it.

    409: it is so already, or the call that booked it was taken back.
    """
    workspace = request.access.workspace
    at = body.scheduled_at
    with transaction.atomic():
        meeting = get_object_or_404(_meetings(workspace), pk=meeting_id)
        lock_campaign(meeting.call.campaign)
        meeting.refresh_from_db(fields=["status", "scheduled_at"])
        check_unchanged(request, MeetingOut.of(meeting))
        try:
            change_meeting(
                meeting=meeting,
                to=body.status,
                by=None,
                at=make_aware(at) if at and is_naive(at) else at,
                reason=body.reason,
            )
        except MeetingRefused as refused:
            raise invalid([(BODY_FIELDS.get(refused.code, refused.code), str(refused))]) from None
        except MeetingConflict as conflict:
            raise Problem(409, str(conflict)) from None
        summary = "Changed a meeting"
        record_event(
            workspace=workspace, user=None, action=AuditAction.MEETING_CHANGED, subject=meeting, summary=summary
        )
        shown = MeetingOut.of(_meetings(workspace).get(pk=meeting_id))
    return json_response(shown, etag=etag_of(shown.model_dump_json()))


def _meetings(workspace: Workspace) -> MeetingQuerySet:
    return workspace.meetings.select_related("call__contact", "call__campaign__workspace")


@endpoint(router, "GET", "callbacks", scope=Scope.CALLS_READ, answers=CallbackPage)
def list_callbacks(request: ApiRequest, query: Query[CallbackQuery]) -> CallbackPage:
    """Lists promises to call back."""
    workspace = request.access.workspace
    rows = callbacks.with_why_not(callbacks.with_state(workspace)).select_related("contact")
    page, cursor = page_of(filtered(CallbackFilter, rows, query.filters, workspace), query)
    return CallbackPage(items=[CallbackOut.of(call) for call in page], next_cursor=cursor)
