"""Stored counts, each recounted from the calls themselves by the statement that also checks it.

A member's summary and a campaign's days are written in the transaction of the call that changes them, and always by
counting again: adding and subtracting would drift, counting cannot. A recount is one statement over any number of
members or days, so that a log of thousands of calls costs little more than the rows themselves.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any, LiteralString

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from calls.models import Call, CampaignDay, Direction
from calls.models.calls import CallQuerySet
from campaigns.dispositions import CLOSING, CONVERSATIONS, INTERESTED, MEETINGS, WRONG_NUMBERS
from markets import bulk
from markets.models import Contact, Workspace

CALL_COUNTS: dict[str, Q] = {
    "call_count": Q(),
    "conversation_count": Q(disposition__in=CONVERSATIONS),
    "meeting_count": Q(disposition__in=MEETINGS),
}
"""What is counted over counted calls (K), as conditions on a call."""
DAY_COUNTS = (*CALL_COUNTS, "signal_count")
FEW = 20
"""Members whose recount PostgreSQL plans well by itself."""
SUMMARY = (
    *("attempt_count", "conversation_count", "last_attempt_at", "last_conversation_at"),
    *("last_call_at", "last_disposition", "callback_due_at", "is_closed", "has_shown_interest"),
)
"""The stored fields of a member that follow from their calls."""

# Every standing call of a member, numbered from the newest (`newest`), the conversations among them, too (`talk`).
RECOUNTED: LiteralString = """
    SELECT m.id,
        count(*) FILTER (WHERE c.counts) AS attempt_count,
        count(*) FILTER (WHERE c.counts AND c.talks) AS conversation_count,
        max(c.started_at) FILTER (WHERE c.counts) AS last_attempt_at,
        max(c.started_at) FILTER (WHERE c.counts AND c.talks) AS last_conversation_at,
        max(c.started_at) AS last_call_at,
        coalesce(max(c.disposition) FILTER (WHERE c.newest = 1), '') AS last_disposition,
        max(c.callback_at) FILTER (WHERE c.newest = 1) AS callback_due_at,
        count(*) FILTER (WHERE c.closes) > 0 AS is_closed,
        count(*) FILTER (WHERE c.talks AND c.talk = 1 AND c.interests) > 0 AS has_shown_interest
    FROM campaigns_campaigncontact m
    LEFT JOIN (
        SELECT campaign_id, contact_id, started_at, disposition, callback_at,
            direction = {outbound} AS counts,
            disposition IN ({conversations}) AS talks,
            disposition IN ({closing}) AS closes,
            disposition IN ({interested}) AS interests,
            row_number() OVER (PARTITION BY campaign_id, contact_id ORDER BY started_at DESC, id DESC) AS newest,
            row_number() OVER (
                PARTITION BY campaign_id, contact_id, disposition IN ({conversations}) ORDER BY started_at DESC, id DESC
            ) AS talk
        FROM calls_call
        WHERE voided_at IS NULL AND disposition <> '' AND {calls}
    ) c ON c.campaign_id = m.campaign_id AND c.contact_id = m.contact_id
    WHERE {members}
    GROUP BY m.id
"""


class Members:
    """Some members, by what members and calls have in common."""

    def __init__(self, *, campaign: int | None = None, contacts: Collection[int] | None = None, workspace: int = 0):
        conditions, self.parameters = [], []
        if workspace:
            conditions.append("{}workspace_id = %s")
            self.parameters.append(workspace)
        if campaign is not None:
            conditions.append("{}campaign_id = %s")
            self.parameters.append(campaign)
        if contacts is not None:
            place, parameter = bulk.wanted(contacts, "bigint")
            among = f"= ANY({place})" if bulk.on_postgresql() else f"IN (SELECT value FROM {place})"  # noqa: S608
            conditions.append("{}contact_id " + among)
            self.parameters.append(parameter)
        self._condition = " AND ".join(conditions)

    def recounted(self) -> tuple[str, list[Any]]:
        """SQL with a row for each member: its id and what each field of SUMMARY ought to be; and its parameters."""

        def words(values: Iterable[str]) -> str:
            return ", ".join(f"'{value}'" for value in values)

        sql = RECOUNTED.format(
            outbound=f"'{Direction.OUTBOUND.value}'",
            conversations=words(CONVERSATIONS),
            closing=words(CLOSING),
            interested=words(INTERESTED),
            calls=self._condition.format(*[""] * self._condition.count("{}")),
            members=self._condition.format(*["m."] * self._condition.count("{}")),
        )
        return sql, [*self.parameters, *self.parameters]


def recount_members(**which: Any) -> None:
    """Counts members again, given as to Members; those that are right are not written."""
    sql, parameters = Members(**which).recounted()
    fields = ", ".join(f"{name} = found.{name}" for name in SUMMARY)
    is_few = "contacts" in which and len(which["contacts"]) <= FEW
    with nullcontext() if is_few else bulk.joining_many(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE campaigns_campaigncontact SET {fields} FROM ({sql}) AS found "  # noqa: S608
            f"WHERE found.id = campaigns_campaigncontact.id AND ({_differs('campaigns_campaigncontact')})",
            parameters,
        )


def _differs(table: str) -> str:
    distinct = "IS DISTINCT FROM" if bulk.on_postgresql() else "IS NOT"
    return " OR ".join(f"{table}.{name} {distinct} found.{name}" for name in SUMMARY)


def contact_summary() -> dict[str, Any]:
    """The number that a contact's newest Incorrect Number call found to be wrong."""
    calls = Call.objects.filter(contact=OuterRef("pk"), disposition__in=WRONG_NUMBERS).standing().newest_first()
    return {"wrong_phone": Coalesce(Subquery(calls.values("dialled")[:1]), Value(""))}


def recount_contacts(contacts: QuerySet[Contact]) -> None:
    contacts.order_by().update(**contact_summary())


def recount_days(
    *, workspace: Workspace, campaign: int, days: Collection[date], emptied: Collection[date] = ()
) -> None:
    """Counts days of a campaign again. Those `emptied` may have lost their last call, and stay as rows of zeros."""
    if emptied:
        CampaignDay.objects.filter(campaign=campaign, day__in=emptied).update(**dict.fromkeys(DAY_COUNTS, 0))
    wanted = Q()
    for first, last in _stretches({*days, *emptied}):
        wanted |= workspace.moments("started_at", first, last)
    if wanted:
        _write_days(count_days(workspace, Call.objects.filter(wanted, campaign=campaign)))


def _stretches(days: Collection[date]) -> Iterator[tuple[date, date]]:
    """The days as stretches without a gap. Very many are taken as one: what lies between is counted, too."""
    ordered = sorted(days)
    breaks = [n for n in range(1, len(ordered)) if ordered[n] - ordered[n - 1] > timedelta(days=1)]
    if len(breaks) > 50:
        breaks = []
    for first, last in zip([0, *breaks], [*breaks, len(ordered)], strict=True):
        if ordered:
            yield ordered[first], ordered[last - 1]


def count_days(workspace: Workspace, calls: CallQuerySet) -> QuerySet[Any, Any]:
    """A row for each campaign and day with the four counts. Signals multiply the rows, so calls are counted by key."""
    by_day = calls.counted().order_by().values("workspace", "campaign", day=workspace.day_in_sql("started_at"))
    counts = {name: Count("pk", distinct=True, filter=condition) for name, condition in CALL_COUNTS.items()}
    return by_day.annotate(**counts, signal_count=Count("signals", distinct=True))


def _write_days(counted: QuerySet[Any, Any]) -> None:
    """One statement from the calls to their days."""
    sql, parameters = counted.query.get_compiler("default").as_sql()
    columns = ", ".join(["workspace_id", "campaign_id", "day", *DAY_COUNTS])
    changes = ", ".join(f"{name} = excluded.{name}" for name in DAY_COUNTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO calls_campaignday ({columns}) {sql} ON CONFLICT (campaign_id, day) DO UPDATE SET {changes}",
            parameters,
        )


def rebuild(workspace: Workspace) -> None:
    """Counts everything of the workspace again. Run it in a transaction that holds the campaigns."""
    recount_members(workspace=workspace.pk)
    recount_contacts(Contact.objects.filter(pk__in=[contact.pk for contact in _wrong_contacts(workspace)]))
    CampaignDay.objects.filter(workspace=workspace).delete()
    _write_days(count_days(workspace, Call.objects.filter(workspace=workspace)))


def differences(workspace: Workspace) -> list[str]:
    """One sentence for each stored count that is not what a recount finds. Changes nothing."""
    return [*_member_differences(workspace), *_contact_differences(workspace), *_day_differences(workspace)]


def _member_differences(workspace: Workspace) -> Iterable[str]:
    sql, parameters = Members(workspace=workspace.pk).recounted()
    # Inside an expression both are as the database has them: SQLite's driver would turn a column's times into ours.
    kept = ", ".join(f"coalesce(kept.{name}, NULL), coalesce(found.{name}, NULL)" for name in SUMMARY)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kept.id, {kept} FROM campaigns_campaigncontact kept JOIN ({sql}) found ON found.id = kept.id "  # noqa: S608
            f"WHERE {_differs('kept')} ORDER BY kept.id",
            parameters,
        )
        for key, *values in cursor.fetchall():
            for name, stored, counted in zip(SUMMARY, values[::2], values[1::2], strict=True):
                if stored != counted:
                    yield f"campaign contact {key}: {name} is {stored!r}, recounted {counted!r}"


def _wrong_contacts(workspace: Workspace) -> QuerySet[Any]:
    recounted = workspace.contacts.annotate(recounted=contact_summary()["wrong_phone"])
    return recounted.exclude(wrong_phone=F("recounted")).order_by("pk")


def _contact_differences(workspace: Workspace) -> Iterable[str]:
    for contact in _wrong_contacts(workspace):
        yield f"contact {contact.pk}: wrong_phone is {contact.wrong_phone!r}, recounted {contact.recounted!r}"


def _day_differences(workspace: Workspace) -> Iterable[str]:
    rows = count_days(workspace, Call.objects.filter(workspace=workspace))
    found = {(row["campaign"], row["day"]): row for row in rows}
    stored = {(day.campaign_id, day.day): day for day in CampaignDay.objects.filter(workspace=workspace)}
    for key in sorted(found.keys() | stored.keys()):
        for name in DAY_COUNTS:
            kept, counted = getattr(stored.get(key), name, 0), found.get(key, {}).get(name, 0)
            if kept != counted:
                yield f"campaign {key[0]} on {key[1]}: {name} is {kept}, recounted {counted}"
