"""Conditions on the calls to people. They read counted calls (K): outbound, with an outcome, not voided."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.db.models import Count, OuterRef, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from calls.models import Call, Meeting
from calls.models.calls import CallQuerySet, is_counted
from calls.models.meetings import MeetingStatus
from campaigns.audience.condition import Condition, Scope, has, not_among
from campaigns.audience.names import Names
from campaigns.audience.parameters import Parameters
from campaigns.audience.sentences import any_of, full_day
from campaigns.dispositions import Disposition
from campaigns.models import CampaignContact
from config.ui.formats import number

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
    """The end of a sentence; empty for all campaigns."""
    return (
        " " + _("in %(campaigns)s") % {"campaigns": any_of(names.campaigns[pk] for pk in campaigns)}
        if campaigns
        else ""
    )


@dataclass(frozen=True)
class HadOutcome(Condition):
    """A counted call, or the newest one, had one of some outcomes. Of calls at the same moment each is the newest."""

    kind: ClassVar[str] = "outcome"
    label: ClassVar[str | Promise] = gettext_lazy("Outcome")

    when: str
    outcomes: tuple[str, ...]
    campaigns: tuple[int, ...] = ()

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls(given.choice("when", ("ever", "last")), given.choices("outcomes", OUTCOMES), given.campaigns())

    def sentences(self, names: Names) -> tuple[str, str]:
        outcomes = f"{any_of(str(OUTCOMES[each]) for each in self.outcomes)}{within(names, self.campaigns)}"
        if self.when == "last":
            texts = _("Last outcome is %(outcomes)s"), _("Last outcome is not %(outcomes)s")
        else:
            texts = _("Had the outcome %(outcomes)s"), _("Never had the outcome %(outcomes)s")
        positive, negative = (text % {"outcomes": outcomes} for text in texts)
        return positive, negative

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
        text = _("%(outcome)s on %(day)s in %(campaign)s")
        return {
            contact: text % {"outcome": OUTCOMES[outcome], "day": scope.day_text(started), "campaign": campaign}
            for contact, (outcome, started, campaign) in found.items()
        }


@dataclass(frozen=True)
class CallCount(Condition):
    """At least, or at most, so many counted calls. Who was never called has none."""

    conversations_only: ClassVar[bool] = False

    op: str
    count: int
    campaigns: tuple[int, ...] = ()

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls(given.choice("op", ("at_least", "at_most")), given.count("count"), given.campaigns())

    def sentences(self, names: Names) -> tuple[str, str]:
        count = self.counted(self.count) + within(names, self.campaigns)
        if self.op == "at_least":
            texts = _("At least %(count)s"), _("Fewer than %(count)s")
        else:
            texts = _("At most %(count)s"), _("More than %(count)s")
        positive, negative = (text % {"count": count} for text in texts)
        return positive, negative

    @classmethod
    def counted(cls, count: int) -> str:
        if cls.conversations_only:
            return ngettext("%(n)s conversation", "%(n)s conversations", count) % {"n": number(count)}
        return ngettext("%(n)s attempt", "%(n)s attempts", count) % {"n": number(count)}

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
            contact: f"{self.counted(count)}{where}"
            for contact, count in counts.items()
            if (count >= self.count if self.op == "at_least" else count <= self.count)
        }


class Attempts(CallCount):
    kind, label = "attempts", gettext_lazy("Attempts")


class Conversations(CallCount):
    kind, label = "conversations", gettext_lazy("Conversations")
    conversations_only = True


@dataclass(frozen=True)
class LastCall(Condition):
    """When the newest counted call was made, in days of the workspace. A call made 14 days ago
    counts as within 14 days; a person who was never called does not."""

    kind: ClassVar[str] = "last_call"
    label: ClassVar[str | Promise] = gettext_lazy("Last call")
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
        values = {"day": full_day(self.day) if self.day else ""}
        match self.op:
            case "before":
                texts = _("Last called before %(day)s"), _("Not last called before %(day)s")
            case "since":
                texts = _("Called since %(day)s"), _("Not called since %(day)s")
            case "never":
                texts = _("Never called"), pgettext("person", "Called")
            case _op:
                days = self.days or 0
                texts = (
                    ngettext("Called within %(n)s day", "Called within %(n)s days", days),
                    ngettext("Not called within %(n)s day", "Not called within %(n)s days", days),
                )
                values["n"] = number(days)
                texts = texts if self.op == "within_days" else texts[::-1]
        positive, negative = (f"{text % values}{within(names, self.campaigns)}" for text in texts)
        return positive, negative

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
        never, last = (
            _("Never called") + within(scope.names, self.campaigns),
            _("Last called on %(day)s in %(campaign)s"),
        )
        found = {
            contact: last % {"day": scope.day_text(started), "campaign": campaign}
            for contact, (started, campaign) in newest.items()
        }
        return {contact: found.get(contact, never) for contact in matching}


@dataclass(frozen=True)
class HasMeeting(Condition):
    """A counted call booked a meeting, which has one of some statuses."""

    kind: ClassVar[str] = "meeting"
    label: ClassVar[str | Promise] = gettext_lazy("Meeting")

    statuses: tuple[str, ...] = ()
    campaigns: tuple[int, ...] = ()

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls(given.choices("statuses", MEETING_STATUSES, needed=False), given.campaigns())

    def sentences(self, names: Names) -> tuple[str, str]:
        if self.statuses:
            texts = _("Has a meeting that is %(statuses)s"), _("Has no meeting that is %(statuses)s")
        else:
            texts = _("Has a meeting"), _("Has no meeting")
        statuses = any_of(_in_a_sentence(each) for each in self.statuses)
        where = within(names, self.campaigns)
        positive, negative = (f"{text % {'statuses': statuses}}{where}" for text in texts)
        return positive, negative

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
        text = _("Meeting booked on %(day)s in %(campaign)s: %(status)s")
        shown = {status: _in_a_sentence(status) for status in MEETING_STATUSES}
        return {
            contact: text % {"day": scope.day_text(booked), "campaign": campaign, "status": shown[status]}
            for contact, status, booked, campaign in rows
        }


def _in_a_sentence(status: str) -> str:
    return {
        MeetingStatus.SCHEDULED: pgettext("meeting", "scheduled"),
        MeetingStatus.HELD: pgettext("meeting", "held"),
        MeetingStatus.NO_SHOW: pgettext("meeting", "no-show"),
        MeetingStatus.CANCELLED: pgettext("meeting", "cancelled"),
    }[MeetingStatus(status)]
