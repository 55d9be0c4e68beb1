"""Stored counts, each recounted from the calls themselves by the statement that also checks it.

A campaign's days and hours are written in the transaction of the call that changes them, and always by counting again:
adding and subtracting would drift, counting cannot. A recount is one statement over any number of days, so that a log
of thousands of calls costs little more than the rows themselves. So it is with what calls.derived.member_summaries
keeps of people,
with what calls.derived.callback_fulfilment keeps of promises and calls.derived.current_signals of signals.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache, reduce
from itertools import batched
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

from calls.derived.callback_fulfilment import rebuild_settled, settled_differences
from calls.derived.current_signals import rebuild_speaking, speaking_differences
from calls.derived.member_summaries import (
    contact_differences,
    member_differences,
    recount_contacts,
    recount_members,
    wrong_contacts,
)
from calls.models import Call, CampaignDay, CampaignHour
from calls.models.calls import CallQuerySet
from calls.models.corrections import corrected_since
from calls.models.daily_counts import OUTCOME_COUNTS
from campaigns.dispositions import CONVERSATIONS, MEETINGS
from campaigns.models import Campaign
from config.ui.asking import Statement
from markets.models import Contact, Workspace
from markets.prepared import Prepared

CALL_COUNTS: dict[str, Q] = {
    "call_count": Q(),
    "conversation_count": Q(disposition__in=CONVERSATIONS),
    "meeting_count": Q(disposition__in=MEETINGS),
    **{name: Q(disposition=disposition) for disposition, name in OUTCOME_COUNTS.items()},
}
"""What is counted over counted calls (K), as conditions on a call."""
DAY_COUNTS = (*CALL_COUNTS, "signal_count")
HOUR_COUNTS = ("call_count", "conversation_count")
Tally = CampaignDay | CampaignHour
_DAY, _HOUR = ("workspace_id", "campaign_id", "day"), ("workspace_id", "campaign_id", "day", "hour")
COUNTED: dict[type[Tally], tuple[Sequence[str], Sequence[str], Sequence[str]]] = {
    CampaignDay: (_DAY, _DAY[1:], DAY_COUNTS),
    CampaignHour: (_HOUR, _HOUR, HOUR_COUNTS),
}
"""Of each tally the columns that say where it belongs, those that it is known again by, and its counts."""


def recount_days(
    *, workspace: Workspace, campaign: int, days: Collection[date], emptied: Collection[date] = ()
) -> None:
    """Counts days of a campaign and their hours again. Those `emptied` may have lost their last call, and stay as rows
    of zeros."""
    if emptied:
        at = {"campaign": campaign, "day__in": emptied}
        CampaignDay.objects.filter(**at).update(**dict.fromkeys(DAY_COUNTS, 0), counted_at=now())
        CampaignHour.objects.filter(**at).update(**dict.fromkeys(HOUR_COUNTS, 0), counted_at=now())
    stretches = _stretches({*days, *emptied})
    bounds = [moment for each in stretches for moment in workspace.bounds(*each) if moment]
    if bounds:
        for model in COUNTED:
            recount = _recount(model, workspace.timezone, len(bounds))
            _write(model, recount.statement(Campaign(pk=campaign), now(), *bounds))


@lru_cache(maxsize=256)
def _recount(model: type[Tally], zone: str, _bounds: int) -> Prepared:
    """The tallies of a campaign's calls in stretches of time between so many bounds, on days of a zone."""

    def ask(campaign: Campaign, moment: datetime, *bounds: datetime) -> QuerySet[Any, Any]:
        within = (Q(started_at__gte=start, started_at__lt=end) for start, end in batched(bounds, 2))
        calls = Call.objects.filter(reduce(or_, within), campaign=campaign)
        return _counted(model, Workspace(timezone=zone), calls, moment)

    return Prepared(ask)


def _on(workspace: Workspace, days: Collection[date]) -> Q:
    """The condition that a call started on one of these days, or between them where they are very many."""
    wanted = Q()
    for first, last in _stretches(days):
        wanted |= workspace.moments("started_at", first, last)
    return wanted


def _stretches(days: Collection[date]) -> Iterator[tuple[date, date]]:
    """The days as stretches without a gap. Very many are taken as one: what lies between is counted, too."""
    ordered = sorted(days)
    breaks = [n for n in range(1, len(ordered)) if ordered[n] - ordered[n - 1] > timedelta(days=1)]
    if len(breaks) > 50:
        breaks = []
    for first, last in zip([0, *breaks], [*breaks, len(ordered)], strict=True):
        if ordered:
            yield ordered[first], ordered[last - 1]


def count_days(workspace: Workspace, calls: CallQuerySet, captured: Q | None = None) -> QuerySet[Any, Any]:
    """A row for each campaign and day with its counts, of signals those `captured` so, by the path from a call. A join
    with signals would multiply the calls, and only conversations have any."""
    signals_of = Call.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
    heard = signals_of.annotate(n=Count("signals", filter=captured)).values("n")
    per_call = Case(When(CALL_COUNTS["conversation_count"], then=Subquery(heard)), output_field=IntegerField())
    signals = Coalesce(Sum(per_call), 0)
    by_day = calls.counted().order_by().values("workspace", "campaign", day=workspace.day_in_sql("started_at"))
    return by_day.annotate(**_counts(CALL_COUNTS), signal_count=signals)


def count_hours(workspace: Workspace, calls: CallQuerySet) -> QuerySet[Any, Any]:
    """A row for each campaign, day and hour with its counts."""
    by_hour = (
        calls.counted()
        .order_by()
        .values(
            "workspace", "campaign", day=workspace.day_in_sql("started_at"), hour=workspace.hour_in_sql("started_at")
        )
    )
    return by_hour.annotate(**_counts(HOUR_COUNTS))


def recounted_as_of(model: type[CampaignDay | CampaignHour], workspace: Workspace, day: date) -> dict[str, str]:
    """By the field of a tally, what it was as known at the end of a past day, where the tally changed since and was not
    zero: a JSON object by the tally's id. Empty when none changed."""
    _, at = workspace.bounds(None, day)
    assert at
    key = ("campaign", "day") if model is CampaignDay else ("campaign", "day", "hour")
    changed = model.objects.filter(workspace=workspace, day__lte=day, counted_at__gte=at).order_by()
    ids = {tuple(of): pk for pk, *of in changed.values_list("pk", *key)}
    if not ids:
        return {}
    # An index leads to calls by when they start, and to those by their ids that were said to start otherwise.
    otherwise = list(corrected_since(workspace, at).get("started_at", ()))
    near = _on(workspace, {of[1] for of in ids}) | Q(pk__in=otherwise)
    calls = Call.objects.filter(near, workspace=workspace).as_of(workspace, day)
    if model is CampaignDay:
        names: Sequence[str] = DAY_COUNTS
        counted = count_days(workspace, calls, workspace.moments("signals__captured_at", None, day))
    else:
        names, counted = HOUR_COUNTS, count_hours(workspace, calls)
    found: dict[str, dict[int, int]] = {name: {} for name in names}
    for row in counted:
        if pk := ids.get(tuple(row[each] for each in key)):
            for name in names:
                if row[name]:
                    found[name][pk] = row[name]
    return {name: json.dumps(counts) for name, counts in found.items()}


def _counts(names: Iterable[str]) -> dict[str, Count]:
    return {name: Count("pk", filter=CALL_COUNTS[name]) for name in names}


def _counted(model: type[Tally], workspace: Workspace, calls: CallQuerySet, moment: datetime) -> QuerySet[Any, Any]:
    """What the rows of a model ought to be, counted at a moment."""
    counted = count_days(workspace, calls) if model is CampaignDay else count_hours(workspace, calls)
    return counted.annotate(counted_at=Value(moment, output_field=DateTimeField()))


def _write(model: type[Tally], counted: Statement) -> None:
    """One statement from the calls to their days or hours. Those that are right are not written."""
    table, (place, once, counts) = model._meta.db_table, COUNTED[model]
    sql, parameters = counted
    changes = ", ".join(f"{name} = excluded.{name}" for name in (*counts, "counted_at"))
    differs = " OR ".join(f"{table}.{name} <> excluded.{name}" for name in counts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join([*place, *counts])}, counted_at) {sql} "
            f"ON CONFLICT ({', '.join(once)}) DO UPDATE SET {changes} WHERE {differs}",
            parameters,
        )


def rebuild(workspace: Workspace) -> None:
    """Counts everything of the workspace again. Run it in a transaction that holds the campaigns."""
    recount_contacts(Contact.objects.filter(pk__in=[contact.pk for contact in wrong_contacts(workspace)]))
    rebuild_speaking(workspace)
    rebuild_calls(workspace)


def rebuild_calls(workspace: Workspace, campaign: Campaign | None = None) -> None:
    """Counts again what is kept of calls by campaign, or by one campaign, which the transaction holds."""
    recount_members(**_which(workspace, campaign))
    rebuild_settled(workspace, campaign)
    for model in COUNTED:
        calls = Call.objects.filter(**_which(workspace, campaign))
        _write(model, _counted(model, workspace, calls, now()).query.sql_with_params())
    # A day stays when its last call is gone: as of a day before that it had one.
    day, hour = workspace.day_in_sql("started_at"), workspace.hour_in_sql("started_at")
    _empty(CampaignDay.objects.filter(**_which(workspace, campaign)), DAY_COUNTS, day=day)
    _empty(CampaignHour.objects.filter(**_which(workspace, campaign)), HOUR_COUNTS, day=day, hour=hour)


def _which(workspace: Workspace, campaign: Campaign | None) -> dict[str, int]:
    return {"workspace": workspace.pk} | ({"campaign": campaign.pk} if campaign else {})


def _empty(tallies: QuerySet[Any], counts: Collection[str], **place: Expression) -> None:
    """Those that have no call but count some are set to zero; `place` says where a call belongs, by a tally's field."""
    a_day = timedelta(days=1)  # in no zone a day begins or ends further from its day in Greenwich
    nearby = {"started_at__gte": OuterRef("day") - a_day, "started_at__lt": OuterRef("day") + 2 * a_day}
    calls = Call.objects.counted().filter(**nearby, campaign=OuterRef("campaign"))
    calls = calls.alias(**{f"its_{name}": value for name, value in place.items()})
    theirs = calls.filter(**{f"its_{name}": OuterRef(name) for name in place})
    count_some = reduce(or_, (Q(**{f"{name}__gt": 0}) for name in counts))
    tallies.filter(count_some, ~Exists(theirs)).update(**dict.fromkeys(counts, 0), counted_at=now())


def differences(workspace: Workspace) -> list[str]:
    """One sentence for each stored count that is not what a recount finds. Changes nothing."""
    return [*contact_differences(workspace), *speaking_differences(workspace), *call_differences(workspace)]


def call_differences(workspace: Workspace, campaign: Campaign | None = None) -> list[str]:
    """Those of what `rebuild_calls` counts."""
    return [
        *member_differences(workspace, campaign),
        *settled_differences(workspace, campaign),
        *_tally_differences(workspace, campaign),
    ]


def _tally_differences(workspace: Workspace, campaign: Campaign | None) -> Iterator[str]:
    calls = Call.objects.filter(**_which(workspace, campaign))
    days, hours = (model.objects.filter(**_which(workspace, campaign)).order_by() for model in COUNTED)
    yield from _differing(("campaign", "day"), DAY_COUNTS, days, count_days(workspace, calls))
    yield from _differing(("campaign", "day", "hour"), HOUR_COUNTS, hours, count_hours(workspace, calls))


def _differing(
    key: Sequence[str], counts: Sequence[str], kept: QuerySet[Any], counted: QuerySet[Any, Any]
) -> Iterator[str]:
    found, stored = (
        {tuple(row[name] for name in key): row for row in rows} for rows in (counted, kept.values(*key, *counts))
    )
    for place in sorted(found.keys() | stored.keys()):
        campaign, day, *hour = place
        about = f"campaign {campaign} on {day}{f' at {hour[0]:02}:00' if hour else ''}"
        for name in counts:
            was, ought = stored.get(place, {}).get(name, 0), found.get(place, {}).get(name, 0)
            if was != ought:
                yield f"{about}: {name} is {was}, recounted {ought}"
