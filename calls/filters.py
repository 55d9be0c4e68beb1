from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import django_filters as filters
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.callbacks.owed import owed
from calls.log import correction_display, meetings, wrong_numbers
from calls.metrics import callbacks
from calls.metrics.attempts_and_hours import ATTEMPTS, WEEKDAYS, of_attempt
from calls.metrics.by_caller import callers_of
from calls.models import Call, Direction, Meeting
from calls.models.calls import CallQuerySet
from calls.models.meetings import MeetingQuerySet
from campaigns.dispositions import Disposition
from campaigns.filters import CampaignChoiceFilter, campaigns_with_markets
from campaigns.models import Campaign
from config.ui.lists.filters import AsOfFilterSet, FlagFilter, SinceFilter, WorkspaceFilterSet, between_days
from markets.contacts.phones import PhoneProblem
from markets.models import Contact, Market, User
from markets.models.landscape import ContactQuerySet
from markets.search.filters import SearchFilter


@between_days("started_at")
class CallFilter(AsOfFilterSet):
    capped_with = ("as_of", "weekday", "hour", "disposition", "direction", "state")
    """Not with `counted`: numbers open such lists, and each says how long its list is."""
    q = SearchFilter()
    market = filters.ModelChoiceFilter(queryset=Market.objects.none(), field_name="campaign__market", label=_("Market"))
    campaign = CampaignChoiceFilter()
    disposition = filters.ChoiceFilter(choices=Disposition.choices, label=_("Outcome"))
    direction = filters.ChoiceFilter(choices=Direction.choices, label=_("Direction"))
    caller = filters.ModelChoiceFilter(queryset=User.objects.none(), label=_("Caller"))
    caller_name = filters.CharFilter(method="by_name", label=_("Caller"), widget=HiddenInput)
    nobody = FlagFilter(label=_("Nobody named"), apply=lambda calls: calls.filter(caller=None, caller_name=""))
    counted = FlagFilter(label=_("Calls made"), apply=lambda calls: calls.counted())
    conversation = FlagFilter(label=_("Conversations"), apply=lambda calls: calls.conversations())
    logged = FlagFilter(label=_("Logged, not imported"), apply=lambda calls: calls.logged())
    meeting = FlagFilter(label=_("Meetings booked"), apply=lambda calls: calls.meetings())
    became = filters.ChoiceFilter(
        choices=Meeting.Status.choices, method="by_meeting", label=_("Meeting"), widget=HiddenInput
    )
    attempt = filters.ChoiceFilter(
        choices=[(label, label) for label in ATTEMPTS.values()],
        method="by_attempt",
        label=_("Attempt"),
        widget=HiddenInput,
    )
    weekday = filters.ChoiceFilter(
        choices=list(enumerate(WEEKDAYS, start=1)), method="by_weekday", label=_("Weekday"), widget=HiddenInput
    )
    hour = filters.ChoiceFilter(
        choices=[(hour, f"{hour:02}:00–{hour:02}:59") for hour in range(24)],
        method="by_hour",
        label=_("Hour"),
        widget=HiddenInput,
    )
    since = SinceFilter(field_name="recorded_at")
    state = filters.ChoiceFilter(
        choices=[
            ("standing", pgettext_lazy("calls", "Standing")),
            ("corrected", _("Corrected")),
            ("voided", _("Voided")),
        ],
        method="by_state",
        label=_("State"),
    )
    choices_from = {
        "market": lambda w: w.markets.all(),
        "campaign": campaigns_with_markets,
        "caller": callers_of,
    }

    class Meta:
        model = Call
        fields: list[str] = []

    def by_name(self, calls: CallQuerySet, name: str, text: str) -> CallQuerySet:
        return calls.filter(caller=None, caller_name=text)

    def by_meeting(self, calls: CallQuerySet, name: str, status: str) -> CallQuerySet:
        booked = self.workspace.meetings.as_of(self.workspace, self.day).filter(status=status)
        return calls.filter(pk__in=booked.order_by().values("call"))

    def by_attempt(self, calls: CallQuerySet, name: str, label: str) -> Any:
        """Attempts are numbered within a campaign, so only calls of the chosen market or campaign are numbered."""
        (number,) = (number for number, each in ATTEMPTS.items() if each == label)
        self.counts_with_rows = True
        market, campaign = (self.form.cleaned_data[each] for each in ("market", "campaign"))
        known = self.workspace.calls.as_of(self.workspace, self.day).counted()
        known = known.filter(campaign__in=market.campaigns.order_by().values("pk")) if market else known
        known = known.filter(campaign=campaign) if campaign else known
        return calls.filter(pk__in=of_attempt(number, known).values("pk"))

    def by_weekday(self, calls: CallQuerySet, name: str, weekday: str) -> CallQuerySet:
        return calls.alias(weekday=self.workspace.weekday_in_sql("started_at")).filter(weekday=int(weekday))

    def by_hour(self, calls: CallQuerySet, name: str, hour: str) -> CallQuerySet:
        return calls.alias(hour=self.workspace.hour_in_sql("started_at")).filter(hour=int(hour))

    def by_state(self, calls: CallQuerySet, name: str, state: str) -> CallQuerySet:
        if state == "corrected":
            return calls.filter(Q(is_corrected=True))
        return calls.not_voided() if state == "standing" else calls.voided()

    def filter_queryset(self, queryset: Any) -> QuerySet[Model]:
        known = queryset.as_of(self.workspace, self.day)
        calls = known.annotate(is_corrected=correction_display.is_corrected(known.at))
        self.unfiltered_rows = calls.hide_later_values("voided_at")
        filtered: Any = super().filter_queryset(calls)
        return filtered.hide_later_values("voided_at")


class CallerFilter(WorkspaceFilterSet):
    """Narrows the calls by which callers are compared. The page's period says which days."""

    market = filters.ModelChoiceFilter(queryset=Market.objects.none(), field_name="campaign__market", label=_("Market"))
    campaign = CampaignChoiceFilter()
    choices_from = {"market": lambda w: w.markets.all(), "campaign": campaigns_with_markets}

    class Meta:
        model = Call
        fields: list[str] = []


CALLBACK_STATES: dict[str, Callable[[QuerySet[Model]], QuerySet[Model]]] = {
    "open": callbacks.still_open,
    "to_call": callbacks.to_call_now,
    "overdue": callbacks.overdue,
    "owed": lambda promised: owed(promised).order_by("callback_at", "pk"),
    "standing": callbacks.standing,
    **{str(state): partial(callbacks.in_state, state=state) for state in callbacks.CallbackState},
    "all": callbacks.of_any_state,
}


@between_days("callback_at")
class CallbackFilter(WorkspaceFilterSet):
    """Shows open callbacks unless a state is chosen. The days are those of the promised time."""

    q = SearchFilter()
    state = filters.ChoiceFilter(
        choices=[
            *(
                ("open", pgettext_lazy("state", "Open")),
                ("to_call", _("To call now")),
                ("overdue", _("Overdue")),
                ("owed", _("Owed by stopped campaigns")),
            ),
            *(
                ("standing", _("Open, of people who can be called")),
                *callbacks.CallbackState.choices,
                ("all", pgettext_lazy("callbacks", "All")),
            ),
        ],
        method="unfiltered",
        label=_("State"),
        empty_label=None,
    )
    market = filters.ModelChoiceFilter(
        queryset=Market.objects.none(), field_name="campaign__market", label=_("Market"), widget=HiddenInput
    )
    campaign = CampaignChoiceFilter()
    caller = filters.ModelChoiceFilter(queryset=User.objects.none(), label=_("Promised by"))
    caller_name = filters.CharFilter(method="by_name", label=_("Promised by"), widget=HiddenInput)
    nobody = FlagFilter(label=_("Promised by nobody"), apply=lambda calls: calls.filter(caller=None, caller_name=""))
    choices_from = {
        "market": lambda w: w.markets.all(),
        "campaign": campaigns_with_markets,
        "caller": callers_of,
    }

    class Meta:
        model = Call
        fields: list[str] = []

    def by_name(self, calls: CallQuerySet, name: str, text: str) -> CallQuerySet:
        return calls.filter(caller=None, caller_name=text)

    def filter_queryset(self, queryset: QuerySet[Model]) -> QuerySet[Model]:
        return CALLBACK_STATES[self.form.cleaned_data["state"] or "open"](self.of_any_state)

    @cached_property
    def of_any_state(self) -> QuerySet[Model]:
        """The rows that the other filters leave; the summary counts them by state. One search serves both."""
        assert self.queryset is not None
        return super().filter_queryset(self.queryset.all()) if self.is_valid() else self.queryset.none()

    @property
    def others(self) -> dict[str, str]:
        """The other chosen filters, as posted, for links that choose a state."""
        names = self.chosen - {"state"}
        return {name: self.form.data[name] for name in self.form.fields if name in names}


@between_days("scheduled_at")
class MeetingFilter(AsOfFilterSet):
    q = SearchFilter()
    status = filters.ChoiceFilter(choices=Meeting.Status.choices, label=_("Status"))
    campaign = CampaignChoiceFilter(field_name="call__campaign")
    moved = filters.ChoiceFilter(
        choices=[("yes", _("Moved")), ("no", _("Never moved"))], method="by_moves", label=_("Moved")
    )
    since = SinceFilter(field_name="created_at")
    choices_from = {"campaign": campaigns_with_markets}

    class Meta:
        model = Meeting
        fields: list[str] = []

    def by_moves(self, booked: MeetingQuerySet, name: str, choice: str) -> MeetingQuerySet:
        return booked.filter(Q(is_moved=choice == "yes"))

    def filter_queryset(self, queryset: Any) -> QuerySet[Model]:
        known = queryset.as_of(self.workspace, self.day)
        return super().filter_queryset(known.annotate(is_moved=meetings.was_moved(known.at)))


REPAIR_STATES = [
    ("open", pgettext_lazy("state", "Open")),
    ("repaired", _("Repaired")),
    ("all", _("All that were wrong")),
]


@between_days("found_at")
class OpenRepairFilter(WorkspaceFilterSet):
    """People whose phone cannot be called. The days are those of the call that found the number wrong."""

    q = SearchFilter()
    state = filters.ChoiceFilter(choices=REPAIR_STATES, method="unfiltered", label=_("State"), empty_label=None)
    reason = filters.ChoiceFilter(
        choices=[("wrong", _("Found to be wrong")), *PhoneProblem.choices], method="by_reason", label=_("Reason")
    )
    campaign = CampaignChoiceFilter(method="in_campaign")
    choices_from = {"campaign": campaigns_with_markets}

    class Meta:
        model = Contact
        fields: list[str] = []

    def by_reason(self, contacts: ContactQuerySet, name: str, reason: str) -> ContactQuerySet:
        return contacts.with_wrong_phone() if reason == "wrong" else contacts.filter(phone_problem=reason)

    def in_campaign(self, contacts: ContactQuerySet, name: str, campaign: Campaign) -> ContactQuerySet:
        members = campaign.members.current().filter(contact=OuterRef("pk"))
        return contacts.filter(Q(found_campaign=campaign.pk) | Q(Exists(members)))


@between_days("started_at")
class RepairFilter(WorkspaceFilterSet):
    """Numbers that calls found to be wrong, repaired or all. The days are those of these calls."""

    q = SearchFilter()
    state = filters.ChoiceFilter(choices=REPAIR_STATES, method="in_state", label=_("State"), empty_label=None)
    campaign = CampaignChoiceFilter()
    choices_from = {"campaign": campaigns_with_markets}

    class Meta:
        model = Call
        fields: list[str] = []

    def in_state(self, calls: CallQuerySet, name: str, state: str) -> CallQuerySet:
        return calls if state == "all" else calls.filter(~wrong_numbers.IS_OPEN)
