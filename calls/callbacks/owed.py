"""Owed callbacks: promised to callable people by a campaign that has since been paused or completed.

Nobody makes them while the campaign stands still, so a manager decides about each. A decision holds until the
campaign's status changes again; one that was released, or left to a follow-up, stays so.
"""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from calls.metrics.callbacks import IS_OPEN, IS_TO_CALL, calls_with_callback, in_order_of_states
from calls.models.calls import CallQuerySet
from campaigns.models import Campaign, CampaignContact, Status, StatusChange
from campaigns.models.members import CampaignContactQuerySet
from markets.models import Workspace

STOPPED = (Status.PAUSED, Status.COMPLETED)


def owed(promised: QuerySet[Any]) -> QuerySet[Any]:
    """Those of some callbacks about which somebody has to decide."""
    return promised.filter(_is_owed())


def owed_count(workspace: Workspace) -> int:
    return owed(calls_with_callback(workspace)).count()


def count_each(promised: QuerySet[Any]) -> dict[str, int]:
    """How many callbacks `with_state` are to be called now, how many each state has, and how many are owed, if any are.

    In one statement, as a search among them would be repeated in each.
    """
    counts = {"n": Count("pk"), "to_call": Count("pk", filter=IS_TO_CALL), "owed": Count("pk", filter=_is_owed())}
    rows = list(promised.order_by().values("state").annotate(**counts))
    owing = sum(row["owed"] for row in rows)
    return {
        "to_call": sum(row["to_call"] for row in rows),
        **in_order_of_states({row["state"]: row["n"] for row in rows}),
        **({"owed": owing} if owing else {}),
    }


def promised_in(campaigns: QuerySet[Campaign] | list[int], workspace: Workspace) -> CallQuerySet:
    """Open callbacks of some campaigns, whatever their status, to people who can be called: what they would owe."""
    return calls_with_callback(workspace).filter(IS_OPEN, Exists(_members()), campaign__in=campaigns)


def _is_owed() -> Q:
    newer = StatusChange.objects.filter(campaign=OuterRef("campaign"), changed_at__gt=OuterRef("callback_decided_at"))
    is_undecided = Q(callback_decided_at=None) | Q(Exists(newer))
    return IS_OPEN & is_undecided & Q(_is_promised_by_stopped())


def _is_promised_by_stopped() -> Coalesce:
    """A subquery is looked up for each open callback. For Exists, PostgreSQL may gather all members beforehand."""
    promising = _members().filter(campaign__status__in=STOPPED)
    return Coalesce(Subquery(promising.values_list(Value(True))[:1]), Value(False))


def _members() -> CampaignContactQuerySet:
    return CampaignContact.objects.filter(contact=OuterRef("contact"), campaign=OuterRef("campaign")).callable()
