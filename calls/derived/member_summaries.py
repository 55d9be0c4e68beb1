"""What is kept of the calls with the people themselves: a member's summary, a contact's wrong number.

A summary is counted again whenever a call changed, was voided or came late. New calls in their order only carry it on,
which comes to the same (tests/calls/derived/test_member_summaries.py) at the same cost however long the history is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, LiteralString

from django.db import connection, transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from calls.models import Call, Direction
from campaigns.dispositions import CLOSING, CONVERSATIONS, INTERESTED, WRONG_NUMBERS
from campaigns.models import Campaign
from config.db import bulk
from config.ui.asking import Statement
from markets.models import Contact, Workspace

FEW = 20
"""Members whose recount PostgreSQL plans well by itself."""
SUMMARY = (
    *("attempt_count", "conversation_count", "last_attempt_at", "last_conversation_at"),
    *("last_call_at", "last_disposition", "callback_due_at", "is_closed", "has_shown_interest", "first_recorded_at"),
)
"""The stored fields of a member that follow from their calls."""
SINCE = {"called_since": "last_attempt_at", "reached_since": "last_conversation_at"}
"""Says when it last changed whether there is such a moment."""

# Calls by member, those that stand numbered from the newest. Interest is what the newest conversation showed.
SUMMED: LiteralString = """
    SELECT campaign_id AS of_campaign, contact_id AS of_contact,
        count(*) FILTER (WHERE counts) AS attempt_count,
        count(*) FILTER (WHERE counts AND talks) AS conversation_count,
        max(started_at) FILTER (WHERE counts) AS last_attempt_at,
        max(started_at) FILTER (WHERE counts AND talks) AS last_conversation_at,
        max(started_at) FILTER (WHERE stands) AS last_call_at,
        max(disposition) FILTER (WHERE stands AND newest = 1) AS last_disposition,
        max(callback_at) FILTER (WHERE stands AND newest = 1) AS callback_due_at,
        count(*) FILTER (WHERE closes) > 0 AS is_closed,
        coalesce(
            min(newest) FILTER (WHERE talks) = min(newest) FILTER (WHERE talks AND interests), false
        ) AS has_shown_interest,
        count(*) FILTER (WHERE talks) > 0 AS has_talked,
        min(started_at) FILTER (WHERE stands) AS first_call_at,
        min(recorded_at) AS first_recorded_at
    FROM (
        SELECT campaign_id, contact_id, started_at, recorded_at, disposition, callback_at, stands,
            stands AND direction = {outbound} AS counts,
            stands AND disposition IN ({conversations}) AS talks,
            stands AND disposition IN ({closing}) AS closes,
            disposition IN ({interested}) AS interests,
            row_number() OVER (PARTITION BY contact_id, campaign_id, stands ORDER BY started_at DESC, id DESC) AS newest
        FROM (
            SELECT id, campaign_id, contact_id, direction, started_at, recorded_at, disposition, callback_at,
                voided_at IS NULL AND disposition <> '' AS stands
            FROM calls_call WHERE {calls}
        ) made
    ) numbered
    GROUP BY contact_id, campaign_id
"""
RECOUNTED: LiteralString = """
    SELECT m.id,
        coalesce(c.attempt_count, 0) AS attempt_count,
        coalesce(c.conversation_count, 0) AS conversation_count,
        c.last_attempt_at,
        c.last_conversation_at,
        c.last_call_at,
        coalesce(c.last_disposition, '') AS last_disposition,
        c.callback_due_at,
        coalesce(c.is_closed, false) AS is_closed,
        coalesce(c.has_shown_interest, false) AS has_shown_interest,
        c.first_recorded_at
    FROM campaigns_campaigncontact m
    LEFT JOIN ({summed}) c ON c.of_campaign = m.campaign_id AND c.of_contact = m.contact_id
    WHERE {members}
"""
CARRIED_ON: dict[str, LiteralString] = {
    "attempt_count": "kept.attempt_count + found.attempt_count",
    "conversation_count": "kept.conversation_count + found.conversation_count",
    "last_attempt_at": "coalesce(found.last_attempt_at, kept.last_attempt_at)",
    "last_conversation_at": "coalesce(found.last_conversation_at, kept.last_conversation_at)",
    "last_call_at": "found.last_call_at",
    "last_disposition": "found.last_disposition",
    "callback_due_at": "found.callback_due_at",
    "is_closed": "kept.is_closed OR found.is_closed",
    "has_shown_interest": "CASE WHEN found.has_talked THEN found.has_shown_interest ELSE kept.has_shown_interest END",
    "first_recorded_at": "CASE WHEN kept.first_recorded_at < found.first_recorded_at THEN kept.first_recorded_at "
    "ELSE found.first_recorded_at END",
}
"""A member's summary after calls that are newer than all before: `found` is the summary of these calls alone."""


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
            among, parameter = bulk.one_of(contacts)
            conditions.append("{}contact_id " + among)
            self.parameters.append(parameter)
        self._condition = " AND ".join(conditions)

    def recounted(self) -> tuple[str, list[Any]]:
        """SQL with a row for each member: its id and what each field of SUMMARY ought to be; and its parameters."""
        names = self._condition.count("{}")
        calls, members = self._condition.format(*[""] * names), self._condition.format(*["m."] * names)
        return RECOUNTED.format(summed=_summed(calls), members=members), [*self.parameters, *self.parameters]


def _summed(calls: str) -> str:
    """SQL that summarises the calls of a condition by member."""

    def words(values: Iterable[str]) -> str:
        return ", ".join(f"'{value}'" for value in values)

    return SUMMED.format(
        outbound=f"'{Direction.OUTBOUND.value}'",
        conversations=words(CONVERSATIONS),
        closing=words(CLOSING),
        interested=words(INTERESTED),
        calls=calls,
    )


def _written(values: Mapping[str, LiteralString]) -> tuple[LiteralString, list[str]]:
    """What a member's fields become, and since when they are so; and its parameters."""
    changes = [f"{name} = {value}" for name, value in values.items()]
    changes += [
        f"{since} = CASE WHEN (kept.{newest} IS NULL) = ({values[newest]} IS NULL) THEN kept.{since} ELSE %s END"
        for since, newest in SINCE.items()
    ]
    return ", ".join([*changes, "counted_at = %s"]), [bulk.database_now()] * (len(SINCE) + 1)


def recount_members(**which: Any) -> None:
    """Counts members again, given as to Members; those that are right are not written."""
    sql, parameters = Members(**which).recounted()
    fields, moments = _written({name: f"found.{name}" for name in SUMMARY})
    is_few = "contacts" in which and len(which["contacts"]) <= FEW
    with nullcontext() if is_few else bulk.joining_many(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE campaigns_campaigncontact AS kept SET {fields} FROM ({sql}) AS found "  # noqa: S608
            f"WHERE found.id = kept.id AND ({bulk.differs(SUMMARY, 'kept', 'found')})",
            [*moments, *parameters],
        )


def carry_members_on(
    *, campaign: int, contacts: Collection[int], calls: Sequence[int], besides: Statement | None = None
) -> set[int]:
    """Brings members up to date with new calls to them. Whoever had no later call needs a look at the new ones alone,
    however long their history; the others are counted again, and returned.

    `calls` are ids in their order, drawn under the campaign's lock: it has no other calls among them. What else is to
    be changed `besides` goes with it.
    """
    whose, people = bulk.one_of(contacts)  # a large campaign is not read through for some of its members
    fields, moments = _written(CARRIED_ON)
    with nullcontext() if len(contacts) <= FEW else bulk.joining_many(), connection.cursor() as cursor:
        carry_on = (
            f"UPDATE campaigns_campaigncontact AS kept SET {fields} "  # noqa: S608
            f"FROM ({_summed('campaign_id = %s AND id BETWEEN %s AND %s')}) AS found "
            f"WHERE kept.campaign_id = %s AND kept.contact_id {whose} AND kept.contact_id = found.of_contact "
            "AND (kept.last_call_at IS NULL OR kept.last_call_at < found.first_call_at) RETURNING contact_id"
        )
        parameters = [*moments, campaign, calls[0], calls[-1], campaign, people]
        bulk.execute(cursor, (carry_on, parameters), besides=besides)
        carried = {contact for (contact,) in cursor.fetchall()}
    if rest := set(contacts) - carried:
        recount_members(campaign=campaign, contacts=rest)
    return rest


def contact_summary() -> dict[str, Any]:
    """The number that a contact's newest Incorrect Number call found to be wrong."""
    calls = Call.objects.filter(contact=OuterRef("pk"), disposition__in=WRONG_NUMBERS).standing().newest_first()
    return {"wrong_phone": Coalesce(Subquery(calls.values("dialled")[:1]), Value(""))}


def recount_contacts(contacts: QuerySet[Contact]) -> None:
    contacts.order_by().update(**contact_summary())


def member_differences(workspace: Workspace, campaign: Campaign | None = None) -> Iterable[str]:
    sql, parameters = Members(workspace=workspace.pk, campaign=campaign.pk if campaign else None).recounted()
    # Inside an expression both are as the database has them: SQLite's driver would turn a column's times into ours.
    kept = ", ".join(f"coalesce(kept.{name}, NULL), coalesce(found.{name}, NULL)" for name in SUMMARY)
    with transaction.atomic(), bulk.joining_many(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kept.id, {kept} FROM campaigns_campaigncontact kept JOIN ({sql}) found ON found.id = kept.id "  # noqa: S608
            f"WHERE {bulk.differs(SUMMARY, 'kept', 'found')} ORDER BY kept.id",
            parameters,
        )
        different = cursor.fetchall()
    for key, *values in different:
        for name, stored, counted in zip(SUMMARY, values[::2], values[1::2], strict=True):
            if stored != counted:
                yield f"campaign contact {key}: {name} is {stored!r}, recounted {counted!r}"


def wrong_contacts(workspace: Workspace) -> QuerySet[Any]:
    recounted = workspace.contacts.annotate(recounted=contact_summary()["wrong_phone"])
    return recounted.exclude(wrong_phone=F("recounted")).order_by("pk")


def contact_differences(workspace: Workspace) -> Iterable[str]:
    for contact in wrong_contacts(workspace):
        yield f"contact {contact.pk}: wrong_phone is {contact.wrong_phone!r}, recounted {contact.recounted!r}"
