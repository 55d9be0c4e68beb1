"""Tells webhooks of callbacks that have come due. No request makes a callback due, so workers look for them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.timezone import now

from campaigns.models import CampaignContact
from config.db.advisory_locks import lock_exclusively
from markets.models import EventKind, Webhook, WebhookEvent
from markets.webhooks.publish import Fact, publish

LOOKS_BACK = timedelta(days=7)
"""How long after its time a callback is still told of, for example because its campaign was paused."""


def publish_due_callbacks() -> None:
    """Publishes each callback once, where a webhook wants them and is older than the callback's time."""
    since: dict[int, datetime] = {}
    for webhook in Webhook.objects.active():
        if EventKind.CALLBACK_DUE in webhook.kinds:
            since.setdefault(webhook.workspace_id, webhook.created_at)
    for workspace, created_at in since.items():
        with transaction.atomic():
            lock_exclusively("due_callbacks", workspace)  # so that two workers do not both tell of it
            if facts := list(_untold_facts(workspace, max(created_at, now() - LOOKS_BACK))):
                publish(workspace, {EventKind.CALLBACK_DUE: partial(list, facts)})


def _untold_facts(workspace: int, since: datetime) -> Iterator[Fact]:
    due = CampaignContact.objects.filter(workspace=workspace, callback_due_at__gt=since).callback_due(now())
    rows = due.order_by("callback_due_at", "pk").values_list("campaign", "contact", "callback_due_at")
    facts = {
        f"{campaign}:{contact}:{due_at.isoformat()}": {"campaign": campaign, "due_at": due_at.isoformat()}
        for campaign, contact, due_at in rows
        if due_at
    }
    told = WebhookEvent.objects.filter(workspace=workspace, kind=EventKind.CALLBACK_DUE, once_key__in=facts)
    known = set(told.values_list("once_key", flat=True))
    for key, data in facts.items():
        if key not in known:
            yield Fact(data, contact=int(key.split(":")[1]), once_key=key)
