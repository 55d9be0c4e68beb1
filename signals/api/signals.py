"""Signals: what was learnt on conversations."""

from datetime import date, datetime
from typing import Self

from ninja import Query, Router, Schema
from pydantic import Field

from markets.api.endpoints import endpoint
from markets.api.paging import Id, Page, PageQuery, Text, filtered, page_of
from markets.api.tokens import ApiRequest
from markets.models import Scope
from signals.filters import SignalFilter
from signals.models import Signal

router = Router(tags=["Signals"])


class SignalOut(Schema):
    id: int = Field(examples=[31])
    call: int = Field(description="The id of the call.", examples=[4711])
    contact: int = Field(description="The id of the person.", examples=[2001])
    type: str = Field(examples=["movement_state"])
    value: str = Field(examples=["Exploring"])
    evidence: str = Field(description="The words that were said.", examples=["I would listen to the right offer."])
    confidence: str = Field(examples=["high"])
    heard_at: datetime
    captured_at: datetime

    @classmethod
    def of(cls, signal: Signal) -> Self:
        names = ("id", "type", "value", "evidence", "confidence", "heard_at", "captured_at")
        return cls(**{name: getattr(signal, name) for name in names}, call=signal.call_id, contact=signal.contact_id)


class SignalQuery(PageQuery):
    q: Text | None = Field(None, description="Words of the person or what they said.")
    type: Text | None = Field(None, examples=["movement_state"])
    value: Text | None = Field(None, examples=["Exploring"])
    market: Id | None = None
    campaign: Id | None = None
    counted: bool | None = Field(None, description="true: only signals of counted calls.")
    current: bool | None = Field(None, description="true: only the newest of each type and person.")
    freshness: Text | None = Field(None, description="fresh, ageing or stale.")
    first: date | None = Field(None, alias="from", description="The first day on which they were heard.")
    last: date | None = Field(None, alias="to", description="The last day on which they were heard.")
    since: datetime | None = Field(None, description="Captured after this moment.")
    as_of: date | None = Field(None, description="A past day: what was known at its end.")


class SignalPage(Page):
    items: list[SignalOut]


@endpoint(router, "GET", "signals", scope=Scope.SIGNALS_READ, answers=SignalPage)
def list_signals(request: ApiRequest, query: Query[SignalQuery]) -> SignalPage:
    """Lists signals."""
    workspace = request.access.workspace
    signals = workspace.signals.select_related("call")
    page, cursor = page_of(filtered(SignalFilter, signals, query.filters, workspace), query)
    return SignalPage(items=[SignalOut.of(signal) for signal in page], next_cursor=cursor)
