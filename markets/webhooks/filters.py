import django_filters as filters
from django.utils.translation import gettext_lazy as _

from config.ui.lists.filters import WorkspaceFilterSet, between_days
from markets.models import EventKind, Webhook, WebhookDelivery
from markets.models.webhooks import DeliveryState


class WebhookFilter(WorkspaceFilterSet):
    class Meta:
        model = Webhook
        fields: list[str] = []


@between_days("event__happened_at")
class DeliveryFilter(WorkspaceFilterSet):
    state = filters.ChoiceFilter(choices=DeliveryState.choices, label=_("State"))
    kind = filters.ChoiceFilter(field_name="event__kind", choices=EventKind.choices, label=_("Event"))

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []
