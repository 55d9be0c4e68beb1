"""Stored counts of calls by campaign and day, and by campaign, day and hour.

The transaction that changes a call counts its day again from the calls: adding and subtracting would drift. A recount
is one statement over any number of days, so a log of thousands of calls costs little more than its rows. The same
queries serve the check.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    Expression,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from calls.models import Call, CampaignDay, CampaignHour
from calls.models.calls import CallQuerySet
from calls.models.corrections import values_before_corrections
from calls.models.daily_counts import OUTCOME_COUNTS
from campaigns.dispositions import CONVERSATIONS, MEETINGS
from campaigns.models import Campaign
from markets.models import Workspace

CALL_COUNTS: dict[str, Q] = {
    "call_count": Q(),
    "conversation_count": Q(disposition__in=CONVERSATIONS),
    "meeting_count": Q(disposition__in=MEETINGS),
    **{name: Q(disposition=disposition) for disposition, name in OUTCOME_COUNTS.items()},
}
"""The condition on a counted call (K) under which each count includes it."""
DAY_COUNTS = (*CALL_COUNTS, "signal_count")
HOUR_COUNTS = ("call_count", "conversation_count")
DailyCounts = CampaignDay | CampaignHour
DAY_KEY = ("campaign", "day")
HOUR_KEY = ("campaign", "day", "hour")
MOST_RANGES = 50


def refresh_days(
    *, workspace: Workspace, campaign: int, days: Collection[date], emptied_days: Collection[date] = ()
) -> None:
    """Counts days of a campaign and their hours again. `emptied_days` may have lost their last call; they stay as rows
    of zeros."""
    if emptied_days:
        emptied = {"workspace": workspace, "campaign": campaign, "day__in": emptied_days}
        CampaignDay.objects.filter(**emptied).update(**dict.fromkeys(DAY_COUNTS, 0), counts_changed_at=now())
        CampaignHour.objects.filter(**emptied).update(**dict.fromkeys(HOUR_COUNTS, 0), counts_changed_at=now())
    if days := {*days, *emptied_days}:
        calls = Call.objects.filter(_started_on(workspace, days), workspace=workspace, campaign=campaign)
        _upsert(CampaignDay, count_days(workspace, calls))
        _upsert(CampaignHour, count_hours(workspace, calls))


def _started_on(workspace: Workspace, days: Collection[date]) -> Q:
    """The condition that a call started on one of these days, or on a day between them where they are very many."""
    condition = Q()
    for first, last in _ranges(days):
        condition |= workspace.in_days("started_at", first, last)
    return condition


def _ranges(days: Collection[date]) -> Iterator[tuple[date, date]]:
    """The days as first and last day of ranges without a gap. Too many ranges become one: counting a day too many is
    cheaper than a condition for each."""
    ordered = sorted(days)
    breaks = [n for n in range(1, len(ordered)) if ordered[n] - ordered[n - 1] > timedelta(days=1)]
    if len(breaks) > MOST_RANGES:
        breaks = []
    for first, last in zip([0, *breaks], [*breaks, len(ordered)], strict=True):
        if ordered:
            yield ordered[first], ordered[last - 1]


def count_days(workspace: Workspace, calls: CallQuerySet, captured: Q | None = None) -> QuerySet[Any, Any]:
    """A row for each campaign and day with its counts. `captured` limits the signals, by their path from a call.

    Signals are counted in a subquery, as a join would multiply the calls, and only for conversations, which alone have
    signals.
    """
    signals_of = Call.objects.filter(workspace=OuterRef("workspace"), pk=OuterRef("pk")).order_by().values("pk")
    heard = signals_of.annotate(n=Count("signals", filter=captured)).values("n")
    per_call = Case(When(CALL_COUNTS["conversation_count"], then=Subquery(heard)), output_field=IntegerField())
    signals = Coalesce(Sum(per_call), 0)
    by_day = calls.counted().order_by().values("workspace", "campaign", day=workspace.day_in_sql("started_at"))
    return by_day.annotate(**_counts(CALL_COUNTS), signal_count=signals)


def count_hours(workspace: Workspace, calls: CallQuerySet) -> QuerySet[Any, Any]:
    day, hour = workspace.day_in_sql("started_at"), workspace.hour_in_sql("started_at")
    by_hour = calls.counted().order_by().values("workspace", "campaign", day=day, hour=hour)
    return by_hour.annotate(**_counts(HOUR_COUNTS))


def recounted_as_of(model: type[DailyCounts], workspace: Workspace, day: date) -> dict[str, str]:
    """For each count, its values as known at the end of a past day: a JSON object by row id, without zeros, of the rows
    that changed since. Empty if no row changed."""
    _, at = workspace.bounds(None, day)
    assert at
    key = DAY_KEY if model is CampaignDay else HOUR_KEY
    changed = model.objects.filter(workspace=workspace, day__lte=day, counts_changed_at__gte=at).order_by()
    ids = {tuple(place): pk for pk, *place in changed.values_list("pk", *key)}
    if not ids:
        return {}
    # Calls are found through the index on their start, and those with another start at the time by their ids.
    moved = list(values_before_corrections(workspace, at).get("started_at", ()))
    nearby = _started_on(workspace, {place[1] for place in ids}) | Q(pk__in=moved)
    calls = Call.objects.filter(nearby, workspace=workspace).as_of(workspace, day)
    if model is CampaignDay:
        names: Sequence[str] = DAY_COUNTS
        counted = count_days(workspace, calls, workspace.in_days("signals__captured_at", None, day))
    else:
        names, counted = HOUR_COUNTS, count_hours(workspace, calls)
    values: dict[str, dict[int, int]] = {name: {} for name in names}
    for row in counted:
        if pk := ids.get(tuple(row[field] for field in key)):
            for name in names:
                if row[name]:
                    values[name][pk] = row[name]
    return {name: json.dumps(by_row) for name, by_row in values.items()}


def _counts(names: Iterable[str]) -> dict[str, Count]:
    return {name: Count("pk", filter=CALL_COUNTS[name]) for name in names}


def _upsert(model: type[DailyCounts], counted: QuerySet[Any, Any]) -> None:
    """Writes counted rows in one statement, without fetching them. Rows already correct are not updated."""
    key, counts = (DAY_KEY, DAY_COUNTS) if model is CampaignDay else (HOUR_KEY, HOUR_COUNTS)
    counted = counted.annotate(counts_changed_at=Value(now(), output_field=DateTimeField()))
    column_of = {field.name: str(field.column) for field in model._meta.concrete_fields}
    columns = [column_of[name] for name in ("workspace", *key, *counts, "counts_changed_at")]
    unique = [column_of[name] for name in model._meta.total_unique_constraints[0].fields]
    table, changing = model._meta.db_table, columns[1 + len(key) :]
    changes = ", ".join(f"{name} = excluded.{name}" for name in changing)
    differs = " OR ".join(f"{table}.{name} <> excluded.{name}" for name in counts)
    sql, parameters = counted.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) {sql} "
            f"ON CONFLICT ({', '.join(unique)}) DO UPDATE SET {changes} WHERE {differs}",
            parameters,
        )


def rebuild_days(workspace: Workspace, campaign: Campaign | None = None) -> None:
    """Counts every day of one campaign or all campaigns again. The transaction holds their locks."""
    calls = Call.objects.filter(**_scope(workspace, campaign))
    _upsert(CampaignDay, count_days(workspace, calls))
    _upsert(CampaignHour, count_hours(workspace, calls))
    # Rows stay, as zeros, when their last call is gone: as of an earlier day they had one.
    day, hour = workspace.day_in_sql("started_at"), workspace.hour_in_sql("started_at")
    _set_to_zero(CampaignDay.objects.filter(**_scope(workspace, campaign)), DAY_COUNTS, day=day)
    _set_to_zero(CampaignHour.objects.filter(**_scope(workspace, campaign)), HOUR_COUNTS, day=day, hour=hour)


def _scope(workspace: Workspace, campaign: Campaign | None) -> dict[str, int]:
    return {"workspace": workspace.pk} | ({"campaign": campaign.pk} if campaign else {})


def _set_to_zero(rows: QuerySet[Model], counts: Collection[str], **place: Expression) -> None:
    """Sets rows without a call to zero. `place` gives, for each field of the row's key, its value for a call."""
    a_day = timedelta(days=1)  # in every zone a day begins and ends within a day of the same date in UTC
    nearby = {"started_at__gte": OuterRef("day") - a_day, "started_at__lt": OuterRef("day") + 2 * a_day}
    calls = Call.objects.counted().filter(**nearby, workspace=OuterRef("workspace"), campaign=OuterRef("campaign"))
    calls = calls.alias(**{f"call_{name}": value for name, value in place.items()})
    calls = calls.filter(**{f"call_{name}": OuterRef(name) for name in place})
    is_positive = reduce(or_, (Q(**{f"{name}__gt": 0}) for name in counts))
    rows.filter(is_positive, ~Exists(calls)).update(**dict.fromkeys(counts, 0), counts_changed_at=now())


def day_differences(workspace: Workspace, campaign: Campaign | None = None) -> Iterator[str]:
    """One sentence for each stored count that differs from a recount."""
    calls = Call.objects.filter(**_scope(workspace, campaign))
    days, hours = (
        model.objects.filter(**_scope(workspace, campaign)).order_by() for model in (CampaignDay, CampaignHour)
    )
    yield from _differences(DAY_KEY, DAY_COUNTS, days, count_days(workspace, calls))
    yield from _differences(HOUR_KEY, HOUR_COUNTS, hours, count_hours(workspace, calls))


def _differences(
    key: Sequence[str], counts: Sequence[str], stored_rows: QuerySet[Model], counted_rows: QuerySet[Any, Any]
) -> Iterator[str]:
    counted, stored = (
        {tuple(row[name] for name in key): row for row in rows}
        for rows in (counted_rows, stored_rows.values(*key, *counts))
    )
    for place in sorted(counted.keys() | stored.keys()):
        campaign, day, *hour = place
        label = f"campaign {campaign} on {day}{f' at {hour[0]:02}:00' if hour else ''}"
        for name in counts:
            was, expected = stored.get(place, {}).get(name, 0), counted.get(place, {}).get(name, 0)
            if was != expected:
                yield f"{label}: {name} is {was}, recounted {expected}"
