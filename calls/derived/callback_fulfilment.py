"""When each promise to call back was settled: by the next standing call, in either direction, to the same person in the
same campaign. It is kept with the promise and found again in the transaction of each call that may settle it."""

from collections.abc import Collection, Iterable
from typing import Any, LiteralString

from django.db import connection

from campaigns.models import Campaign
from config.db import bulk
from config.ui.asking import Statement
from markets.models import Workspace

SETTLED: LiteralString = """
    CASE WHEN p.voided_at IS NULL THEN (
        SELECT c.started_at FROM calls_call c
        WHERE c.contact_id = p.contact_id AND c.campaign_id = p.campaign_id
            AND c.voided_at IS NULL AND c.disposition <> '' AND (c.started_at, c.id) > (p.started_at, p.id)
        ORDER BY c.started_at, c.id LIMIT 1
    ) END
"""
"""When the promise `p` was settled, or null."""
IS_OPEN: LiteralString = "p.fulfilled_at IS NULL AND p.voided_at IS NULL"


def settling_open(*, workspace: int, campaign: int, contacts: Collection[int]) -> Statement | None:
    """Settles what calls that are newer than all before settle of the promises to these contacts; None where there are
    no contacts."""
    if not contacts:
        return None
    among, people = bulk.one_of(contacts)
    promises = f"{IS_OPEN} AND p.workspace_id = %s AND p.campaign_id = %s AND p.contact_id {among}"
    return _settling(promises, [workspace, campaign, people])


def settle_again(*, campaigns: Collection[int], contacts: Collection[int]) -> None:
    """Finds again when each promise to these contacts was settled, whatever became of their calls. The transaction
    holds the campaigns."""
    if contacts:
        of_campaigns, keys = bulk.one_of(campaigns)
        among, people = bulk.one_of(contacts)
        _execute(_settling(f"p.campaign_id {of_campaigns} AND p.contact_id {among}", [keys, people]))


def rebuild_settled(workspace: Workspace, campaign: Campaign | None = None) -> None:
    _execute(_settling(*_within(workspace, campaign)))


def settled_differences(workspace: Workspace, campaign: Campaign | None = None) -> Iterable[str]:
    promises, parameters = _within(workspace, campaign)
    # Inside an expression both are as the database has them: SQLite's driver would turn a column's times into ours.
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.id, coalesce(p.fulfilled_at, NULL), {SETTLED} FROM calls_call AS p WHERE {_wrong(promises)} "  # noqa: S608
            "ORDER BY p.id",
            parameters,
        )
        for key, stored, found in cursor.fetchall():
            yield f"call {key}: fulfilled_at is {stored!r}, recounted {found!r}"


def _within(workspace: Workspace, campaign: Campaign | None) -> tuple[LiteralString, list[Any]]:
    if campaign:
        return "p.workspace_id = %s AND p.campaign_id = %s", [workspace.pk, campaign.pk]
    return "p.workspace_id = %s", [workspace.pk]


def _settling(promises: LiteralString, parameters: list[Any]) -> Statement:
    """Those that are right are not written."""
    return f"UPDATE calls_call AS p SET fulfilled_at = {SETTLED} WHERE {_wrong(promises)}", parameters  # noqa: S608


def _wrong(promises: LiteralString) -> str:
    return f"p.callback_at IS NOT NULL AND {promises} AND {bulk.differ('p.fulfilled_at', SETTLED)}"


def _execute(statement: Statement) -> None:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
