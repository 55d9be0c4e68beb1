"""Stored counts, each recounted from the calls themselves by the function that also checks it.

A member's summary and a campaign's days are written in the transaction of the call that changes them, and always by
counting again: adding and subtracting would drift, counting cannot.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Expression, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from calls.models import Call, CampaignDay
from calls.models.calls import CallQuerySet
from campaigns.dispositions import CLOSING, CONVERSATIONS, MEETINGS, WRONG_NUMBERS
from campaigns.models import Campaign, CampaignContact
from markets.models import Contact, Workspace

DAY_COUNTS = ("call_count", "conversation_count", "meeting_count", "signal_count")
DayCounts = dict[tuple[int, date], dict[str, int]]


def _count(calls: QuerySet[Call]) -> Expression:
    counted = calls.order_by().values("contact").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def member_summary() -> dict[str, Any]:
    """What each stored field of a member ought to be, as expressions over CampaignContact."""
    calls = Call.objects.filter(campaign=OuterRef("campaign"), contact=OuterRef("contact"))
    newest = calls.standing().newest_first()[:1]
    return {
        "attempt_count": _count(calls.counted()),
        "conversation_count": _count(calls.counted().conversations()),
        "last_call_at": Subquery(newest.values("started_at")),
        "last_disposition": Coalesce(Subquery(newest.values("disposition")), Value("")),
        "callback_due_at": Subquery(newest.values("callback_at")),
        "is_closed": Exists(calls.standing().filter(disposition__in=CLOSING)),
    }


def contact_summary() -> dict[str, Any]:
    """The number that a contact's newest Incorrect Number call found to be wrong."""
    calls = Call.objects.filter(contact=OuterRef("pk"), disposition__in=WRONG_NUMBERS).standing().newest_first()
    return {"wrong_phone": Coalesce(Subquery(calls.values("dialled")[:1]), Value(""))}


def recount_members(members: QuerySet[CampaignContact]) -> None:
    members.order_by().update(**member_summary())


def recount_contacts(contacts: QuerySet[Contact]) -> None:
    contacts.order_by().update(**contact_summary())


def recount_days(*, workspace: Workspace, campaigns: Collection[Campaign | int], days: Collection[date]) -> None:
    """Counts the days again; a day that lost its last call stays as a row of zeros."""
    if not days:
        return
    span = workspace.moments("started_at", min(days), max(days))
    found = count_days(workspace, Call.objects.filter(span, workspace=workspace, campaign__in=campaigns))
    ids = [campaign.pk if isinstance(campaign, Campaign) else campaign for campaign in campaigns]
    nothing = dict.fromkeys(DAY_COUNTS, 0)
    _write_days(
        CampaignDay(workspace=workspace, campaign_id=campaign, day=day, **found.get((campaign, day), nothing))
        for campaign in ids
        for day in sorted(set(days))
    )


def count_days(workspace: Workspace, calls: CallQuerySet) -> DayCounts:
    """The four counts by campaign and day. Signals have a query of their own: a join would multiply the calls."""
    by_day: QuerySet[Any, Any] = (
        calls.counted().order_by().annotate(day=workspace.day_in_sql("started_at")).values("campaign", "day")
    )
    rows = by_day.annotate(
        call_count=Count("pk"),
        conversation_count=Count("pk", filter=Q(disposition__in=CONVERSATIONS)),
        meeting_count=Count("pk", filter=Q(disposition__in=MEETINGS)),
    )
    counts: DayCounts = {}
    for row in rows:
        key = (row.pop("campaign"), row.pop("day"))
        counts[key] = {**row, "signal_count": 0}
    for heard in by_day.filter(signals__isnull=False).annotate(signal_count=Count("signals")):
        counts[heard["campaign"], heard["day"]]["signal_count"] = heard["signal_count"]
    return counts


def _write_days(days: Iterable[CampaignDay]) -> None:
    CampaignDay.objects.bulk_create(
        days,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["campaign", "day"],
        update_fields=list(DAY_COUNTS),
    )


def rebuild(workspace: Workspace) -> None:
    """Counts everything of the workspace again. Run it in a transaction."""
    recount_members(workspace.campaign_contacts.all())
    recount_contacts(workspace.contacts.all())
    found = count_days(workspace, Call.objects.filter(workspace=workspace))
    CampaignDay.objects.filter(workspace=workspace).delete()
    _write_days(
        CampaignDay(workspace=workspace, campaign_id=campaign, day=day, **counts)
        for (campaign, day), counts in found.items()
    )


def differences(workspace: Workspace) -> list[str]:
    """One sentence for each stored count that is not what a recount finds. Changes nothing."""
    return [
        *_row_differences(workspace.campaign_contacts.all(), member_summary()),
        *_row_differences(workspace.contacts.all(), contact_summary()),
        *_day_differences(workspace),
    ]


def _row_differences(rows: QuerySet[Any], summary: dict[str, Any]) -> Iterable[str]:
    """All fields in one pass; what agrees is not worth a comparison in the database."""
    recounts = {f"recounted_{field}": expression for field, expression in summary.items()}
    for row in rows.order_by("pk").annotate(**recounts).iterator(chunk_size=2000):
        for field in summary:
            kept, counted = getattr(row, field), getattr(row, f"recounted_{field}")
            if kept != counted:
                yield f"{row._meta.verbose_name} {row.pk}: {field} is {kept!r}, recounted {counted!r}"


def _day_differences(workspace: Workspace) -> Iterable[str]:
    found = count_days(workspace, Call.objects.filter(workspace=workspace))
    stored = {(day.campaign_id, day.day): day for day in CampaignDay.objects.filter(workspace=workspace)}
    for campaign, day in sorted(found.keys() | stored.keys()):
        for field in DAY_COUNTS:
            kept, counted = getattr(stored.get((campaign, day)), field, 0), found.get((campaign, day), {}).get(field, 0)
            if kept != counted:
                yield f"campaign {campaign} on {day}: {field} is {kept}, recounted {counted}"
