"""What a workspace's own pages gather from all apps: the dashboard, and the review that is printed and mailed."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import now

from calls.metrics.by_market import flows_in, measure
from calls.metrics.definitions import known_calls
from calls.metrics.presentation import Scope
from campaigns.models import Campaign, CampaignContact
from config.ui.periods import Period
from markets.models import Workspace
from signals.market_page.current_breakdown import saying
from signals.market_page.market_comparison import most_called, side_by_side
from signals.market_page.movement import moves
from signals.market_page.weekly_chart import weeks
from signals.models import Signal
from signals.workspace_page.whats_new import missed, news

MOST = 8
"""So many callbacks, signals, meetings and campaigns are shown."""


def callbacks_due(workspace: Workspace, moment: datetime) -> QuerySet[CampaignContact, CampaignContact]:
    """Those that were promised first."""
    members = workspace.campaign_contacts.callback_due(moment).select_related("contact", "campaign")
    return members.order_by("callback_due_at")[:MOST]


def active_campaigns(workspace: Workspace, period: Period) -> QuerySet[Campaign, Campaign]:
    return workspace.campaigns.as_of(workspace, period.as_of).active().select_related("market").order_by("pk")


def newest_signals(workspace: Workspace, period: Period) -> QuerySet[Signal, Signal]:
    signals = workspace.signals.as_of(workspace, period.as_of).counted()
    return signals.select_related("contact")[:MOST]


def dashboard_of(workspace: Workspace, period: Period, since: datetime | None) -> dict[str, Any]:
    """Markets beside each other, Active campaigns, newest signals; and of now alone callbacks due and what is new."""
    flows = flows_in(workspace, period)
    active = active_campaigns(workspace, period.all_days)
    markets = list(workspace.markets.as_of(workspace, period.as_of))
    page: dict[str, Any] = {
        "callbacks": callbacks_due(workspace, now()),
        "newest_signals": newest_signals(workspace, period.all_days),
        "since": since,
        "news": news(workspace, since) if since and not period.as_of else None,
        "weeks": weeks(Scope(workspace, period), flows.last_day),
        "campaigns": most_called(active, flows.by_campaign)[:MOST],
    }
    measure(workspace, period, page["campaigns"], flows)
    return page | {"beside": side_by_side(workspace, period, flows, markets)}


def review_of(workspace: Workspace, period: Period) -> dict[str, Any]:
    """What a period came to, for paper and for the mail: the same numbers as the pages', from the same functions."""
    current = workspace.signals.as_of(workspace, period.as_of).counted().current()
    booked = known_calls(workspace, period).meetings()
    flows, markets = flows_in(workspace, period), workspace.markets.as_of(workspace, period.as_of)
    return {
        "beside": side_by_side(workspace, period, flows, list(markets)),
        "missed": None if period.as_of else missed(workspace, period),
        "weeks": weeks(Scope(workspace, period), flows.last_day),
        "moves": moves(workspace, None, current, period),
        "said": saying(workspace, None, current),
        "booked": booked.select_related("contact", "campaign", "meeting").newest_first()[:MOST],
    }
