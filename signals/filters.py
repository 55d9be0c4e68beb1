from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from campaigns.models import Campaign
from config.ui.filters import FlagFilter, WorkspaceFilterSet, between_days
from markets.filters import search_people
from markets.models import Market
from signals.models import Signal
from signals.vocabulary import VALUES, SignalType


@between_days("heard_at")
class SignalFilter(WorkspaceFilterSet):
    q = filters.CharFilter(method="search", label="Search")
    type = filters.ChoiceFilter(choices=SignalType.choices, label="Type")
    value = filters.ChoiceFilter(choices=[(each, each) for values in VALUES.values() for each in values], label="Value")
    market = filters.ModelChoiceFilter(
        queryset=Market.objects.none(), field_name="call__campaign__market", label="Market"
    )
    campaign = filters.ModelChoiceFilter(
        queryset=Campaign.objects.none(), field_name="call__campaign", label="Campaign"
    )
    counted = FlagFilter(label="Signals captured", apply=lambda signals: signals.counted())
    current = FlagFilter(label="Current", apply=lambda signals: signals.current())
    fresh = FlagFilter(label="Fresh", apply=lambda signals: signals.fresh())
    choices_from = {"market": lambda w: w.markets.all(), "campaign": lambda w: w.campaigns.all()}

    class Meta:
        model = Signal
        fields: list[str] = []

    def search(self, signals: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return search_people(signals, text, "contact__")
