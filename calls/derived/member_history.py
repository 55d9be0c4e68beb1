"""Members' summaries as of the end of a past day, recounted from the calls known then."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, Subquery, Value
from django.db.models.functions import Coalesce

from calls.metrics.definitions import of_member
from calls.models import Call
from calls.models.calls import CallQuerySet
from campaigns.dispositions import CLOSING
from markets.models import Workspace


def with_summaries_as_of(members: Any, workspace: Workspace, day: date | None) -> Any:
    """Overrides the stored summaries with those of the day; None means now, when the stored ones are right."""
    if day is None:
        return members
    valid = of_member(Call.objects.filter(workspace=workspace).as_of(workspace, day).not_voided())
    counted, newest = valid.counted(), valid.newest_first()
    return members.override_fields(
        attempt_count=_count(counted),
        conversation_count=_count(counted.conversations()),
        last_call_at=Subquery(newest.values("started_at")[:1]),
        last_disposition=Coalesce(Subquery(newest.values("disposition")[:1]), Value("")),
        callback_due_at=Subquery(newest.values("callback_at")[:1]),
        is_closed=Exists(valid.filter(disposition__in=CLOSING)),
    )


def _count(calls: CallQuerySet) -> Coalesce:
    counted = calls.order_by().values("contact").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
