import django_filters as filters
from django.utils.translation import gettext_lazy as _

from campaigns.models import SharedLink
from campaigns.models.reports import LinkState, SharedLinkQuerySet
from config.ui.lists.filters import WorkspaceFilterSet


class SharedLinkFilter(WorkspaceFilterSet):
    q = filters.CharFilter(field_name="label", lookup_expr="icontains", label=_("For whom"))
    state = filters.ChoiceFilter(choices=LinkState.choices, method="in_state", label=_("State"))

    class Meta:
        model = SharedLink
        fields: list[str] = []

    def in_state(self, links: SharedLinkQuerySet, name: str, state: str) -> SharedLinkQuerySet:
        return links.in_state(state)
