import django_filters as filters
from django.db.models import Q

from config.ui.filters import WorkspaceFilterSet, between_days
from markets.contacts.normalization import fold
from markets.models import OffLimits
from markets.models.off_limits import OffLimitsQuerySet, OffLimitsState


@between_days("created_at")
class OffLimitsFilter(WorkspaceFilterSet):
    q = filters.CharFilter(method="search", label="Search")
    state = filters.ChoiceFilter(choices=OffLimitsState.choices, method="by_state", label="State")

    class Meta:
        model = OffLimits
        fields: list[str] = []

    def search(self, entries: OffLimitsQuerySet, name: str, text: str) -> OffLimitsQuerySet:
        """By the person, the firm, the reason or who asked for it."""
        named = Q(contact__name_key__contains=fold(text)) | Q(firm__icontains=text)
        return entries.filter(named | Q(reason__icontains=text) | Q(requested_by__icontains=text))

    def by_state(self, entries: OffLimitsQuerySet, name: str, state: str) -> OffLimitsQuerySet:
        return entries.in_state(state)
