"""Calls. They are sent to the endpoint that dialers use, `calls.views.api`."""

from datetime import date, datetime
from typing import Self

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from calls.filters import CallFilter
from calls.models import Call
from markets.api.endpoints import endpoint
from markets.api.paging import Id, Page, PageQuery, Text, filtered, page_of
from markets.api.tokens import ApiRequest
from markets.models import Scope

router = Router(tags=["Calls"])


class CallOut(Schema):
    id: int = Field(examples=[4711])
    call_id: str = Field(description="The dialer's own ID.", examples=["81-1"])
    campaign: int = Field(description="The id of its campaign.", examples=[17])
    contact: int = Field(description="The id of the person.", examples=[2001])
    direction: str = Field(description="outbound or inbound.", examples=["outbound"])
    started_at: datetime
    talk_seconds: int | None = Field(examples=[95])
    disposition: str = Field(description="Empty while the call is only planned.", examples=["meeting_booked"])
    notes: str = Field(examples=["Asked to be called after Easter."])
    caller: str = Field(description="The email of the user, or the dialer's name for who called.")
    callback_at: datetime | None
    recorded_at: datetime
    voided_at: datetime | None

    @classmethod
    def of(cls, call: Call) -> Self:
        names = ("id", "direction", "started_at", "talk_seconds", "disposition", "notes", "callback_at")
        return cls(
            **{name: getattr(call, name) for name in (*names, "recorded_at", "voided_at")},
            call_id=call.dialer_call_id,
            campaign=call.campaign_id,
            contact=call.contact_id,
            caller=call.caller.email if call.caller else call.caller_name,
        )


class CallQuery(PageQuery):
    q: Text | None = Field(None, description="Words of the person or the notes.")
    market: Id | None = None
    campaign: Id | None = None
    disposition: Text | None = Field(None, examples=["meeting_booked"])
    direction: Text | None = None
    counted: bool | None = Field(None, description="true: only counted calls, the basis of every metric.")
    conversation: bool | None = Field(None, description="true: only conversations.")
    state: Text | None = Field(None, description="standing, corrected or voided.")
    first: date | None = Field(None, alias="from", description="The first day on which they started.")
    last: date | None = Field(None, alias="to", description="The last day on which they started.")
    since: datetime | None = Field(None, description="Recorded after this moment.")
    as_of: date | None = Field(None, description="A past day: what was known at its end, before later corrections.")


class CallPage(Page):
    items: list[CallOut]


@endpoint(router, "GET", "calls", scope=Scope.CALLS_READ, answers=CallPage)
def list_calls(request: ApiRequest, query: Query[CallQuery]) -> CallPage:
    """Lists calls."""
    workspace = request.access.workspace
    calls = workspace.calls.select_related("caller")
    page, cursor = page_of(filtered(CallFilter, calls, query.filters, workspace), query)
    return CallPage(items=[CallOut.of(call) for call in page], next_cursor=cursor)


@endpoint(router, "GET", "calls/{call_id}", scope=Scope.CALLS_READ, answers=CallOut)
def get_call(request: ApiRequest, call_id: Id) -> CallOut:
    """Shows one call."""
    return CallOut.of(get_object_or_404(request.access.workspace.calls.select_related("caller"), pk=call_id))
