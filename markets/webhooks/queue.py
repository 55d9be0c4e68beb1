"""The outbox as a queue: which deliveries may be sent now, and what follows from an attempt.

Of the deliveries to one webhook with the same `order_key` only the oldest that waits may be sent. A worker leases what
it takes by moving `due_at`; if it dies, the lease runs out and another sends the same again. So each event is delivered
at least once, and never before an earlier one of the same person was delivered or given up.
"""

import random
from datetime import timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.timezone import now

from markets.models import Webhook, WebhookDelivery
from markets.models.webhooks import DeliveryState, WebhookDeliveryQuerySet, WebhookState
from markets.webhooks.sending import Answer

LEASE = timedelta(seconds=60)
"""Longer than any attempt takes."""
RETRY_AFTER = [
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5)),
    *(timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24)),
]
"""Between attempts, as Standard Webhooks suggests; the sum is more than three days."""
JITTER = 0.1
"""Each wait is longer by up to this share, so that not all that failed together is sent together again."""
GIVES_UP_AFTER = timedelta(days=5)
"""A webhook that has failed for so long is stopped."""
GONE = 410
"""The status by which a receiver says that it wants nothing more."""


def claim(webhook: Webhook, most: int) -> list[WebhookDelivery]:
    """Leases up to so many deliveries that may be sent now, each of another person.

    A subquery with LIMIT is answered by an index for each row, in the order of `due_at`, until enough are found. NOT
    EXISTS is planned as a join instead, which read all that waits each time.
    """
    deliveries = WebhookDelivery.objects.of_webhook(webhook).waiting()
    oldest = deliveries.filter(order_key=OuterRef("order_key")).order_by("pk").values("pk")[:1]
    may_be_sent = deliveries.filter(pk=Subquery(oldest), due_at__lte=now())
    with transaction.atomic():
        locked = may_be_sent.select_for_update(of=("self",), skip_locked=True)
        claimed = list(locked.select_related("event").order_by("due_at")[:most])
        leased = WebhookDelivery.objects.of_webhook(webhook).filter(pk__in=[each.pk for each in claimed])
        leased.update(due_at=now() + LEASE, attempts=F("attempts") + 1)
    for each in claimed:
        each.attempts += 1
    return claimed


@transaction.atomic
def record(delivery: WebhookDelivery, answer: Answer) -> WebhookState | None:
    """Stores the outcome of an attempt. Returns the state in which the webhook was stopped because of it, if it was.

    Does nothing if the lease was lost: another worker has made the next attempt since.
    """
    webhook = Webhook.objects.get(workspace=delivery.workspace_id, pk=delivery.webhook_id)
    own = WebhookDelivery.objects.of_webhook(webhook).waiting().filter(pk=delivery.pk, attempts=delivery.attempts)
    due_at, state = now(), DeliveryState.DELIVERED
    if not answer.is_success:
        has_more = delivery.attempts <= len(RETRY_AFTER)
        state = DeliveryState.WAITING if has_more else DeliveryState.FAILED
        due_at += _wait(delivery.attempts, answer) if has_more else timedelta()
    stored = own.update(
        state=state,
        due_at=due_at,
        attempted_at=now(),
        status_code=answer.status,
        answer=answer.text,
        problem=answer.problem,
    )
    if not stored:
        return None
    if state == DeliveryState.WAITING:
        _later_ones(webhook, delivery).filter(due_at__lt=due_at).update(due_at=due_at)  # nobody looks at them before
    elif delivery.attempted_at:  # an earlier attempt has put them off
        _later_ones(webhook, delivery).filter(due_at__gt=due_at).update(due_at=due_at)
    return _note_health(webhook, answer)


def _wait(attempts: int, answer: Answer) -> timedelta:
    """As long as the receiver asked for, but not less than our own wait: or all attempts could be used up at once."""
    wait = RETRY_AFTER[attempts - 1] * random.uniform(1, 1 + JITTER)  # noqa: S311 - no secret
    return max(wait, answer.retry_after or timedelta())


def _later_ones(webhook: Webhook, delivery: WebhookDelivery) -> WebhookDeliveryQuerySet:
    waiting = WebhookDelivery.objects.of_webhook(webhook).waiting()
    return waiting.with_order_keys([delivery.order_key]).filter(pk__gt=delivery.pk)


def _note_health(webhook: Webhook, answer: Answer) -> WebhookState | None:
    own = Webhook.objects.filter(workspace=webhook.workspace_id, pk=webhook.pk)
    if answer.is_success:
        if webhook.failing_since:
            own.update(failing_since=None)
        return None
    if webhook.failing_since is None:
        own.filter(failing_since=None).update(failing_since=now())
    if answer.retry_after:
        own.update(paused_until=now() + answer.retry_after)
    reason = None
    if answer.status == GONE:
        reason = WebhookState.GONE
    elif webhook.failing_since and now() - webhook.failing_since >= GIVES_UP_AFTER:
        reason = WebhookState.FAILING
    return reason if reason and own.filter(state=WebhookState.ACTIVE).update(state=reason) else None


def make_due(webhook: Webhook) -> None:
    """What waits for another attempt is sent at once. What may be on its way at this moment stays leased."""
    waiting = WebhookDelivery.objects.of_webhook(webhook).waiting()
    waiting.filter(due_at__gt=now() + LEASE).update(due_at=now())


def replay(deliveries: WebhookDeliveryQuerySet) -> int:
    """Lets deliveries be sent again at once, from their first attempt, and returns their number.

    Leaves out those that wait for their first attempt or may be on their way at this moment.
    """
    may_be_on_its_way = {"state": DeliveryState.WAITING, "due_at__lte": now() + LEASE}
    chosen = deliveries.exclude(**may_be_on_its_way)
    return chosen.update(state=DeliveryState.WAITING, attempts=0, due_at=now(), problem="")
