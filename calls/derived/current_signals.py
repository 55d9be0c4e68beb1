"""Which signals are current: the newest of its type from a contact, leaving out what a voided call said.

Each of them says for which campaign, and so for which market, it speaks now; the others, and those of calls that do not
count, speak for none. Voiding and correcting calls changes that too, so it is kept here, in their transaction: signals
are of the app above, and known by their table as they are by the relation's name where they are counted.
"""

from collections.abc import Collection, Iterable
from typing import Any, LiteralString

from django.db import connection

from calls.models import Direction
from config.db import bulk
from markets.models import Workspace

RECOUNTED: LiteralString = f"""
    SELECT id, CASE WHEN voided_at IS NULL AND newest = 1 AND direction = '{Direction.OUTBOUND.value}'
        THEN campaign_id END AS current_campaign_id
    FROM (
        SELECT s.id, c.campaign_id, c.direction, c.voided_at, row_number() OVER (
            PARTITION BY s.contact_id, s.type, c.voided_at IS NULL ORDER BY s.heard_at DESC, s.id DESC
        ) AS newest
        FROM signals_signal s JOIN calls_call c ON c.id = s.call_id
        WHERE {{signals}}
    ) numbered
"""  # noqa: S608 - of this file's own texts
"""A row for each signal of some contacts: its id, and the campaign for which it ought to speak."""


def recount_speaking(*, contacts: Collection[int]) -> None:
    """Says again for which campaign each signal of these contacts speaks; those that are right are not written.

    Their campaigns' locks come first. A lock on whoever said something lets calls of another campaign wait that would
    hear from them at this moment: neither would see what the other hears.
    """
    among, parameter = bulk.one_of(contacts)
    heard = (
        f"SELECT id FROM markets_contact WHERE id IN (SELECT contact_id FROM signals_signal WHERE contact_id {among})"  # noqa: S608
    )
    with connection.cursor() as cursor:
        cursor.execute(heard + (" ORDER BY id FOR NO KEY UPDATE" if bulk.on_postgresql() else ""), [parameter])
        if cursor.fetchall():
            _write(f"s.contact_id {among}", parameter)


def rebuild_speaking(workspace: Workspace) -> None:
    _write("s.workspace_id = %s", workspace.pk)


def _write(signals: str, parameter: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE signals_signal SET current_campaign_id = found.current_campaign_id, current_since = %s "  # noqa: S608
            f"FROM ({RECOUNTED.format(signals=signals)}) AS found "
            f"WHERE found.id = signals_signal.id "
            f"AND {bulk.differs(['current_campaign_id'], 'signals_signal', 'found')}",
            [bulk.database_now(), parameter],
        )


def speaking_differences(workspace: Workspace) -> Iterable[str]:
    for key, _, stored, counted in _differing(workspace):
        yield f"signal {key}: current_campaign is {stored!r}, recounted {counted!r}"


def wrong_speakers(workspace: Workspace) -> set[int]:
    """The contacts of whom a signal speaks for another campaign than it ought to."""
    return {contact for _, contact, *_ in _differing(workspace)}


def _differing(workspace: Workspace) -> list[tuple[int, int, int | None, int | None]]:
    """Signal, contact, and the campaigns for which it speaks and ought to."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kept.id, kept.contact_id, kept.current_campaign_id, found.current_campaign_id "  # noqa: S608
            f"FROM signals_signal kept "
            f"JOIN ({RECOUNTED.format(signals='s.workspace_id = %s')}) found ON found.id = kept.id "
            f"WHERE {bulk.differs(['current_campaign_id'], 'kept', 'found')} ORDER BY kept.id",
            [workspace.pk],
        )
        return cursor.fetchall()
