"""What is kept of a member's calls with the member, as it was at the end of a past day."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, Subquery, Value
from django.db.models.functions import Coalesce

from calls.metrics.definitions import of_member
from calls.models import Call
from calls.models.calls import CallQuerySet
from campaigns.dispositions import CLOSING
from markets.models import Workspace


def as_they_were(members: Any, workspace: Workspace, day: date | None) -> Any:
    """The members, each with the summary of the calls that were known then; None is now, when it is stored."""
    if day is None:
        return members
    standing = of_member(Call.objects.filter(workspace=workspace).as_of(workspace, day).not_voided())
    counted, newest = standing.counted(), standing.newest_first()
    return members.override_fields(
        attempt_count=_count(counted),
        conversation_count=_count(counted.conversations()),
        last_call_at=Subquery(newest.values("started_at")[:1]),
        last_disposition=Coalesce(Subquery(newest.values("disposition")[:1]), Value("")),
        callback_due_at=Subquery(newest.values("callback_at")[:1]),
        is_closed=Exists(standing.filter(disposition__in=CLOSING)),
    )


def _count(calls: CallQuerySet) -> Coalesce:
    counted = calls.order_by().values("contact").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
