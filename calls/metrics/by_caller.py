"""What each caller did: the metrics of calls by who made them, over any calls.

A caller is a user, or for imported calls the dialer's name for somebody who is none; calls that name nobody are theirs
whom nobody named. The rows are sorted by name: over a month two rates mostly lie within each other's interval.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from calls.derived.daily_counts import CALL_COUNTS
from calls.metrics.definitions import FLOWS, with_rates
from calls.models.calls import CallQuerySet
from campaigns.models import CampaignContact
from markets.models import User, Workspace

NOBODY = "Nobody named"


@dataclass(frozen=True)
class Caller:
    """A user, or by `name` somebody whom only the dialer knows. Without either: nobody was named."""

    user: int | None
    name: str

    @property
    def key(self) -> str:
        return f"caller:{self.user}" if self.user else f"caller_name:{self.name}"

    @property
    def parameters(self) -> dict[str, str]:
        """What a list of calls is filtered by to have theirs."""
        if self.user:
            return {"caller": str(self.user)}
        return {"caller_name": self.name} if self.name else {"nobody": "yes"}


@dataclass(frozen=True)
class CallerRow:
    """What one caller's calls came to; among `metrics` is `talk_seconds`, the sum over their calls made."""

    caller: Caller
    name: str
    metrics: Mapping[str, Any]

    def __getitem__(self, metric: str) -> Any:
        """Tables sort by it."""
        return self.metrics[metric]


def callers_of(workspace: Workspace) -> QuerySet[User]:
    """Who may be asked for as a caller: the members, and whoever called before they left."""
    has_called = Exists(workspace.calls.filter(caller=OuterRef("pk")))
    return User.objects.filter(Q(pk__in=workspace.memberships.values("user")) | has_called)


def by_caller(calls: CallQuerySet) -> list[CallerRow]:
    """A row for each caller of the counted calls (K) among these, by name; whom nobody named comes last."""
    name = Case(When(caller=None, then=F("caller_name")), default=Value(""))
    found: dict[tuple[int | None, str], dict[str, Any]] = {}
    for rows, counts in _sources(calls):
        for row in rows.values("caller", name=name).annotate(**counts):
            found.setdefault((row.pop("caller"), row.pop("name")), {}).update(row)
    users = {user.pk: user for user in User.objects.filter(pk__in=[user for user, _ in found if user])}
    made = [_row(Caller(user, name), str(users[user]) if user else name, found[user, name]) for user, name in found]
    return sorted(made, key=lambda row: (row.name == NOBODY, row.name.casefold(), row.caller.key))


def of_all(calls: CallQuerySet) -> CallerRow:
    """The roll-up: sums of counts, people once."""
    counts: dict[str, Any] = {}
    for rows, each in _sources(calls):
        counts |= rows.aggregate(**each)
    return _row(Caller(None, ""), "", counts)


def _sources(calls: CallQuerySet) -> list[tuple[QuerySet[Any, Any], dict[str, Any]]]:
    """The counts of the daily tallies, people called, and signals: each over rows of its own, for joins multiply."""
    counted = calls.counted().order_by()
    counts = {name: Count("pk", filter=CALL_COUNTS[field]) for name, field in FLOWS.items() if field in CALL_COUNTS}
    members = calls.same_as_of(CampaignContact).current()
    captured = Count("signals", filter=Q(signals__captured_at__lt=calls.at) if calls.at else None)
    is_member = Exists(members.filter(campaign=OuterRef("campaign"), contact=OuterRef("contact")))
    return [
        (counted, {**counts, "talk": Coalesce(Sum("talk_seconds"), 0)}),
        (counted.filter(is_member), {"called": Count("contact", distinct=True)}),
        (counted.filter(signals__isnull=False), {"signals_captured": captured}),
    ]


def _row(caller: Caller, name: str, counts: dict[str, Any]) -> CallerRow:
    found = {"called": 0, "signals_captured": 0} | counts
    found["talk_seconds"] = found.pop("talk")
    return CallerRow(caller, name or NOBODY, with_rates(found))
