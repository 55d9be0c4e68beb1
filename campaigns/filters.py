from datetime import datetime
from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from calls.derived.member_history import as_they_were
from calls.queue.ranking import State
from campaigns.membership import not_in
from campaigns.models import Campaign, CampaignContact, Kind, Status
from config.ui.filters import SinceFilter, WorkspaceFilterSet
from markets.filters import (
    MEMBER_STATE_LABELS,
    MEMBER_STATES,
    CalledFilterSet,
    LandscapeFilter,
    days_called,
    search_people,
)
from markets.models import Market

STATES = MEMBER_STATES | {
    "uncalled": lambda members, called, reached: members.current().filter(~called),
    "removed": lambda members, called, reached: members.removed(),
}
STATE_LABELS = [*MEMBER_STATE_LABELS, ("uncalled", "Not called yet"), ("removed", "Removed")]


class CampaignFilter(WorkspaceFilterSet):
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label="Search")
    status = filters.ChoiceFilter(choices=Status.choices, label="Status")
    kind = filters.ChoiceFilter(choices=Kind.choices, label="Kind")
    market = filters.ModelChoiceFilter(queryset=Market.objects.none(), label="Market")
    since = SinceFilter(method="by_steps", label="Changed status since")
    choices_from = {"market": lambda w: w.markets.all()}

    class Meta:
        model = Campaign
        fields: list[str] = []

    def by_steps(self, campaigns: Any, name: str, moment: datetime) -> QuerySet[Any]:
        return campaigns.changed_since(moment)


@days_called
class MemberFilter(CalledFilterSet):
    """Members that are not removed, unless a state says otherwise."""

    q = filters.CharFilter(method="search", label="Search")
    state = filters.ChoiceFilter(choices=STATE_LABELS, method="by_state", label="State", empty_label=None)

    class Meta:
        model = CampaignContact
        fields: list[str] = []

    def search(self, members: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return search_people(members, text, "contact__")

    def by_state(self, members: Any, name: str, state: str) -> QuerySet[Any]:
        return members

    def filter_queryset(self, queryset: Any) -> QuerySet[Any]:
        members = queryset.as_of(self.workspace, self.day)
        found: Any = self.in_state(super().filter_queryset(members), STATES)
        return as_they_were(found.with_removal_as_of(), self.workspace, self.day)


class QueueFilter(WorkspaceFilterSet):
    """Who is offered now or with a caller, unless a state says otherwise."""

    q = filters.CharFilter(method="search", label="Search")
    state = filters.ChoiceFilter(choices=State.choices, method="by_state", label="State", empty_label="Next")

    class Meta:
        model = CampaignContact
        fields: list[str] = []

    def search(self, members: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return search_people(members, text, "contact__")

    def by_state(self, members: Any, name: str, state: str) -> QuerySet[Any]:
        return members

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.form.cleaned_data["state"]
        return super().filter_queryset(queryset).filter(state__in=[state] if state else [State.READY, State.HELD])


class ChoosingFilter(LandscapeFilter):
    """The landscape without those who are in the campaign already."""

    def __init__(self, data: Any, queryset: QuerySet[Any], *, workspace: Any, campaign: Campaign):
        super().__init__(data, queryset.filter(not_in(campaign)), workspace=workspace)
