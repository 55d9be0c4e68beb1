"""The metrics of calls by caller.

A caller is a user or, for imported calls, a name in the dialer that belongs to no user. Calls without a caller are
grouped under one row. Rows are sorted by name, not by rate: the rates of a month mostly lie in each other's interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, Expression, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, gettext_noop

from calls.derived.daily_counts import CALL_COUNTS
from calls.metrics.definitions import CALL_METRICS, Counts, with_rates
from calls.models.calls import CallQuerySet
from campaigns.models import CampaignContact
from markets.models import User, Workspace

NOBODY = gettext_noop("Nobody named")


@dataclass(frozen=True)
class Caller:
    """A user, or a `name` that only the dialer knows, or neither."""

    user: int | None
    name: str

    @property
    def key(self) -> str:
        return f"caller:{self.user}" if self.user else f"caller_name:{self.name}"

    @property
    def parameters(self) -> dict[str, str]:
        """The filter of the list of this caller's calls."""
        if self.user:
            return {"caller": str(self.user)}
        return {"caller_name": self.name} if self.name else {"nobody": "yes"}


@dataclass(frozen=True)
class CallerRow:
    """The metrics of one caller; `metrics` includes `talk_seconds`, the sum over the calls made."""

    caller: Caller
    name: str
    metrics: Counts

    def __getitem__(self, metric: str) -> object:
        """For tables, which sort by it."""
        return self.metrics[metric]


def callers_of(workspace: Workspace) -> QuerySet[User]:
    """The choices for a caller, by name: the members of the workspace, and former ones who called."""
    has_called = Exists(workspace.calls.filter(caller=OuterRef("pk")))
    callers = User.objects.filter(Q(pk__in=workspace.memberships.values("user")) | has_called)
    return callers.order_by("first_name", "last_name", "email")


def by_caller(calls: CallQuerySet) -> list[CallerRow]:
    """A row for each caller of the counted calls (K) among these, by name; calls without a caller last."""
    name = Case(When(caller=None, then=F("caller_name")), default=Value(""))
    found: dict[tuple[int | None, str], Counts] = {}
    for rows, counts in _sources(calls):
        for row in rows.values("caller", name=name).annotate(**counts):
            found.setdefault((row.pop("caller"), row.pop("name")), {}).update(row)
    users = {user.pk: user for user in User.objects.filter(pk__in=[user for user, _ in found if user])}
    made = [_row(Caller(user, name), str(users[user]) if user else name, found[user, name]) for user, name in found]
    return sorted(made, key=lambda row: (row.name == gettext(NOBODY), row.name.casefold(), row.caller.key))


def all_callers(calls: CallQuerySet, rows: Sequence[CallerRow]) -> CallerRow:
    """The roll-up of all callers, from the rows of each; only contacts are counted again, as each counts once."""
    counts: Counts = {name: sum(row.metrics[name] for row in rows) for name in (*CALL_METRICS, "talk_seconds")}
    ((of_contacts, called),) = [(found, each) for found, each in _sources(calls) if "called" in each]
    return _row(Caller(None, ""), "", counts | of_contacts.aggregate(**called))


def _sources(calls: CallQuerySet) -> list[tuple[QuerySet[Any, Any], dict[str, Expression]]]:
    """Counts of calls, of contacts called and of signals, each over separate rows: joins would multiply them."""
    counted = calls.counted().order_by()
    counts = {
        name: Count("pk", filter=CALL_COUNTS[field]) for name, field in CALL_METRICS.items() if field in CALL_COUNTS
    }
    members = calls.same_as_of(CampaignContact).current()
    captured = Count("signals", filter=Q(signals__captured_at__lt=calls.at) if calls.at else None)
    is_member = Exists(members.filter(campaign=OuterRef("campaign"), contact=OuterRef("contact")))
    return [
        (counted, {**counts, "talk_seconds": Coalesce(Sum("talk_seconds"), 0)}),
        (counted.filter(is_member), {"called": Count("contact", distinct=True)}),
        (counted.filter(signals__isnull=False), {"signals_captured": captured}),
    ]


def _row(caller: Caller, name: str, counts: Counts) -> CallerRow:
    found = {"called": 0, "signals_captured": 0} | counts
    return CallerRow(caller, name or gettext(NOBODY), with_rates(found))
