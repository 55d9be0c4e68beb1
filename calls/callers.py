"""What each caller did: the metrics of calls by who made them, over any calls.

A caller is a user, or for imported calls the dialer's name for somebody who is none; calls that name nobody are theirs
whom nobody named. The rows are sorted by name: over a month two rates mostly lie within each other's interval.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from calls.metrics import FLOWS, with_rates
from calls.models.calls import CallQuerySet
from calls.tallies import CALL_COUNTS
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
    by_whom: QuerySet[Any, Any] = calls.counted().order_by().values("caller", name=name)
    heard = {
        (row["caller"], row["name"]): row["n"]
        for row in by_whom.filter(signals__isnull=False).annotate(n=Count("signals"))
    }
    found = list(by_whom.annotate(**_over_calls()))
    users = {user.pk: user for user in User.objects.filter(pk__in={row["caller"] for row in found} - {None})}
    rows = [_row(row, heard, users) for row in found]
    return sorted(rows, key=lambda row: (row.name == NOBODY, row.name.casefold(), row.caller.key))


def of_all(calls: CallQuerySet) -> CallerRow:
    """The roll-up: sums of counts, people once."""
    counted = calls.counted().order_by()
    heard = counted.aggregate(n=Count("signals"))["n"]
    return _row({"caller": None, "name": "", **counted.aggregate(**_over_calls())}, {(None, ""): heard}, {})


def _row(row: dict[str, Any], heard: Mapping[tuple[int | None, str], int], users: Mapping[int, User]) -> CallerRow:
    caller, name = row.pop("caller"), row.pop("name")
    row["talk_seconds"] = row.pop("talk")
    metrics = with_rates(row | {"signals_captured": heard.get((caller, name), 0)})
    return CallerRow(Caller(caller, name), str(users[caller]) if caller else name or NOBODY, metrics)


def _over_calls() -> dict[str, Any]:
    """The counts of the daily tallies, and who was called. Signals are asked for apart: a join would multiply."""
    member = Exists(
        CampaignContact.objects.current().filter(campaign=OuterRef("campaign"), contact=OuterRef("contact"))
    )
    counts = {name: Count("pk", filter=CALL_COUNTS[field]) for name, field in FLOWS.items() if field in CALL_COUNTS}
    called = Count("contact", filter=Q(member), distinct=True)
    return {**counts, "called": called, "talk": Coalesce(Sum("talk_seconds"), 0)}
