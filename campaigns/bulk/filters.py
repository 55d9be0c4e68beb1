from collections.abc import Mapping
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.bulk.selection import PeopleList
from campaigns.filters import MemberFilter
from campaigns.models import BulkAction
from campaigns.viewing.services import query_of
from config.ui.lists.filters import WorkspaceFilterSet
from markets.filters import ContactFilter, LandscapeFilter

NOT_SELECTED_BY = ("as_of", "selected", "sort")
"""Parameters of a list that say nothing about who is selected now."""


def found_by(people: PeopleList, stored: Mapping[str, Any]) -> QuerySet[Any, Any]:
    """The ids of the contacts whom a stored filter finds on the list; nobody if it is not valid any more."""
    workspace, query = people.workspace, query_of(stored)
    for name in NOT_SELECTED_BY:
        query.pop(name, None)
    filterset: WorkspaceFilterSet
    if people.campaign:
        filterset = MemberFilter(query, people.campaign.members.all(), workspace=workspace)
    elif people.market:
        filterset = LandscapeFilter(query, people.contacts(), workspace=workspace)
    else:
        filterset = ContactFilter(query, people.contacts(), workspace=workspace)
    if not filterset.is_valid():
        return workspace.contacts.none().values("pk")
    rows: QuerySet[Any, Any] = filterset.qs.order_by()
    return rows.values("contact" if people.campaign else "pk")


class BulkActionFilter(WorkspaceFilterSet):
    kind = filters.ChoiceFilter(choices=BulkAction.Kind.choices, label=_("What"))

    class Meta:
        model = BulkAction
        fields: list[str] = []
