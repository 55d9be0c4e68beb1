"""Everything that a report is made from: a constant number of statements, whatever the campaign's size."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from calls.metrics.attempts_and_hours import ConversationRate, HourlyRates, by_attempt, by_hour
from calls.metrics.definitions import Counts, counted_calls, hour_counts, totals
from campaigns.dispositions import INTERESTED
from campaigns.models import Campaign, CampaignContact, Status, StatusChange
from config.ui.periods import Period
from markets.models import Workspace
from markets.models.landscape import has_usable_phone
from markets.models.off_limits import is_off_limits
from markets.models.suppressions import is_suppressed
from signals.capture.vocabulary import VALUES, SignalType

INTERESTED_VALUES = {
    SignalType.MOVEMENT_STATE: VALUES[SignalType.MOVEMENT_STATE][2:],
    SignalType.TIMING_WINDOW: VALUES[SignalType.TIMING_WINDOW][2:],
}
"""Current signals of interest (product.md, section 10): Exploring or stronger, within 12 months."""


class Member(NamedTuple):
    contact: int
    name: str
    email: str
    external_id: str
    phone: str
    firm: str
    title: str
    added_at: datetime
    removed_at: datetime | None
    attempts: int
    conversations: int
    last_outcome: str
    last_call_at: datetime | None
    last_attempt_at: datetime | None
    callback_at: datetime | None
    is_closed: bool
    is_suppressed: bool
    is_off_limits: bool
    has_phone: bool

    @property
    def label(self) -> str:
        return self.name or self.email or self.external_id or self.phone


class InterestedCall(NamedTuple):
    contact: int
    outcome: str
    started_at: datetime


class Booked(NamedTuple):
    contact: int
    booked_at: datetime
    scheduled_at: datetime | None
    status: str


class HeardSignal(NamedTuple):
    contact: int
    type: str
    value: str
    words: str
    heard_at: datetime


@dataclass(frozen=True)
class Facts:
    campaign: Campaign
    at: datetime

    @property
    def workspace(self) -> Workspace:
        return self.campaign.workspace

    @cached_property
    def as_of(self) -> date | None:
        """The past day that everything is asked as of; None is now."""
        day = self.workspace.day_of(self.at)
        return day if day < self.workspace.today() else None

    @property
    def known_until(self) -> datetime:
        _, end = self.workspace.bounds(None, self.as_of)
        return end or self.at

    @property
    def period(self) -> Period:
        return Period(as_of=self.as_of)

    @property
    def _own(self) -> QuerySet[Campaign]:
        return self.workspace.campaigns.filter(pk=self.campaign.pk)

    @property
    def _others(self) -> QuerySet[Campaign]:
        others = self.workspace.campaigns.filter(market=self.campaign.market_id).exclude(pk=self.campaign.pk)
        return others.as_of(self.workspace, self.as_of)

    @cached_property
    def counts(self) -> Counts:
        return totals(self.workspace, self._own, self.period, with_outcomes=True)

    @cached_property
    def other_campaigns(self) -> int:
        """The market's other campaigns that were started."""
        return self._others.exclude(status=Status.DRAFT).count()

    @cached_property
    def other_counts(self) -> Counts:
        """Pooled over the market's other campaigns."""
        return totals(self.workspace, self._others, self.period)

    @cached_property
    def attempts(self) -> list[ConversationRate]:
        return by_attempt(self.workspace, self._own, self.period)

    @cached_property
    def hours(self) -> HourlyRates | None:
        return by_hour(hour_counts(self.workspace, self.period).filter(campaign=self.campaign))

    @cached_property
    def history(self) -> list[StatusChange]:
        changes = self.campaign.status_changes.filter(changed_at__lte=self.at).select_related("changed_by")
        return list(changes.order_by("changed_at", "id"))

    @cached_property
    def all_members(self) -> dict[int, Member]:
        """By contact, also those removed, and those added after the past day."""
        rows = CampaignContact.objects.filter(workspace=self.workspace, campaign=self.campaign)
        rows = rows.order_by("contact__full_name", "contact")
        fields = (
            *("contact", "contact__full_name", "contact__email", "contact__external_id", "contact__phone"),
            *("contact__firm", "contact__title", "added_at", "removed_at", "attempt_count", "conversation_count"),
            *("last_disposition", "last_call_at", "last_attempt_at", "callback_due_at", "is_closed"),
        )
        flags = {
            "suppressed": is_suppressed("contact__"),
            "off_limits": is_off_limits("contact__", self.at),
            "has_phone": has_usable_phone("contact__"),
        }
        found = rows.annotate(**flags).values_list(*fields, *flags)
        return {row[0]: Member(*row) for row in found}

    @cached_property
    def members(self) -> list[Member]:
        """Members not removed, by name."""
        _, end = self.workspace.bounds(None, self.as_of)
        present = (member for member in self.all_members.values() if end is None or member.added_at < end)
        return [each for each in present if each.removed_at is None or (end and each.removed_at >= end)]

    @cached_property
    def interested_calls(self) -> list[InterestedCall]:
        calls = counted_calls(self.workspace, self.period).filter(campaign=self.campaign, disposition__in=INTERESTED)
        found = calls.order_by("started_at", "pk").values_list("contact", "disposition", "started_at")
        return [InterestedCall(*row) for row in found]

    @cached_property
    def meetings(self) -> list[Booked]:
        calls = counted_calls(self.workspace, self.period).meetings().filter(campaign=self.campaign)
        meetings = self.workspace.meetings.as_of(self.workspace, self.as_of).filter(call__in=calls.values("pk"))
        found = meetings.order_by(F("scheduled_at").asc(nulls_last=True), "pk")
        return [
            Booked(*row) for row in found.values_list("call__contact", "call__started_at", "scheduled_at", "status")
        ]

    @cached_property
    def signals(self) -> list[HeardSignal]:
        """All signals captured on the campaign's counted calls, oldest first."""
        signals = self.workspace.signals.as_of(self.workspace, self.as_of).counted()
        found = signals.heard_in(self.workspace, [self.campaign.pk]).order_by("heard_at", "pk")
        return [HeardSignal(*row) for row in found.values_list("contact", "type", "value", "evidence", "heard_at")]

    @cached_property
    def interested_signals(self) -> list[HeardSignal]:
        """The members' current signals of interest, from whichever campaign."""
        members = CampaignContact.objects.filter(workspace=self.workspace, campaign=self.campaign)
        of_interest = Q()
        for type_, values in INTERESTED_VALUES.items():
            of_interest |= Q(type=type_, value__in=values)
        signals = self.workspace.signals.as_of(self.workspace, self.as_of).counted()
        found = signals.filter(of_interest, contact__in=members.values("contact")).current().order_by("heard_at", "pk")
        return [HeardSignal(*row) for row in found.values_list("contact", "type", "value", "evidence", "heard_at")]

    @cached_property
    def earlier_movement(self) -> list[HeardSignal]:
        """The Movement States that people who gave one in the campaign gave in other campaigns, oldest first."""
        heard_here = self.workspace.signals.filter(type=SignalType.MOVEMENT_STATE)
        heard_here = heard_here.heard_in(self.workspace, [self.campaign.pk])
        signals = self.workspace.signals.as_of(self.workspace, self.as_of).not_voided()
        of_people = signals.filter(type=SignalType.MOVEMENT_STATE, contact__in=heard_here.values("contact"))
        found = of_people.exclude(call__campaign=self.campaign).order_by("heard_at", "pk")
        return [HeardSignal(*row) for row in found.values_list("contact", "type", "value", "evidence", "heard_at")]
