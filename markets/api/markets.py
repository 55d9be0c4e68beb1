"""Markets and their numbers."""

from typing import Self

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from calls.metrics.definitions import CONTACT_METRICS
from calls.metrics.row_metrics import with_metrics
from markets.api.endpoints import endpoint
from markets.api.paging import Id, Page, PageQuery, Text, filtered, page_of
from markets.api.periods import MetricsOut, PeriodQuery
from markets.api.tokens import ApiRequest
from markets.filters import MarketFilter
from markets.models import Market, Scope, Workspace
from markets.models.landscape import MarketQuerySet

router = Router(tags=["Markets"])


class MarketOut(Schema):
    id: int = Field(examples=[3])
    name: str = Field(examples=["M&A -- New York"])
    practice_area: str = Field(examples=["M&A"])
    geography: str = Field(examples=["New York"])
    seniority: str = Field(examples=["Partner"])
    firm_tier: str = Field(examples=["Am Law 100"])
    landscape: int = Field(description="People in the market, whether or not in a campaign.", examples=[420])
    metrics: MetricsOut

    @classmethod
    def of(cls, market: Market) -> Self:
        shown = {name: getattr(market, name) for name in ("id", "name", "practice_area", "geography", "seniority")}
        return cls(
            **shown,
            firm_tier=market.firm_tier,
            landscape=market.landscape,  # type: ignore[attr-defined]
            metrics=MetricsOut(**market.metrics),  # type: ignore[attr-defined]
        )


class MarketQuery(PageQuery, PeriodQuery):
    q: Text | None = Field(None, description="Words of the name.")


class MarketPage(Page):
    items: list[MarketOut]


@endpoint(router, "GET", "markets", scope=Scope.MARKETS_READ, answers=MarketPage)
def list_markets(request: ApiRequest, query: Query[MarketQuery]) -> MarketPage:
    """Lists markets with their numbers.

    Numbers are those of the page Markets, for any period and as of any past day. Without `from` and `to` they are of
    all time.
    """
    workspace = request.access.workspace
    rows = filtered(MarketFilter, _markets(workspace, query), {"q": query.q}, workspace)
    page, cursor = page_of(rows, query)
    return MarketPage(items=[MarketOut.of(market) for market in page], next_cursor=cursor)


@endpoint(router, "GET", "markets/{market_id}", scope=Scope.MARKETS_READ, answers=MarketOut)
def get_market(request: ApiRequest, market_id: Id, query: Query[PeriodQuery]) -> MarketOut:
    """Shows one market with its numbers."""
    return MarketOut.of(get_object_or_404(_markets(request.access.workspace, query), pk=market_id))


def _markets(workspace: Workspace, query: PeriodQuery) -> MarketQuerySet:
    period = query.period(workspace)
    existing = workspace.markets.as_of(workspace, period.as_of).with_landscape()
    return with_metrics(existing, workspace, period, CONTACT_METRICS)
