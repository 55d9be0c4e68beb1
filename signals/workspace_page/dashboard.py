"""The contexts of the dashboard and of the printed and mailed review, gathered from all apps."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import now

from calls.callbacks.owed import owed_count
from calls.metrics.by_market import CallTotals, attach_metrics, call_totals_by_campaign, member_counts
from calls.metrics.definitions import counted_calls
from calls.metrics.goals import plans_needing_attention
from calls.metrics.presentation import Scope
from campaigns.living import waiting_in
from campaigns.models import Campaign, CampaignContact
from config.ui.periods import Period
from markets.models import Role, Workspace
from signals.findings.facts import call_counts
from signals.findings.page import workspace_findings
from signals.market_page.current_breakdown import current_breakdown
from signals.market_page.market_comparison import compare_markets, most_called
from signals.market_page.movement import moves
from signals.market_page.weekly_chart import weeks
from signals.models import Signal
from signals.workspace_page.whats_new import missed, news

MAX_ROWS = 8
"""The number of callbacks, signals, meetings and campaigns shown."""


def callbacks_due(workspace: Workspace, moment: datetime) -> QuerySet[CampaignContact, CampaignContact]:
    """The callbacks that are due, earliest first."""
    members = workspace.campaign_contacts.callback_due(moment).select_related("contact", "campaign__market")
    return members.order_by("callback_due_at")[:MAX_ROWS]


def active_campaigns(workspace: Workspace, period: Period) -> QuerySet[Campaign, Campaign]:
    return workspace.campaigns.as_of(workspace, period.as_of).active().select_related("market").order_by("pk")


def newest_signals(workspace: Workspace, period: Period) -> QuerySet[Signal, Signal]:
    signals = workspace.signals.as_of(workspace, period.as_of).counted()
    return signals.select_related("contact")[:MAX_ROWS]


def dashboard_context(
    workspace: Workspace, period: Period, since: datetime | None, role: Role = Role.VIEWER
) -> dict[str, Any]:
    """The dashboard for a period. Callbacks due are as of now; `news` since a moment is None as of a past day. The
    reader has the role `role`."""
    call_totals, members = call_totals_by_campaign(workspace, period), member_counts(workspace, period)
    active = most_called(active_campaigns(workspace, period.all_days), call_totals.by_campaign)
    markets = list(workspace.markets.as_of(workspace, period.as_of))
    before = period.before()
    counts = call_counts(workspace, period, before) if before else None
    current = workspace.signals.as_of(workspace, period.as_of).current_and_counted()
    page: dict[str, Any] = {
        "findings": workspace_findings(workspace, markets, period, counts, current, role),
        "callbacks": callbacks_due(workspace, now()),
        "owed": 0 if period.as_of else owed_count(workspace),
        "living": None if period.as_of else waiting_in(workspace),
        "newest_signals": newest_signals(workspace, period.all_days),
        "since": since,
        "news": news(workspace, since) if since and not period.as_of else None,
        "weeks": weeks(Scope(workspace, period), call_totals.last_day),
        "campaigns": active[:MAX_ROWS],
        "plans": [] if period.as_of else plans_needing_attention(workspace, active),
    }
    attach_metrics(page["campaigns"], call_totals, members)
    earlier = CallTotals({}, counts.before, counts.all_before, None) if counts else None
    return page | {"comparison": compare_markets(workspace, period, call_totals, members, markets, earlier)}


def review_context(workspace: Workspace, period: Period) -> dict[str, object]:
    """The review of a period. Its numbers come from the same functions as those of the pages."""
    current = workspace.signals.as_of(workspace, period.as_of).current_and_counted()
    booked = counted_calls(workspace, period).meetings()
    call_totals, members = call_totals_by_campaign(workspace, period), member_counts(workspace, period)
    markets = list(workspace.markets.as_of(workspace, period.as_of))
    return {
        "comparison": compare_markets(workspace, period, call_totals, members, markets),
        "missed": None if period.as_of else missed(workspace, period),
        "weeks": weeks(Scope(workspace, period), call_totals.last_day),
        "moves": moves(workspace, None, current, period),
        "breakdown": current_breakdown(workspace, None, current),
        "booked": booked.select_related("contact", "campaign", "meeting").newest_first()[:MAX_ROWS],
    }
