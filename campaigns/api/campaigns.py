"""Campaigns with their numbers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from calls.metrics.definitions import CONTACT_METRICS
from calls.metrics.row_metrics import set_metrics
from campaigns.filters import CampaignFilter
from campaigns.models import Campaign
from config.ui.periods import Period
from markets.api.endpoints import endpoint
from markets.api.paging import Id, Page, PageQuery, Text, filtered, page_of
from markets.api.periods import MetricsOut, PeriodQuery
from markets.api.tokens import ApiRequest
from markets.models import Scope, Workspace

router = Router(tags=["Campaigns"])


class CampaignOut(Schema):
    id: int = Field(examples=[17])
    market: int = Field(description="The id of its market.", examples=[3])
    name: str = Field(examples=["Spring"])
    kind: str = Field(examples=["validation"])
    status: str = Field(description="draft, active, paused or completed, as it is now.", examples=["active"])
    starts_on: date | None
    ends_on: date | None
    brief: str = Field(examples=["Partners who may move this year."])
    created_at: datetime
    metrics: MetricsOut

    @classmethod
    def all_of(cls, campaigns: Sequence[Campaign], workspace: Workspace, period: Period) -> list[Self]:
        set_metrics(campaigns, workspace, period, CONTACT_METRICS)
        names = ("id", "name", "kind", "status", "starts_on", "ends_on", "brief", "created_at")
        return [
            cls(
                **{name: getattr(campaign, name) for name in names},
                market=campaign.market_id,
                metrics=MetricsOut(**campaign.metrics),  # type: ignore[attr-defined]
            )
            for campaign in campaigns
        ]


class CampaignQuery(PageQuery, PeriodQuery):
    q: Text | None = Field(None, description="Words of the name.")
    status: Text | None = Field(None, description="draft, active, paused or completed.")
    kind: Text | None = None
    market: Id | None = None
    tag: Id | None = None


class CampaignPage(Page):
    items: list[CampaignOut]


@endpoint(router, "GET", "campaigns", scope=Scope.CAMPAIGNS_READ, answers=CampaignPage)
def list_campaigns(request: ApiRequest, query: Query[CampaignQuery]) -> CampaignPage:
    """Lists campaigns with their numbers.

    Numbers are those of the page Campaigns, for any period and as of any past day. Without `from` and `to` they are of
    all time.
    """
    workspace = request.access.workspace
    period = query.period(workspace)
    chosen = query.model_dump(include={"q", "status", "kind", "market", "tag"})
    rows = filtered(CampaignFilter, workspace.campaigns.as_of(workspace, period.as_of), chosen, workspace)
    page, cursor = page_of(rows, query)
    return CampaignPage(items=CampaignOut.all_of(page, workspace, period), next_cursor=cursor)


@endpoint(router, "GET", "campaigns/{campaign_id}", scope=Scope.CAMPAIGNS_READ, answers=CampaignOut)
def get_campaign(request: ApiRequest, campaign_id: Id, query: Query[PeriodQuery]) -> CampaignOut:
    """Shows one campaign with its numbers."""
    workspace = request.access.workspace
    period = query.period(workspace)
    campaign = get_object_or_404(workspace.campaigns.as_of(workspace, period.as_of), pk=campaign_id)
    return CampaignOut.all_of([campaign], workspace, period)[0]
