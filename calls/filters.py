from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from calls.models import Call, Direction
from campaigns.dispositions import Disposition
from campaigns.models import Campaign
from config.ui.filters import FlagFilter, WorkspaceFilterSet, between_days
from markets.filters import search_people
from markets.models import Market, User


@between_days("started_at")
class CallFilter(WorkspaceFilterSet):
    q = filters.CharFilter(method="search", label="Search")
    market = filters.ModelChoiceFilter(queryset=Market.objects.none(), field_name="campaign__market", label="Market")
    campaign = filters.ModelChoiceFilter(queryset=Campaign.objects.none(), label="Campaign")
    disposition = filters.ChoiceFilter(choices=Disposition.choices, label="Outcome")
    direction = filters.ChoiceFilter(choices=Direction.choices, label="Direction")
    caller = filters.ModelChoiceFilter(queryset=User.objects.none(), label="Caller")
    counted = FlagFilter(label="Calls made", apply=lambda calls: calls.counted())
    conversation = FlagFilter(label="Conversations", apply=lambda calls: calls.conversations())
    meeting = FlagFilter(label="Meetings booked", apply=lambda calls: calls.meetings())
    voided = FlagFilter(label="Voided", apply=lambda calls: calls.filter(voided_at__isnull=False))
    choices_from = {
        "market": lambda w: w.markets.all(),
        "campaign": lambda w: w.campaigns.all(),
        "caller": lambda w: User.objects.filter(memberships__workspace=w),
    }

    class Meta:
        model = Call
        fields: list[str] = []

    def search(self, calls: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return search_people(calls, text, "contact__")
