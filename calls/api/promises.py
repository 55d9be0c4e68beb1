"""What calls led to: meetings and callbacks."""

from datetime import date, datetime
from typing import Any, Self

from ninja import Query, Router, Schema
from pydantic import Field

from calls.filters import CallbackFilter, MeetingFilter
from calls.metrics import callbacks
from calls.models import Meeting
from markets.api.endpoints import endpoint
from markets.api.paging import Id, Page, PageQuery, Text, filtered, page_of
from markets.api.tokens import ApiRequest
from markets.models import Scope

router = Router(tags=["Meetings and callbacks"])


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


@endpoint(router, "GET", "callbacks", scope=Scope.CALLS_READ, answers=CallbackPage)
def list_callbacks(request: ApiRequest, query: Query[CallbackQuery]) -> CallbackPage:
    """Lists promises to call back."""
    workspace = request.access.workspace
    rows = callbacks.with_why_not(callbacks.with_state(workspace)).select_related("contact")
    page, cursor = page_of(filtered(CallbackFilter, rows, query.filters, workspace), query)
    return CallbackPage(items=[CallbackOut.of(call) for call in page], next_cursor=cursor)
