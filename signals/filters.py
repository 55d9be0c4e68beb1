from typing import Any

import django_filters as filters
from django.db.models import Model, QuerySet
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from calls.metrics.by_caller import callers_of
from campaigns.filters import CampaignChoiceFilter, campaigns_with_markets
from campaigns.models import Campaign
from config.ui.lists.filters import AsOfFilterSet, FlagFilter, SinceFilter, WorkspaceFilterSet, between_days
from config.ui.periods import Period
from markets.models import Market, User
from markets.search.filters import SearchFilter
from signals.capture.vocabulary import VALUES, SignalType
from signals.findings.follow_ups import is_followed_up, moved_up
from signals.market_page.movement import moved, moved_since
from signals.models import FRESHNESS, Signal, SignalQuerySet, SignalSuggestion

VALUE_CHOICES = [(each, _(each)) for values in VALUES.values() for each in values]


@between_days("heard_at")
class SignalFilter(AsOfFilterSet):
    current_only = ("interest:unfollowed",)
    q = SearchFilter()
    type = filters.ChoiceFilter(choices=SignalType.choices, label=_("Type"))
    value = filters.ChoiceFilter(choices=VALUE_CHOICES, label=_("Value"))
    market = filters.ModelChoiceFilter(queryset=Market.objects.none(), method="of_market", label=_("Market"))
    campaign = CampaignChoiceFilter(method="of_campaign")
    caller = filters.ModelChoiceFilter(queryset=User.objects.none(), field_name="call__caller", label=_("Caller"))
    caller_name = filters.CharFilter(method="by_name", label=_("Caller"), widget=HiddenInput)
    nobody = FlagFilter(
        label=_("Nobody named"), apply=lambda signals: signals.filter(call__caller=None, call__caller_name="")
    )
    counted = FlagFilter(label=_("Signals captured"), apply=lambda signals: signals)
    current = FlagFilter(label=_("Current"), apply=lambda signals: signals)
    freshness = filters.ChoiceFilter(
        choices=[(each, _(each)) for each in FRESHNESS], method="of_age", label=_("Freshness"), widget=HiddenInput
    )
    moved = FlagFilter(label=_("Who moved"), apply=lambda signals: signals)
    interest = filters.ChoiceFilter(
        choices=[("moved", _("Moved to Exploring or stronger")), ("unfollowed", _("Moved, without a follow-up"))],
        method="unfiltered",
        label=_("Interest"),
        widget=HiddenInput,
    )
    since = SinceFilter(field_name="captured_at")
    firm = filters.CharFilter(field_name="contact__firm", label=_("Firm"), widget=HiddenInput)
    choices_from = {
        "market": lambda w: w.markets.all(),
        "campaign": campaigns_with_markets,
        "caller": callers_of,
    }

    class Meta:
        model = Signal
        fields: list[str] = []

    def of_market(self, signals: SignalQuerySet, name: str, market: Market) -> SignalQuerySet:
        return signals.heard_in(self.workspace, list(market.campaigns.values_list("pk", flat=True)))

    def of_campaign(self, signals: SignalQuerySet, name: str, campaign: Campaign) -> SignalQuerySet:
        return signals.heard_in(self.workspace, [campaign.pk])

    def of_age(self, signals: SignalQuerySet, name: str, age: str) -> SignalQuerySet:
        return signals.of_age(age)

    def filter_queryset(self, queryset: Any) -> QuerySet[Model]:
        """Which signals are movements depends on the chosen days, or on `since`."""
        chosen, known = self.form.cleaned_data, queryset.as_of(self.workspace, self.day)
        signals: Any = super().filter_queryset(_standing(known, chosen["counted"], chosen["current"]))
        if not (chosen["moved"] or chosen["interest"]):
            return signals
        if chosen["since"]:
            return moved_since(signals, chosen["since"])
        movers = moved(signals, self.workspace, Period(chosen["from"], chosen["to"]).with_as_of(self.day))
        up = moved_up(movers) if chosen["interest"] else movers
        return up.exclude(is_followed_up(self.workspace)) if chosen["interest"] == "unfollowed" else up

    def by_name(self, signals: SignalQuerySet, name: str, text: str) -> SignalQuerySet:
        return signals.filter(call__caller=None, call__caller_name=text)


def _standing(signals: SignalQuerySet, is_counted: str, is_current: str) -> SignalQuerySet:
    """Which signals are both is stored, which are current is not."""
    if is_counted and is_current:
        return signals.current_and_counted()
    signals = signals.counted() if is_counted else signals
    return signals.current_by_stored() if is_current else signals


@between_days("suggested_at")
class RuleFilter(WorkspaceFilterSet):
    type = filters.ChoiceFilter(choices=SignalType.choices, label=_("Type"))

    class Meta:
        model = SignalSuggestion
        fields: list[str] = []


@between_days("suggested_at")
class SuggestionFilter(RuleFilter):
    q = SearchFilter()
    value = filters.ChoiceFilter(choices=VALUE_CHOICES, label=_("Value"))
    state = filters.ChoiceFilter(choices=SignalSuggestion.State.choices, label=_("State"))
    rule = filters.CharFilter(label=_("Rule"), max_length=SignalSuggestion.LONGEST_RULE, widget=HiddenInput)
