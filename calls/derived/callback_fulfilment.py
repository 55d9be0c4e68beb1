"""When each promised callback was fulfilled: by the next call that was not voided, in either direction, to the same
contact in the same campaign. Stored with the call that promised it. One that a manager released is not fulfilled."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When

from calls.models import Call, CallbackDecision
from calls.models.calls import CallQuerySet
from campaigns.models import Campaign
from config.db.expressions import IsDistinctFrom
from markets.models import Workspace


def refresh_callbacks(*, workspace: int, campaigns: Collection[int], contacts: Collection[int]) -> None:
    """Recounts all callbacks promised to these contacts. The transaction holds the campaigns' locks."""
    if contacts:
        _update(Call.objects.filter(workspace=workspace, campaign__in=campaigns, contact__in=contacts))


def rebuild_callbacks(workspace: Workspace, campaign: Campaign | None = None) -> None:
    _update(_calls_of(workspace, campaign))


def callback_differences(workspace: Workspace, campaign: Campaign | None = None) -> Iterable[str]:
    for call in _wrong(_calls_of(workspace, campaign)).order_by("pk"):
        yield f"call {call.pk}: fulfilled_at is {call.fulfilled_at!r}, recounted {call.expected!r}"


def _calls_of(workspace: Workspace, campaign: Campaign | None) -> CallQuerySet:
    calls = Call.objects.filter(workspace=workspace)
    return calls.filter(campaign=campaign) if campaign else calls


def _wrong(calls: CallQuerySet) -> QuerySet[Any]:
    """Calls whose callback was fulfilled at another time than stored, with the `expected` time."""
    same = {name: OuterRef(name) for name in ("workspace", "contact", "campaign")}
    later = Call.objects.not_voided().filter(**same, started_at__gte=OuterRef("started_at"))
    later = later.exclude(started_at=OuterRef("started_at"), pk__lte=OuterRef("pk")).order_by("started_at", "pk")
    is_promised = Q(voided_at=None) & ~Q(callback_decision=CallbackDecision.RELEASED)
    expected = Case(When(is_promised, then=Subquery(later.values("started_at")[:1])))
    promises = calls.filter(callback_at__isnull=False).annotate(expected=expected)
    return promises.filter(IsDistinctFrom("fulfilled_at", "expected"))


def _update(calls: CallQuerySet) -> None:
    """Rows already correct are not updated."""
    _wrong(calls).update(fulfilled_at=F("expected"))
