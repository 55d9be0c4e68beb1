"""The state of each Callback Requested. Its fulfilment is stored with it (calls.derived.callback_fulfilment)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Case, CharField, Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from calls.models.calls import CallbackDecision, CallQuerySet
from campaigns.models import CampaignContact, Status
from campaigns.models.members import CampaignContactQuerySet
from markets.models import User, Workspace
from markets.models.landscape import has_usable_phone
from markets.models.off_limits import is_off_limits
from markets.models.suppressions import is_suppressed

KEPT_WITHIN = timedelta(hours=1)
"""A call this long after the promised time still keeps the promise, and so does an earlier one."""


class CallbackState(models.TextChoices):
    """The state of a callback, most urgent first."""

    MISSED = "missed", _("Missed")
    DUE = "due", _("Due")
    UPCOMING = "upcoming", _("Upcoming")
    LATE = "late", _("Late")
    KEPT = "kept", _("Kept")
    RELEASED = "released", _("Released")


USUAL_STATES = [state for state in CallbackState if state != CallbackState.RELEASED]
"""Those that are shown also where there are none."""
OPEN_STATES = (CallbackState.MISSED, CallbackState.DUE, CallbackState.UPCOMING)

STATE_MEANINGS: dict[str, str | Promise] = {
    CallbackState.MISSED: _("The promised day is over and nobody called since."),
    CallbackState.DUE: _("The time has come, the day is not over, nobody called since."),
    CallbackState.UPCOMING: _("The time has not come; nobody called since."),
    CallbackState.LATE: _("Called more than an hour after the promised time."),
    CallbackState.KEPT: _("Called by the promised time, or up to an hour after it."),
    CallbackState.RELEASED: _("A manager decided that nobody calls back, when the campaign stopped."),
}
WHY_NOT = (
    gettext_noop("removed from the campaign"),
    gettext_noop("on the do-not-call list"),
    gettext_noop("off-limits"),
    gettext_noop("closed by another call"),
    gettext_noop("no number"),
    gettext_noop("number to repair"),
    gettext_noop("the campaign is draft"),
    gettext_noop("the campaign is paused"),
    gettext_noop("the campaign is completed"),
)
"""What with_why_not says, as pages have it within a sentence."""
IS_RELEASED = Q(callback_decision=CallbackDecision.RELEASED)
IS_OPEN = Q(fulfilled_at=None) & ~IS_RELEASED
IS_TO_CALL = IS_OPEN & Q(state__in=[CallbackState.MISSED, CallbackState.DUE], may_be_called=True)
"""Of callbacks with_state."""
IS_LATE = Q(fulfilled_at__gt=F("callback_at") + KEPT_WITHIN)


def calls_with_callback(workspace: Workspace) -> CallQuerySet:
    """Only a call with the disposition Callback Requested has a time to call back, so an index covers this."""
    return workspace.calls.filter(callback_at__isnull=False, voided_at=None)


def with_state(workspace: Workspace, moment: datetime | None = None) -> QuerySet[Model]:
    """The workspace's calls that promised a callback and are not voided, with `state` and `may_be_called`.

    A callback may be called for while it is open and the member is callable, as in the queue.
    """
    moment = moment or now()
    today, _last = workspace.bounds(workspace.day_of(moment), None)
    # A subquery is looked up for each row that is shown. For Exists, PostgreSQL would gather all members beforehand.
    callable_now = _members().callable().filter(campaign__status=Status.ACTIVE).values_list(Value(True))[:1]
    return calls_with_callback(workspace).annotate(
        state=Case(
            When(IS_RELEASED, then=Value(CallbackState.RELEASED)),
            When(IS_LATE, then=Value(CallbackState.LATE)),
            When(~IS_OPEN, then=Value(CallbackState.KEPT)),
            When(callback_at__gt=moment, then=Value(CallbackState.UPCOMING)),
            When(callback_at__gte=today, then=Value(CallbackState.DUE)),
            default=Value(CallbackState.MISSED),
            output_field=CharField(),
        ),
        may_be_called=Coalesce(Case(When(IS_OPEN, then=Subquery(callable_now))), Value(False)),
    )


def missed(workspace: Workspace, first: date | None, last: date | None) -> QuerySet[Model]:
    """Missed callbacks promised for days from `first` to `last`."""
    today, _last = workspace.bounds(workspace.today(), None)
    within = workspace.in_days("callback_at", first, last)
    return calls_with_callback(workspace).filter(within, IS_OPEN, callback_at__lt=today)


def with_why_not(made: QuerySet[Model]) -> QuerySet[Model]:
    """Adds `why_not`, the English reason why an open callback cannot be called for; null if it can, or is fulfilled."""
    reasons = {
        "Removed from the campaign": Q(removed_at__isnull=False),
        "On the do-not-call list": is_suppressed("contact__"),
        "Off-limits": is_off_limits("contact__"),
        "Closed by another call": Q(is_closed=True),
        "No number": Q(contact__phone_e164=""),
        "Number to repair": ~has_usable_phone("contact__"),
        "The campaign is Draft": Q(campaign__status=Status.DRAFT),
        "The campaign is Paused": Q(campaign__status=Status.PAUSED),
        "The campaign is Completed": Q(campaign__status=Status.COMPLETED),
    }
    whens = [When(condition, then=Value(words)) for words, condition in reasons.items()]
    why = _members().annotate(why=Case(*whens, output_field=CharField())).values("why")[:1]
    return made.annotate(why_not=Case(When(IS_OPEN, then=Subquery(why)), output_field=CharField()))


def in_state(made: QuerySet[Model], state: str) -> QuerySet[Model]:
    """Callbacks of one state: open ones earliest first, fulfilled ones newest first."""
    if state in OPEN_STATES:
        return made.filter(IS_OPEN, state=state).order_by("callback_at", "pk")
    return made.filter(state=state).order_by("-callback_at", "-pk")


def still_open(made: QuerySet[Model]) -> QuerySet[Model]:
    """Open callbacks by time: missed, due, upcoming."""
    return made.filter(IS_OPEN).order_by("callback_at", "pk")


def of_any_state(made: QuerySet[Model]) -> QuerySet[Model]:
    """Open callbacks by time, then fulfilled ones, newest first."""
    open_until = Case(When(IS_OPEN, then=F("callback_at")))
    return made.order_by(open_until.asc(nulls_last=True), "-callback_at", "-pk")


def to_call_now(made: QuerySet[Model]) -> QuerySet[Model]:
    """Due or missed callbacks of callable members: as many as `campaign_contacts.callback_due` has rows."""
    return made.filter(IS_TO_CALL).order_by("callback_at", "pk")


def overdue(made: QuerySet[Model]) -> QuerySet[Model]:
    """Those to call now whose time is over by more than KEPT_WITHIN: the promise is broken."""
    return to_call_now(made).filter(callback_at__lte=now() - KEPT_WITHIN)


def standing(made: QuerySet[Model]) -> QuerySet[Model]:
    """Open callbacks to people who can be called, whatever the campaign's status."""
    return made.filter(IS_OPEN, Exists(_members().callable())).order_by("callback_at", "pk")


def count_by_state(made: QuerySet[Model]) -> dict[str, int]:
    """How many with_state each state has, in the order of CallbackState."""
    return in_order_of_states(dict(made.order_by().values_list("state").annotate(n=Count("pk"))))


def in_order_of_states(found: Mapping[str, int]) -> dict[str, int]:
    """The counts of all usual states, and of others if they have any."""
    return {str(state): found.get(state, 0) for state in CallbackState if state in found or state in USUAL_STATES}


@dataclass(frozen=True)
class CallbackCounts:
    """What became of the with_state of one campaign or one caller. `query` finds them in the list."""

    label: str
    query: dict[str, str]
    counts: dict[str, int]

    @property
    def key(self) -> str:
        """The value of `data-row`: `campaign:17`, `caller:3`."""
        return ":".join(next(iter(self.query.items())))

    @property
    def promised(self) -> int:
        return sum(self.counts.values())

    @property
    def decided(self) -> int:
        """Callbacks whose time is over: neither due nor upcoming."""
        return sum(self.counts[state] for state in (CallbackState.KEPT, CallbackState.LATE, CallbackState.MISSED))

    @property
    def kept_rate(self) -> float | None:
        """Kept / (kept + late + missed)."""
        return self.counts[CallbackState.KEPT] / self.decided if self.decided else None


def states_of(rows: Iterable[CallbackCounts]) -> list[tuple[str, str]]:
    """The name and label of each state that a table of these rows shows."""
    found = {state for row in rows for state in row.counts}
    return [(str(state), str(state.label)) for state in CallbackState if state in USUAL_STATES or state in found]


def by_campaign(made: QuerySet[Model]) -> list[CallbackCounts]:
    names = ("campaign", "campaign__name", "campaign__market__name")
    rows = made.order_by().values_list(*names, "state").annotate(n=Count("pk"))
    return _group_counts(
        (f"{name} · {market}", {"campaign": str(campaign)}, state, count)
        for campaign, name, market, state, count in rows
    )


def by_caller(made: QuerySet[Model]) -> list[CallbackCounts]:
    """By the user who promised or, for imported calls, by the caller's name in the dialer."""
    named = made.order_by().annotate(named=Case(When(caller=None, then=F("caller_name")), default=Value("")))
    rows = list(named.values_list("caller", "named", "state").annotate(n=Count("pk")))
    users = User.objects.in_bulk({caller for caller, *_other in rows if caller})

    def who(caller: int | None, name: str) -> tuple[str, dict[str, str]]:
        if caller:
            return str(users[caller]), {"caller": str(caller)}
        return (name, {"caller_name": name}) if name else (gettext("Nobody"), {"nobody": "yes"})

    return _group_counts((*who(caller, name), state, count) for caller, name, state, count in rows)


def _group_counts(rows: Iterable[tuple[str, dict[str, str], str, int]]) -> list[CallbackCounts]:
    """Groups rows that each count one state of one campaign or caller; most callbacks first."""
    found: dict[tuple[str, ...], CallbackCounts] = {}
    for label, query, state, count in rows:
        key = next(iter(query.items()))
        tally = found.setdefault(key, CallbackCounts(label, query, {str(each): 0 for each in USUAL_STATES}))
        tally.counts[state] = count
    return sorted(found.values(), key=lambda each: (-each.promised, each.label))


def _members() -> CampaignContactQuerySet:
    return CampaignContact.objects.filter(contact=OuterRef("contact"), campaign=OuterRef("campaign"))
