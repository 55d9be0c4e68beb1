"""Promises: what became of each Callback Requested. When it was settled is kept with it
(calls.derived.callback_fulfilment)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.timezone import now

from calls.models.calls import CallQuerySet
from campaigns.models import CampaignContact, Status
from campaigns.models.members import CampaignContactQuerySet
from markets.models import User, Workspace
from markets.models.landscape import has_usable_phone, is_suppressed

KEPT_WITHIN = timedelta(hours=1)
"""A call up to so long after the promised time still keeps the promise. One that comes earlier keeps it, too."""


class State(models.TextChoices):
    """What a promise has come to, most pressing first."""

    MISSED = "missed", "Missed"
    DUE = "due", "Due"
    UPCOMING = "upcoming", "Upcoming"
    LATE = "late", "Late"
    KEPT = "kept", "Kept"


OPEN = (State.MISSED, State.DUE, State.UPCOMING)

STATES: dict[str, tuple[str, str]] = {
    State.MISSED: ("Missed", "The promised day is over and nobody called since."),
    State.DUE: ("Due", "The time has come, the day is not over, nobody called since."),
    State.UPCOMING: ("Upcoming", "The time has not come; nobody called since."),
    State.LATE: ("Late", "Called more than an hour after the promised time."),
    State.KEPT: ("Kept", "Called by the promised time, or up to an hour after it."),
}
"""Each in words, and what it means."""
IS_OPEN = Q(fulfilled_at=None)
IS_LATE = Q(fulfilled_at__gt=F("callback_at") + KEPT_WITHIN)


def promised_in(workspace: Workspace) -> CallQuerySet:
    """A call has a time to call back where it ended so that it needs one, and only there: an index says it all."""
    return workspace.calls.filter(callback_at__isnull=False, voided_at=None)


def promises(workspace: Workspace, moment: datetime | None = None) -> QuerySet[Any]:
    """The workspace's standing calls that promised a callback, with `state` and `may_be_called`.

    Only a promise that is still open may be called for, and only where the queue would hold the person, too.
    """
    moment = moment or now()
    today, _ = workspace.bounds(workspace.day_of(moment), None)
    return promised_in(workspace).annotate(
        state=Case(
            When(IS_LATE, then=Value(State.LATE)),
            When(~IS_OPEN, then=Value(State.KEPT)),
            When(callback_at__gt=moment, then=Value(State.UPCOMING)),
            When(callback_at__gte=today, then=Value(State.DUE)),
            default=Value(State.MISSED),
            output_field=CharField(),
        ),
        may_be_called=Q(Exists(_members().callable().filter(campaign__status=Status.ACTIVE)), IS_OPEN),
    )


def missed(workspace: Workspace, first: date | None, last: date | None) -> QuerySet[Any]:
    """Those of one state, promised for days from `first` to `last`."""
    today, _ = workspace.bounds(workspace.today(), None)
    within = workspace.in_days("callback_at", first, last)
    return promised_in(workspace).filter(within, IS_OPEN, callback_at__lt=today)


def with_why_not(made: QuerySet[Any]) -> QuerySet[Any]:
    """`why_not`: what keeps an open promise from being called for; null where nothing does or it is settled."""
    reasons = {
        "Removed from the campaign": Q(removed_at__isnull=False),
        "On the do-not-call list": is_suppressed("contact__"),
        "Closed by another call": Q(is_closed=True),
        "No number": Q(contact__phone_e164=""),
        "Number to repair": ~has_usable_phone("contact__"),
        **{f"The campaign is {each.label}": Q(campaign__status=each) for each in Status if each != Status.ACTIVE},
    }
    whens = [When(condition, then=Value(words)) for words, condition in reasons.items()]
    why = _members().annotate(why=Case(*whens, output_field=CharField())).values("why")[:1]
    return made.annotate(why_not=Case(When(IS_OPEN, then=Subquery(why)), output_field=CharField()))


def in_state(made: QuerySet[Any], state: str) -> QuerySet[Any]:
    """Those of one state, the most pressing first; or, of those settled, the newest."""
    if state in OPEN:
        return made.filter(IS_OPEN, state=state).order_by("callback_at", "pk")
    return made.filter(state=state).order_by("-callback_at", "-pk")


def still_open(made: QuerySet[Any]) -> QuerySet[Any]:
    """By their time: those missed, then those due, then the upcoming ones."""
    return made.filter(IS_OPEN).order_by("callback_at", "pk")


def of_any_state(made: QuerySet[Any]) -> QuerySet[Any]:
    """What is open by its time; behind it what is settled, newest first."""
    open_until = Case(When(IS_OPEN, then=F("callback_at")))
    return made.order_by(open_until.asc(nulls_last=True), "-callback_at", "-pk")


def to_call_now(made: QuerySet[Any]) -> QuerySet[Any]:
    """Due or missed, of people who may be called: as many as `campaign_contacts.callback_due` finds."""
    return made.filter(IS_OPEN, state__in=[State.MISSED, State.DUE], may_be_called=True).order_by("callback_at", "pk")


def count_by_state(made: QuerySet[Any]) -> dict[str, int]:
    """How many promises each state has, in the order of State."""
    found = dict(made.order_by().values_list("state").annotate(n=Count("pk")))
    return {str(state): found.get(state, 0) for state in State}


@dataclass(frozen=True)
class Tally:
    """What became of the promises of one campaign or one caller. `query` finds them in the list."""

    label: str
    query: dict[str, str]
    counts: dict[str, int]

    @property
    def key(self) -> str:
        """As `data-row` names it: `campaign:17`, `caller:3`."""
        return ":".join(next(iter(self.query.items())))

    @property
    def promised(self) -> int:
        return sum(self.counts.values())

    @property
    def decided(self) -> int:
        """Those of which it is known whether they were kept: neither due nor upcoming."""
        return sum(self.counts[state] for state in (State.KEPT, State.LATE, State.MISSED))

    @property
    def kept_rate(self) -> float | None:
        """Kept / (kept + late + missed)."""
        return self.counts[State.KEPT] / self.decided if self.decided else None


def by_campaign(made: QuerySet[Any]) -> list[Tally]:
    rows = made.order_by().values_list("campaign", "campaign__name", "state").annotate(n=Count("pk"))
    return _tallies((name, {"campaign": str(campaign)}, state, count) for campaign, name, state, count in rows)


def by_caller(made: QuerySet[Any]) -> list[Tally]:
    """By the user who promised or, where a dialer's file brought the call, by the dialer's name for them."""
    named = made.order_by().annotate(named=Case(When(caller=None, then=F("caller_name")), default=Value("")))
    rows = list(named.values_list("caller", "named", "state").annotate(n=Count("pk")))
    users = User.objects.in_bulk({caller for caller, *_ in rows if caller})

    def who(caller: int | None, name: str) -> tuple[str, dict[str, str]]:
        if caller:
            return str(users[caller]), {"caller": str(caller)}
        return (name, {"caller_name": name}) if name else ("Nobody", {"nobody": "yes"})

    return _tallies((*who(caller, name), state, count) for caller, name, state, count in rows)


def _tallies(rows: Iterable[tuple[str, dict[str, str], str, int]]) -> list[Tally]:
    """Whoever promised most first. A row counts one state of one campaign or caller."""
    found: dict[tuple[str, ...], Tally] = {}
    for label, query, state, count in rows:
        key = next(iter(query.items()))
        tally = found.setdefault(key, Tally(label, query, {str(each): 0 for each in State}))
        tally.counts[state] = count
    return sorted(found.values(), key=lambda each: (-each.promised, each.label))


def _members() -> CampaignContactQuerySet:
    return CampaignContact.objects.filter(contact=OuterRef("contact"), campaign=OuterRef("campaign"))
