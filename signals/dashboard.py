"""What a workspace's own pages gather from all apps: the dashboard, and the review that is printed and mailed."""

from datetime import datetime
from typing import Any

from django.utils.timezone import now

from calls.figures import Scope
from calls.metrics import day_counts, known_calls
from config.ui.asking import ask
from config.ui.periods import Period
from markets.models import Workspace
from signals.moving import moves
from signals.news import missed, news
from signals.saying import saying
from signals.side_by_side import side_by_side
from signals.weekly import weeks

MOST = 8
"""So many callbacks, signals and meetings are shown."""


def dashboard_of(workspace: Workspace, period: Period, since: datetime | None) -> dict[str, Any]:
    """Markets beside each other, Active campaigns, newest signals; and of now alone callbacks due and what is new."""
    active = workspace.campaigns.known(workspace, period.as_of).active().select_related("market").order_by("pk")
    callbacks = workspace.campaign_contacts.callback_due(now()).select_related("contact", "campaign")
    signals = workspace.signals.known(workspace, period.as_of).counted().select_related("contact")
    gathered = side_by_side(workspace, period, ask(active))
    new = news(workspace, since) if since and not period.as_of else None
    due, newest = ask(callbacks.order_by("callback_due_at")[:MOST]), ask(signals[:MOST])
    beside = gathered()
    return {
        "beside": beside,
        "news": new,
        "since": since,
        "weeks": weeks(Scope(workspace, period), day_counts(workspace, period), beside.last_day),
        "callbacks": due,
        "newest_signals": newest,
    }


def review_of(workspace: Workspace, period: Period) -> dict[str, Any]:
    """What a period came to, for paper and for the mail: the same numbers as the pages', from the same functions."""
    current = workspace.signals.known(workspace, period.as_of).counted().current()
    booked = known_calls(workspace, period).meetings()
    beside = side_by_side(workspace, period)()
    return {
        "beside": beside,
        "missed": None if period.as_of else missed(workspace, period),
        "weeks": weeks(Scope(workspace, period), day_counts(workspace, period), beside.last_day),
        "moves": moves(workspace, None, current, period),
        "said": saying(workspace, None, current),
        "booked": booked.select_related("contact", "campaign", "meeting").newest_first()[:MOST],
    }
