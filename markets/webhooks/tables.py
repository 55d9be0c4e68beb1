from typing import Any

from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _

from config.ui.lists.columns import CellColumn, Column, KeyColumn
from config.ui.lists.tables import NextStep, Table
from markets.models import Webhook, WebhookDelivery


class WebhookTable(Table):
    nouns = (_("webhook"), _("webhooks"))
    empty = _("No webhooks yet. One tells another system, such as a CRM, what happens here.")
    next_steps = (NextStep(_("Add a webhook"), "webhooks:create", "can_manage"),)

    url = CellColumn("webhooks/cells/webhook.html", lead=True, verbose_name=_("Address"))
    kinds = CellColumn("webhooks/cells/kinds.html", orderable=False, verbose_name=_("Events"))
    state = CellColumn("webhooks/cells/state.html", verbose_name=_("State"))
    created_at = CellColumn("cells/moment.html", verbose_name=_("Since"))
    created_by = Column(orderable=False, verbose_name=_("By"))
    webhook_key = KeyColumn("pk", _("Webhook key"))

    class Meta(Table.Meta):
        model = Webhook
        fields = ("url", "kinds", "state", "created_at", "created_by", "webhook_key")
        row_attrs = {"data-row": lambda record: f"webhook:{record.pk}"}


class DeliveryTable(Table):
    nouns = (_("delivery"), _("deliveries"))
    empty = _("Nothing yet. What happens from now on is delivered, or send a test event.")

    happened_at = CellColumn(
        "cells/moment.html", accessor="event__happened_at", sort="pk", lead=True, verbose_name=_("Happened")
    )
    kind = CellColumn("webhooks/cells/event.html", accessor="event__kind", sort="event__kind", verbose_name=_("Event"))
    state = CellColumn("webhooks/cells/delivery_state.html", verbose_name=_("State"))
    attempts = Column(figure=True, verbose_name=_("Attempts"))
    attempted_at = CellColumn("cells/moment.html", verbose_name=_("Last attempt"))
    answer = CellColumn("webhooks/cells/answer.html", orderable=False, verbose_name=_("Answer"))
    status_code = Column(visible=False, verbose_name=_("Status code"))
    act = CellColumn(
        "webhooks/cells/replay.html", accessor="pk", orderable=False, exclude_from_export=True, verbose_name=_("Replay")
    )
    delivery_key = KeyColumn("pk", _("Delivery key"))

    class Meta(Table.Meta):
        model = WebhookDelivery
        fields = (
            *("happened_at", "kind", "state", "attempts", "attempted_at", "answer", "status_code", "act"),
            "delivery_key",
        )
        row_attrs = {"data-row": lambda record: f"delivery:{record.pk}"}

    def __init__(self, *args: object, webhook: Webhook, **kwargs: Any):
        self.webhook = webhook
        super().__init__(*args, **kwargs)

    @property
    def csrf_token(self) -> str:
        return get_token(self.request)
