from collections.abc import Mapping
from datetime import datetime
from typing import Any

import django_filters as filters
from django.db.models import Model, QuerySet
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField

from calls.derived.member_history import with_summaries_as_of
from calls.queue.ranking import QueueState
from campaigns.callers.eligible import assignable_users
from campaigns.membership import not_member_of
from campaigns.models import Campaign, CampaignContact, Kind, ProposedChange, Status
from campaigns.models.campaigns import CampaignQuerySet
from campaigns.models.members import CampaignContactQuerySet
from config.ui.lists.filters import SelectedFilter, SinceFilter, WorkspaceFilterSet
from markets.filters import (
    MEMBER_STATE_LABELS,
    MEMBER_STATES,
    CalledFilterSet,
    LandscapeFilter,
    MemberState,
    days_called,
)
from markets.models import Market, Tag, User, Workspace
from markets.models.tags import is_tagged
from markets.search.filters import SearchFilter


class _CampaignField(ModelChoiceField):
    def label_from_instance(self, obj: Campaign) -> str:
        return f"{obj} · {obj.market}"


class CampaignChoiceFilter(filters.ModelChoiceFilter):
    """Names each campaign with its market, for lists that mix markets."""

    field_class = _CampaignField

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("queryset", Campaign.objects.none())
        kwargs.setdefault("label", _("Campaign"))
        super().__init__(*args, **kwargs)


def campaigns_with_markets(workspace: Workspace) -> QuerySet[Campaign]:
    return workspace.campaigns.select_related("market")


STATES: dict[str, MemberState] = MEMBER_STATES | {
    "uncalled": lambda members, called, reached: members.current().filter(~called),
    "first": lambda members, called, reached: members.callable().filter(is_called=False),
    "removed": lambda members, called, reached: members.removed(),
}
STATE_LABELS = [
    *MEMBER_STATE_LABELS,
    ("uncalled", _("Not called yet")),
    ("first", _("Callable, not called yet")),
    ("removed", _("Removed")),
]


class CampaignFilter(WorkspaceFilterSet):
    q = SearchFilter()
    status = filters.ChoiceFilter(choices=Status.choices, label=_("Status"))
    kind = filters.ChoiceFilter(choices=Kind.choices, label=_("Kind"))
    market = filters.ModelChoiceFilter(queryset=Market.objects.none(), label=_("Market"))
    since = SinceFilter(method="changed_since", label=_("Changed status since"))
    tag = filters.ModelChoiceFilter(queryset=Tag.objects.none(), field_name="tags__tag", label=_("Tag"))
    choices_from = {"market": lambda w: w.markets.all(), "tag": lambda w: w.tags.all()}

    class Meta:
        model = Campaign
        fields: list[str] = []

    def changed_since(self, campaigns: CampaignQuerySet, name: str, moment: datetime) -> CampaignQuerySet:
        return campaigns.changed_since(moment)


@days_called
class MemberFilter(CalledFilterSet):
    """Shows current members unless a state is chosen."""

    q = SearchFilter()
    state = filters.ChoiceFilter(choices=STATE_LABELS, method="unfiltered", label=_("State"), empty_label=None)
    tag = filters.ModelChoiceFilter(queryset=Tag.objects.none(), method="by_tag", label=_("Tag"))
    assigned = filters.ModelChoiceFilter(
        field_name="assigned_to", queryset=User.objects.none(), label=_("Assigned to"), null_label=_("Nobody")
    )
    selected = SelectedFilter("contact")
    current_only = (*CalledFilterSet.current_only, "assigned", "selected")
    choices_from = {"tag": lambda w: w.tags.all(), "assigned": assignable_users, **CalledFilterSet.choices_from}

    class Meta:
        model = CampaignContact
        fields: list[str] = []

    def by_tag(self, members: CampaignContactQuerySet, name: str, tag: Tag) -> CampaignContactQuerySet:
        return members.filter(is_tagged(tag, "contact"))

    def filter_queryset(self, queryset: Any) -> QuerySet[Model]:
        members: Any = super().filter_queryset(queryset.as_of(self.workspace, self.day))
        in_state = self.members_in_state(members, STATES)
        return with_summaries_as_of(in_state.with_removal_as_of(), self.workspace, self.day)


class QueueFilter(WorkspaceFilterSet):
    """Shows members that are ready or leased to a caller, unless a state is chosen."""

    q = SearchFilter()
    state = filters.ChoiceFilter(
        choices=QueueState.choices, method="unfiltered", label=_("State"), empty_label=_("Next")
    )
    assigned = filters.ModelChoiceFilter(
        field_name="assigned_to", queryset=User.objects.none(), label=_("Assigned to"), null_label=_("Nobody")
    )
    choices_from = {"assigned": assignable_users}

    class Meta:
        model = CampaignContact
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Model]) -> QuerySet[Model]:
        state = self.form.cleaned_data["state"]
        states = [state] if state else [QueueState.READY, QueueState.LEASED]
        return super().filter_queryset(queryset).filter(state__in=states)


class EnrollFilter(LandscapeFilter):
    """The landscape without the members of the campaign."""

    offers_columns = True

    def __init__(
        self, data: Mapping[str, object], queryset: QuerySet[Model], *, workspace: Workspace, campaign: Campaign
    ):
        super().__init__(data, queryset.filter(not_member_of(campaign)), workspace=workspace)
        self.filters["audience"].extra["widget"] = HiddenInput  # the page has the editor beside the filters


class ProposedChangeFilter(WorkspaceFilterSet):
    q = SearchFilter()
    change = filters.ChoiceFilter(choices=ProposedChange.Change.choices, label=_("Change"))

    class Meta:
        model = ProposedChange
        fields: list[str] = []
