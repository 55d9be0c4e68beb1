"""Delivers what waits in the outbox: a thread of each worker, so that an import does not hold events up."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from threading import Event, Thread
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils.timezone import now

from config.db.encryption import UnreadableSecretError
from markets.models import Webhook, WebhookDelivery, WebhookEvent
from markets.webhooks import queue
from markets.webhooks.messages import body_of, headers_of
from markets.webhooks.notices import tell_managers
from markets.webhooks.sending import Answer, post

logger = logging.getLogger(__name__)
POLL_SECONDS = 1.0
TASK_SECONDS = 15.0
"""Between runs of the tasks, such as looking for callbacks that have come due."""
PRUNE_SECONDS = 3600.0
MOST_AT_ONCE = 32
MOST_FOR_ONE = 8
"""So that a slow receiver does not hold up the others."""
UNREADABLE = "No encryption key reads the secret of this webhook. Rotate it."
PRUNED_AT_ONCE = 5000
LONGEST_TRANSACTION = timedelta(hours=1)
"""Within which events may still be written for a webhook that was deleted meanwhile."""


class Courier:
    """Sends until it is stopped. `tasks` may publish events for which there is no moment in the code."""

    def __init__(self, tasks: Iterable[Callable[[], object]] = ()):
        self.tasks = list(tasks)
        self._running: dict[Future[Answer], WebhookDelivery] = {}
        self._tasks_at = self._pruned_at = float("-inf")
        self._stopped = Event()
        self._thread = Thread(target=self._go_on, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits for the answers of what was sent."""
        self._stopped.set()
        self._thread.join()

    def run_once(self) -> None:
        """Delivers all that may be sent now, and returns."""
        self._run_tasks()
        with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
            while self._send_due(pool) or self._running:
                self._collect()

    def _go_on(self) -> None:
        with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
            while not self._stopped.is_set():
                close_old_connections()
                try:
                    self._run_tasks()
                    if not self._send_due(pool) and not self._running:
                        self._stopped.wait(POLL_SECONDS)
                    self._collect()
                except (DatabaseError, InterfaceError) as error:
                    logger.warning("Events could not be delivered (%s); trying again.", error)
                    self._stopped.wait(POLL_SECONDS)
                except Exception:
                    logger.exception("Events could not be delivered; trying again.")
                    self._stopped.wait(POLL_SECONDS)
            while self._running:
                self._collect()
        connection.close()

    def _run_tasks(self) -> None:
        if monotonic() - self._tasks_at >= TASK_SECONDS:
            self._tasks_at = monotonic()
            for task in self.tasks:
                task()
        if monotonic() - self._pruned_at >= PRUNE_SECONDS:
            self._pruned_at = monotonic()
            prune()

    def _send_due(self, pool: ThreadPoolExecutor) -> int:
        """Returns how many deliveries were taken."""
        taken, busy = 0, Counter(each.webhook_id for each in self._running.values())
        for webhook in Webhook.objects.active().with_due_deliveries().order_by("?"):  # none is always the last
            free = min(MOST_AT_ONCE - len(self._running), MOST_FOR_ONE - busy[webhook.pk])
            for delivery in queue.claim(webhook, free) if free > 0 else ():
                self._running[pool.submit(_send, webhook, delivery.event)] = delivery
                taken += 1
        return taken

    def _collect(self) -> None:
        """Stores the answers that have come, and waits a moment for one. What cannot be stored is sent again."""
        done, _ = wait(self._running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            delivery = self._running.pop(future)
            if stopped := queue.record(delivery, future.result()):
                tell_managers(delivery.webhook_id, stopped)


def _send(webhook: Webhook, event: WebhookEvent) -> Answer:
    """In a thread of the pool, without queries."""
    body = body_of(event)
    try:
        headers = headers_of(webhook, event, body)
    except UnreadableSecretError:
        return Answer(problem=UNREADABLE)
    return post(webhook.url, body.encode(), headers)


def prune() -> None:
    """Deletes events and their deliveries that are older than WEBHOOK_LOG_DAYS, delivered or not, and webhooks that
    managers deleted, with all their deliveries."""
    before = now() - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    old = WebhookEvent.objects.filter(happened_at__lt=before)
    while ids := list(old.values_list("pk", flat=True)[:PRUNED_AT_ONCE]):
        WebhookDelivery.objects.filter(event__in=ids).delete()
        WebhookEvent.objects.filter(pk__in=ids).delete()
    for webhook in Webhook.objects.filter(deleted_at__lt=now() - LONGEST_TRANSACTION):
        deliveries = WebhookDelivery.objects.of_webhook(webhook)
        while ids := list(deliveries.values_list("pk", flat=True)[:PRUNED_AT_ONCE]):
            deliveries.filter(pk__in=ids).delete()
        webhook.delete()
