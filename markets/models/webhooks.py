from collections.abc import Collection
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.db.composite_keys import WorkspaceForeignKey, same_workspace
from config.db.workspace_model import WorkspaceModel
from markets.models.landscape import Contact
from markets.models.workspaces import Workspace

MOST_OF_ANSWER = 500
"""How many characters of a receiver's answer are kept."""


class EventKind(models.TextChoices):
    """What a webhook can be told. The values are part of the public interface (docs/how-to/webhooks.md)."""

    CALL_RECORDED = "call.recorded", _("Call recorded")
    SIGNAL_CAPTURED = "signal.captured", _("Signal captured")
    MEETING_BOOKED = "meeting.booked", _("Meeting booked")
    CALLBACK_DUE = "callback.due", _("Callback due")
    STATUS_CHANGED = "campaign.status_changed", _("Status of a campaign changed")
    CONTACT_SUPPRESSED = "contact.suppressed", _("Person suppressed")
    IMPORT_DONE = "import.done", _("Import done")
    REPORT_FROZEN = "report.frozen", _("Report frozen")
    TEST = "webhook.test", _("Test event")


CHOOSABLE = [kind for kind in EventKind if kind != EventKind.TEST]


class WebhookState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("webhook", "Active")
    STOPPED = "stopped", pgettext_lazy("webhook", "Stopped")
    FAILING = "failing", pgettext_lazy("webhook", "Stopped after failures")
    GONE = "gone", pgettext_lazy("webhook", "Stopped by the receiver")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def active(self) -> Self:
        return self.filter(state=WebhookState.ACTIVE, workspace__archived_at=None)

    def kept(self) -> Self:
        """Without those that were deleted, whose rows the courier removes."""
        return self.filter(deleted_at=None)

    def with_due_deliveries(self) -> Self:
        """Without those whose receiver asked for a pause."""
        due = WebhookDelivery.objects.waiting().filter(workspace=OuterRef("workspace"), webhook=OuterRef("pk"))
        is_open = Q(paused_until=None) | Q(paused_until__lte=now())
        return self.filter(is_open, Exists(due.filter(due_at__lte=now())))


class Webhook(WorkspaceModel):
    """An address of another system that is told what happens in the workspace.

    The secrets are encrypted (config.db.encryption). After a rotation the former one signs, too, until it expires.
    Nothing is sent before `paused_until`, which the receiver asked for.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="webhooks")
    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(max_length=120, blank=True)
    kinds = models.JSONField(default=list)
    secret = models.CharField(max_length=500, editable=False)
    former_secret = models.CharField(max_length=500, blank=True, editable=False)
    former_secret_until = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=WebhookState, default=WebhookState.ACTIVE, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    paused_until = models.DateTimeField(null=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="webhook_key_in_workspace"),
            models.CheckConstraint(condition=~Q(secret=""), name="webhook_has_secret"),
            models.CheckConstraint(condition=Q(state__in=WebhookState.values), name="webhook_state_known"),
        ]

    def __str__(self) -> str:
        return self.description or self.url

    @property
    def is_active(self) -> bool:
        return self.state == WebhookState.ACTIVE

    @property
    def is_paused(self) -> bool:
        return self.is_active and self.paused_until is not None and self.paused_until > now()

    @property
    def kind_labels(self) -> list[Any]:
        return [kind.label for kind in CHOOSABLE if kind.value in self.kinds]


class WebhookEvent(WorkspaceModel):
    """Something that happened, written in its transaction for the webhooks that want it: the outbox.

    Events with the same `order_key` are delivered in their order; it is that of a person wherever there is one.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="webhook_events")
    kind = models.CharField(max_length=30, choices=EventKind)
    contact = WorkspaceForeignKey(
        Contact, models.PROTECT, null=True, db_constraint=False, related_name="webhook_events"
    )
    order_key = models.CharField(max_length=40)
    once_key = models.CharField(max_length=80, blank=True, help_text=_("No two events of a kind have the same."))
    data = models.JSONField()
    happened_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="webhook_event_key_in_workspace"),
            models.UniqueConstraint(
                fields=["workspace", "kind", "once_key"], condition=~Q(once_key=""), name="webhook_event_once"
            ),
            same_workspace("contact", "markets.Contact", "webhook_event_contact_in_workspace"),
        ]
        indexes = [models.Index(fields=["happened_at"], name="webhook_event_by_age")]

    def __str__(self) -> str:
        return self.message_id

    @property
    def message_id(self) -> str:
        """The header `webhook-id`: the same for each attempt, so that a receiver recognises what it has."""
        return f"evt_{self.pk}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("delivery", "Waiting")
    DELIVERED = "delivered", pgettext_lazy("delivery", "Delivered")
    FAILED = "failed", pgettext_lazy("delivery", "Failed")


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def waiting(self) -> Self:
        return self.filter(state=DeliveryState.WAITING)

    def of_webhook(self, webhook: Webhook) -> Self:
        return self.filter(workspace=webhook.workspace_id, webhook=webhook)

    def with_order_keys(self, keys: Collection[str]) -> Self:
        return self.filter(order_key__in=keys)


class WebhookDelivery(WorkspaceModel):
    """An event on its way to one webhook.

    `due_at` is when it may be sent; a worker that sends it moves that to the end of its lease.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="webhook_deliveries")
    webhook = WorkspaceForeignKey(
        Webhook, models.PROTECT, db_constraint=False, db_index=False, related_name="deliveries"
    )
    event = WorkspaceForeignKey(WebhookEvent, models.PROTECT, db_constraint=False, related_name="deliveries")
    order_key = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=now)
    attempted_at = models.DateTimeField(null=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=MOST_OF_ANSWER, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "webhook", "event"], name="webhook_delivery_once"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="webhook_delivery_state_known"),
            same_workspace("webhook", "markets.Webhook", "webhook_delivery_webhook_in_workspace"),
            same_workspace("event", "markets.WebhookEvent", "webhook_delivery_event_in_workspace"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "webhook", "due_at"], condition=Q(state="waiting"), name="webhook_delivery_due"
            ),
            models.Index(
                fields=["workspace", "webhook", "order_key", "id"],
                condition=Q(state="waiting"),
                name="webhook_delivery_in_order",
            ),
            models.Index(fields=["workspace", "webhook", "-id"], name="webhook_delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.webhook_id}"

    @property
    def is_failed(self) -> bool:
        return self.state == DeliveryState.FAILED

    @property
    def is_tried_again(self) -> bool:
        return self.state == DeliveryState.WAITING and self.attempts > 0

    @property
    def can_be_replayed(self) -> bool:
        """False while it waits for its first attempt, or is being sent."""
        return self.state != DeliveryState.WAITING or self.attempts > 0
