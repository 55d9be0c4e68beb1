"""Conditions on the calls to people. They read counted calls (K): outbound, with an outcome, not voided."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.db.models import Count, OuterRef, Q, Sum

from calls.models import Call, Meeting
from calls.models.calls import CallQuerySet, is_counted
from calls.models.meetings import MeetingStatus
from campaigns.audience.condition import Condition, Scope, has, not_among
from campaigns.audience.names import Names
from campaigns.audience.parameters import Parameters
from campaigns.audience.sentences import any_of, counted, full_day
from campaigns.dispositions import Disposition
from campaigns.models import CampaignContact

OUTCOMES = dict(Disposition.choices)
MEETING_STATUSES = dict(MeetingStatus.choices)
MAX_DAYS = 3650


def counted_calls(scope: Scope, campaigns: Collection[int] = ()) -> CallQuerySet:
    """The counted calls of some campaigns, or of all."""
    calls: CallQuerySet = scope.rows(Call).counted()
    return calls.filter(campaign__in=campaigns) if campaigns else calls


def was_called(scope: Scope, campaigns: Collection[int], *, contact: str = "pk", **when: Any) -> Q:
    """Q: there is a counted call to the contact, maybe with a lookup on the time, as in `gte=moment`.

    Members store the time of their newest call, which is quicker to read than the calls; those tell about past days.
    """
    if scope.day:
        rows, field = counted_calls(scope, campaigns), "started_at"
    else:
        members = scope.rows(CampaignContact).filter(is_called=True)
        rows, field = members.filter(campaign__in=campaigns) if campaigns else members, "last_attempt_at"
    return has(rows.filter(**{f"{field}__{lookup}": moment for lookup, moment in when.items()}), outer=contact)


def newest_by_contact(rows: Any, *values: str) -> dict[int, tuple[Any, ...]]:
    """The values of each contact's newest call."""
    return {contact: found for contact, *found in rows.order_by("started_at", "pk").values_list("contact", *values)}


def within(names: Names, campaigns: Collection[int]) -> str:
    return f" in {any_of(names.campaigns[pk] for pk in campaigns)}" if campaigns else ""


@dataclass(frozen=True)
class HadOutcome(Condition):
    """A counted call, or the newest one, had one of some outcomes. Of calls at the same moment each is the newest."""

    kind: ClassVar[str] = "outcome"
    label: ClassVar[str] = "Outcome"

    when: str
    outcomes: tuple[str, ...]
    campaigns: tuple[int, ...] = ()

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls(given.choice("when", ("ever", "last")), given.choices("outcomes", OUTCOMES), given.campaigns())

    def sentences(self, names: Names) -> tuple[str, str]:
        outcomes = f"{any_of(OUTCOMES[each] for each in self.outcomes)}{within(names, self.campaigns)}"
        if self.when == "last":
            return f"Last outcome is {outcomes}", f"Last outcome is not {outcomes}"
        return f"Had the outcome {outcomes}", f"Never had the outcome {outcomes}"

    def rows(self, scope: Scope) -> CallQuerySet:
        calls = counted_calls(scope, self.campaigns).filter(disposition__in=self.outcomes)
        if self.when == "ever":
            return calls
        return calls.filter(~was_called(scope, self.campaigns, contact="contact", gt=OuterRef("started_at")))

    def matches(self, scope: Scope) -> Q:
        return has(self.rows(scope))

    def evidence(self, scope: Scope, contacts: Collection[int]) -> dict[int, str]:
        calls = self.rows(scope).filter(contact__in=contacts)
        found = newest_by_contact(calls, "disposition", "started_at", "campaign__name")
        return {
            contact: f"{OUTCOMES[outcome]} on {scope.day_text(started)} in {campaign}"
            for contact, (outcome, started, campaign) in found.items()
        }


@dataclass(frozen=True)
class CallCount(Condition):
    """At least, or at most, so many counted calls. Who was never called has none."""

    conversations_only: ClassVar[bool] = False
    noun: ClassVar[str]

    op: str
    count: int
    campaigns: tuple[int, ...] = ()

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls(given.choice("op", ("at_least", "at_most")), given.count("count"), given.campaigns())

    def sentences(self, names: Names) -> tuple[str, str]:
        where = within(names, self.campaigns)
        at_least, at_most = f"At least {counted(self.count, self.noun)}", f"At most {counted(self.count, self.noun)}"
        less, more = f"Fewer than {counted(self.count, self.noun)}", f"More than {counted(self.count, self.noun)}"
        positive, negative = (at_least, less) if self.op == "at_least" else (at_most, more)
        return f"{positive}{where}", f"{negative}{where}"

    def matches(self, scope: Scope) -> Q:
        return self._among(scope, self.op == "at_least")

    def excludes(self, scope: Scope) -> Q:
        return self._among(scope, self.op == "at_most")

    def _among(self, scope: Scope, has_enough: bool) -> Q:
        """Q: among those with too many calls for `at_most` or enough for `at_least`, or not among them."""
        least = self.count if self.op == "at_least" else self.count + 1
        if not least:
            return Q(pk__isnull=not has_enough)
        contacts = self._counts(scope).filter(n__gte=least).values("contact")
        return Q(pk__in=contacts) if has_enough else not_among(scope, contacts)

    def _counts(self, scope: Scope) -> Any:
        """The number `n` of calls of each contact: the stored ones, or counted again as of a past day."""
        if scope.day is None:
            members = scope.rows(CampaignContact)
            members = members.filter(campaign__in=self.campaigns) if self.campaigns else members
            field = "conversation_count" if self.conversations_only else "attempt_count"
            return members.order_by().values("contact").annotate(n=Sum(field))
        calls = counted_calls(scope, self.campaigns)
        calls = calls.conversations() if self.conversations_only else calls
        return calls.order_by().values("contact").annotate(n=Count("pk"))

    def evidence(self, scope: Scope, contacts: Collection[int]) -> dict[int, str]:
        counts = dict.fromkeys(contacts, 0) | dict(
            self._counts(scope).filter(contact__in=contacts).values_list("contact", "n")
        )
        where = within(scope.names, self.campaigns)
        return {
            contact: f"{counted(count, self.noun)}{where}"
            for contact, count in counts.items()
            if (count >= self.count if self.op == "at_least" else count <= self.count)
        }


class Attempts(CallCount):
    kind, label, noun = "attempts", "Attempts", "attempt"


class Conversations(CallCount):
    kind, label, noun = "conversations", "Conversations", "conversation"
    conversations_only = True


@dataclass(frozen=True)
class LastCall(Condition):
    """When the newest counted call was made, in days of the workspace. A call made 14 days ago
    counts as within 14 days; a person who was never called does not."""

    kind: ClassVar[str] = "last_call"
    label: ClassVar[str] = "Last call"
    OPERATORS: ClassVar = ("before", "since", "never", "within_days", "not_within_days")

    op: str
    day: date | None = None
    days: int | None = None
    campaigns: tuple[int, ...] = ()

    @classmethod
    def read(cls, given: Parameters) -> Self:
        op = given.choice("op", cls.OPERATORS)
        day = given.day("day") if op in ("before", "since") else None
        days = given.count("days", most=MAX_DAYS) if op.endswith("within_days") else None
        return cls(op, day, days, given.campaigns())

    def sentences(self, names: Names) -> tuple[str, str]:
        where = within(names, self.campaigns)
        day, days = full_day(self.day) if self.day else "", counted(self.days or 0, "day")
        match self.op:
            case "before":
                return f"Last called before {day}{where}", f"Not last called before {day}{where}"
            case "since":
                return f"Called since {day}{where}", f"Not called since {day}{where}"
            case "never":
                return f"Never called{where}", f"Called{where}"
        recent = f"Called within {days}{where}", f"Not called within {days}{where}"
        return recent if self.op == "within_days" else recent[::-1]

    def matches(self, scope: Scope) -> Q:
        match self.op:
            case "before":
                return was_called(scope, self.campaigns) & ~self._since(scope, self.day)
            case "since":
                return self._since(scope, self.day)
            case "never":
                return ~was_called(scope, self.campaigns)
        recent = self._since(scope, scope.today - timedelta(days=self.days or 0))
        return recent if self.op == "within_days" else ~recent

    def _since(self, scope: Scope, day: date | None) -> Q:
        assert day
        return was_called(scope, self.campaigns, gte=scope.start_of(day))

    def evidence(self, scope: Scope, contacts: Collection[int]) -> dict[int, str]:
        matching = scope.contacts.filter(self.matches(scope), pk__in=contacts).order_by().values_list("pk", flat=True)
        calls = counted_calls(scope, self.campaigns).filter(contact__in=contacts)
        newest = newest_by_contact(calls, "started_at", "campaign__name")
        never = f"Never called{within(scope.names, self.campaigns)}"
        return {contact: self._last(scope, *newest[contact]) if contact in newest else never for contact in matching}

    @staticmethod
    def _last(scope: Scope, started: Any, campaign: str) -> str:
        return f"Last called on {scope.day_text(started)} in {campaign}"


@dataclass(frozen=True)
class HasMeeting(Condition):
    """A counted call booked a meeting, which has one of some statuses."""

    kind: ClassVar[str] = "meeting"
    label: ClassVar[str] = "Meeting"

    statuses: tuple[str, ...] = ()
    campaigns: tuple[int, ...] = ()

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls(given.choices("statuses", MEETING_STATUSES, needed=False), given.campaigns())

    def sentences(self, names: Names) -> tuple[str, str]:
        statuses = (
            f" that is {any_of(MEETING_STATUSES[each].lower() for each in self.statuses)}" if self.statuses else ""
        )
        meeting = f"meeting{statuses}{within(names, self.campaigns)}"
        return f"Has a {meeting}", f"Has no {meeting}"

    def _meetings(self, scope: Scope) -> Any:
        counted = is_counted("call__", scope.at)
        meetings = scope.rows(Meeting).filter(counted, call__workspace=scope.workspace)
        meetings = meetings.filter(call__campaign__in=self.campaigns) if self.campaigns else meetings
        return meetings.filter(status__in=self.statuses) if self.statuses else meetings

    def matches(self, scope: Scope) -> Q:
        return has(self._meetings(scope), "call__contact")

    def evidence(self, scope: Scope, contacts: Collection[int]) -> dict[int, str]:
        meetings = self._meetings(scope).filter(call__contact__in=contacts).order_by("call__started_at", "pk")
        rows = meetings.values_list("call__contact", "status", "call__started_at", "call__campaign__name")
        return {
            contact: f"Meeting booked on {scope.day_text(booked)} in {campaign}: {MEETING_STATUSES[status].lower()}"
            for contact, status, booked, campaign in rows
        }
