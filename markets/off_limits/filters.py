import django_filters as filters
from django.utils.translation import gettext_lazy as _

from config.ui.lists.filters import WorkspaceFilterSet, between_days
from markets.models import OffLimits
from markets.models.off_limits import OffLimitsQuerySet, OffLimitsState
from markets.search.filters import SearchFilter


@between_days("created_at")
class OffLimitsFilter(WorkspaceFilterSet):
    q = SearchFilter()
    state = filters.ChoiceFilter(choices=OffLimitsState.choices, method="by_state", label=_("State"))

    class Meta:
        model = OffLimits
        fields: list[str] = []

    def by_state(self, entries: OffLimitsQuerySet, name: str, state: str) -> OffLimitsQuerySet:
        return entries.in_state(state)
