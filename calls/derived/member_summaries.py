"""Summaries of calls stored with members and contacts: a member's attempts and newest call, a contact's wrong number.

A summary is counted again whenever one of its calls was changed, voided or recorded late. New calls that are newer than
all others are added to it instead, with the same result (tests/calls/derived/test_member_summaries.py) at a cost that
does not grow with the history.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from django.db import connection, transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from calls.models import Call, CallbackDecision, Direction
from campaigns.dispositions import CLOSING, CONVERSATIONS, INTERESTED, WRONG_NUMBERS
from campaigns.models import Campaign, CampaignContact
from config.db import bulk
from markets.models import Contact, Workspace

FEW_MEMBERS = 20
"""PostgreSQL plans statements over so few members well without a hint."""
CALLS = Call._meta.db_table
MEMBERS = CampaignContact._meta.db_table
SUMMARY = (
    *("attempt_count", "conversation_count", "last_attempt_at", "last_conversation_at"),
    *("last_call_at", "last_disposition", "callback_due_at", "is_closed", "has_shown_interest", "first_recorded_at"),
    "first_attempt_at",
)
"""The stored fields of a member that follow from its calls."""
SINCE = {"called_changed_at": "last_attempt_at", "reached_changed_at": "last_conversation_at"}
"""Fields that say when the other field last changed between null and a time."""

# One row for each member with calls. `newest` numbers the calls that are not voided from the newest; a member shows
# interest if its newest conversation did.
CALL_SUMMARIES = """
    SELECT campaign_id AS of_campaign, contact_id AS of_contact,
        count(*) FILTER (WHERE is_attempt) AS attempt_count,
        count(*) FILTER (WHERE is_attempt AND is_conversation) AS conversation_count,
        max(started_at) FILTER (WHERE is_attempt) AS last_attempt_at,
        max(started_at) FILTER (WHERE is_attempt AND is_conversation) AS last_conversation_at,
        min(started_at) FILTER (WHERE is_attempt) AS first_attempt_at,
        max(started_at) FILTER (WHERE is_valid) AS last_call_at,
        max(disposition) FILTER (WHERE is_valid AND newest = 1) AS last_disposition,
        max(callback_at) FILTER (WHERE is_valid AND newest = 1 AND NOT is_released) AS callback_due_at,
        count(*) FILTER (WHERE is_closing) > 0 AS is_closed,
        coalesce(
            min(newest) FILTER (WHERE is_conversation)
                = min(newest) FILTER (WHERE is_conversation AND is_interest), false
        ) AS has_shown_interest,
        count(*) FILTER (WHERE is_conversation) > 0 AS has_conversation,
        min(started_at) FILTER (WHERE is_valid) AS first_call_at,
        min(recorded_at) AS first_recorded_at
    FROM (
        SELECT campaign_id, contact_id, started_at, recorded_at, disposition, callback_at, is_valid,
            is_valid AND direction = {outbound} AS is_attempt,
            is_valid AND disposition IN ({conversations}) AS is_conversation,
            is_valid AND disposition IN ({closing}) AS is_closing,
            disposition IN ({interested}) AS is_interest,
            callback_decision = {released} AS is_released,
            row_number() OVER (
                PARTITION BY contact_id, campaign_id, is_valid ORDER BY started_at DESC, id DESC
            ) AS newest
        FROM (
            SELECT id, campaign_id, contact_id, direction, started_at, recorded_at, disposition, callback_at,
                callback_decision,
                voided_at IS NULL AND disposition <> '' AS is_valid
            FROM {table} WHERE {calls}
        ) calls
    ) numbered
    GROUP BY contact_id, campaign_id
"""
MEMBER_SUMMARIES = """
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
        c.first_recorded_at,
        c.first_attempt_at
    FROM {table} m
    LEFT JOIN ({summaries}) c ON c.of_campaign = m.campaign_id AND c.of_contact = m.contact_id
    WHERE {members}
"""
WITH_NEW_CALLS = {
    "attempt_count": "stored.attempt_count + new.attempt_count",
    "conversation_count": "stored.conversation_count + new.conversation_count",
    "last_attempt_at": "coalesce(new.last_attempt_at, stored.last_attempt_at)",
    "last_conversation_at": "coalesce(new.last_conversation_at, stored.last_conversation_at)",
    "last_call_at": "new.last_call_at",
    "last_disposition": "new.last_disposition",
    "callback_due_at": "new.callback_due_at",
    "is_closed": "stored.is_closed OR new.is_closed",
    "has_shown_interest": "CASE WHEN new.has_conversation THEN new.has_shown_interest "
    "ELSE stored.has_shown_interest END",
    "first_recorded_at": "CASE WHEN stored.first_recorded_at < new.first_recorded_at THEN stored.first_recorded_at "
    "ELSE new.first_recorded_at END",
    "first_attempt_at": "coalesce(stored.first_attempt_at, new.first_attempt_at)",
}
"""SQL for each field of a member after calls newer than all others were added; `new` is the summary of those calls."""


class MemberScope:
    """A condition that selects members and their calls alike, by columns that both tables have."""

    def __init__(self, *, workspace: int, campaign: int | None = None, contacts: Collection[int] | None = None):
        self._conditions: list[str] = ["workspace_id = %s"]
        self._parameters: list[Any] = [workspace]
        if campaign is not None:
            self._conditions.append("campaign_id = %s")
            self._parameters.append(campaign)
        if contacts is not None:
            is_one_of, parameter = bulk.one_of(contacts)
            self._conditions.append(f"contact_id {is_one_of}")
            self._parameters.append(parameter)

    def summaries(self) -> tuple[str, list[Any]]:
        """SQL and its parameters for a row for each member: its id and the recounted fields of SUMMARY."""
        calls = _call_summaries(" AND ".join(self._conditions))
        members = " AND ".join(f"m.{condition}" for condition in self._conditions)
        sql = MEMBER_SUMMARIES.format(table=MEMBERS, summaries=calls, members=members)
        return sql, [*self._parameters, *self._parameters]


def _call_summaries(condition: str) -> str:
    """SQL that summarises calls by member."""

    def quoted(values: Iterable[str]) -> str:
        return ", ".join(f"'{value}'" for value in values)

    return CALL_SUMMARIES.format(
        table=CALLS,
        outbound=quoted([Direction.OUTBOUND]),
        conversations=quoted(CONVERSATIONS),
        closing=quoted(CLOSING),
        interested=quoted(INTERESTED),
        released=quoted([CallbackDecision.RELEASED]),
        calls=condition,
    )


def _assignments(values: Mapping[str, str]) -> tuple[str, list[str]]:
    """The SET clause that writes `values`, SQL by field, and its parameters."""
    changes = [f"{name} = {value}" for name, value in values.items()]
    changes += [
        f"{since} = CASE WHEN (stored.{field} IS NULL) = ({values[field]} IS NULL) THEN stored.{since} ELSE %s END"
        for since, field in SINCE.items()
    ]
    return ", ".join([*changes, "counts_changed_at = %s"]), [bulk.database_now()] * (len(SINCE) + 1)


def refresh_members(*, workspace: int, campaign: int | None = None, contacts: Collection[int] | None = None) -> None:
    """Counts members again. Rows already correct are not updated."""
    sql, parameters = MemberScope(campaign=campaign, contacts=contacts, workspace=workspace).summaries()
    assignments, times = _assignments({name: f"new.{name}" for name in SUMMARY})
    is_small = contacts is not None and len(contacts) <= FEW_MEMBERS
    with nullcontext() if is_small else bulk.without_nested_loops(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {MEMBERS} AS stored SET {assignments} FROM ({sql}) AS new "  # noqa: S608
            f"WHERE stored.workspace_id = %s AND new.id = stored.id AND ({_differ(SUMMARY)})",
            [*times, *parameters, workspace],
        )


def add_calls_to_members(*, workspace: int, campaign: int, contacts: Collection[int], calls: Sequence[int]) -> set[int]:
    """Adds new calls to the summaries of their members, without reading older calls. Members with a later call are
    counted again; returns their contacts.

    `calls` are ids in ascending order, drawn under the campaign's lock: the campaign has no other calls between them.
    """
    is_one_of, keys = bulk.one_of(contacts)  # or PostgreSQL would read all members of a large campaign
    assignments, times = _assignments(WITH_NEW_CALLS)
    summaries = _call_summaries("workspace_id = %s AND campaign_id = %s AND id BETWEEN %s AND %s")
    is_small = len(contacts) <= FEW_MEMBERS
    with nullcontext() if is_small else bulk.without_nested_loops(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {MEMBERS} AS stored SET {assignments} FROM ({summaries}) AS new "  # noqa: S608
            f"WHERE stored.workspace_id = %s AND stored.campaign_id = %s AND stored.contact_id {is_one_of} "
            "AND stored.contact_id = new.of_contact "
            "AND (stored.last_call_at IS NULL OR stored.last_call_at < new.first_call_at) RETURNING contact_id",
            [*times, workspace, campaign, calls[0], calls[-1], workspace, campaign, keys],
        )
        added = {contact for (contact,) in cursor.fetchall()}
    if others := set(contacts) - added:
        refresh_members(workspace=workspace, campaign=campaign, contacts=others)
    return others


def rebuild_members(workspace: Workspace, campaign: Campaign | None = None) -> None:
    refresh_members(workspace=workspace.pk, campaign=campaign.pk if campaign else None)


def member_differences(workspace: Workspace, campaign: Campaign | None = None) -> Iterable[str]:
    sql, parameters = MemberScope(workspace=workspace.pk, campaign=campaign.pk if campaign else None).summaries()
    # coalesce() hides the columns' type from SQLite's driver, which would convert times only in plain columns.
    columns = ", ".join(f"coalesce(stored.{name}, NULL), coalesce(new.{name}, NULL)" for name in SUMMARY)
    with transaction.atomic(), bulk.without_nested_loops(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT stored.id, {columns} FROM {MEMBERS} stored JOIN ({sql}) new ON new.id = stored.id "  # noqa: S608
            f"WHERE stored.workspace_id = %s AND ({_differ(SUMMARY)}) ORDER BY stored.id",
            [*parameters, workspace.pk],
        )
        rows = cursor.fetchall()
    for key, *values in rows:
        for name, stored, counted in zip(SUMMARY, values[::2], values[1::2], strict=True):
            if stored != counted:
                yield f"campaign contact {key}: {name} is {stored!r}, recounted {counted!r}"


def _differ(columns: Iterable[str]) -> str:
    return " OR ".join(f"stored.{name} IS DISTINCT FROM new.{name}" for name in columns)


def refresh_wrong_numbers(workspace: int, contacts: Collection[int]) -> None:
    if contacts:
        Contact.objects.filter(workspace=workspace, pk__in=contacts).order_by().update(wrong_phone=_wrong_number())


def _wrong_number() -> Coalesce:
    """The number that a contact's newest Incorrect Number call found to be wrong, or blank."""
    calls = Call.objects.filter(workspace=OuterRef("workspace"), contact=OuterRef("pk"))
    calls = calls.filter(disposition__in=WRONG_NUMBERS).not_voided().newest_first()
    return Coalesce(Subquery(calls.values("dialled")[:1]), Value(""))


def wrong_number_differences(workspace: Workspace) -> Iterable[str]:
    for contact in _with_another_wrong_number(workspace):
        yield f"contact {contact.pk}: wrong_phone is {contact.wrong_phone!r}, recounted {contact.expected!r}"


def contacts_with_wrong_number(workspace: Workspace) -> set[int]:
    """Contacts whose stored `wrong_phone` differs from a recount."""
    return {contact.pk for contact in _with_another_wrong_number(workspace)}


def _with_another_wrong_number(workspace: Workspace) -> QuerySet[Any]:
    contacts = workspace.contacts.annotate(expected=_wrong_number())
    return contacts.exclude(wrong_phone=F("expected")).order_by("pk")
