"""Sets the timestamps of the sample's rows to when their events happened.

The portal's functions stamp rows with the current time. Backdated rows make as-of queries on past days work.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import DateTimeField, Expression, ExpressionWrapper, F, OuterRef, Subquery

from calls.models import Call, CampaignDay, CampaignHour, Meeting
from campaigns.dispositions import CONVERSATIONS
from campaigns.models import CampaignContact
from config.db import bulk
from markets.models import Market, MarketContact, Suppression, Workspace

# A window function reads the table once. PostgreSQL has no statistics of a table just filled, and would plan a
# correlated subquery as one full scan per row.
SIGNALS = """
    UPDATE signals_signal SET captured_at = heard_at, current_changed_at = coalesce(history.superseded_at, heard_at)
    FROM (
        SELECT id, lead(heard_at) OVER (PARTITION BY contact_id, type ORDER BY heard_at, id) AS superseded_at
        FROM signals_signal WHERE workspace_id = %(workspace)s
    ) history
    WHERE history.id = signals_signal.id AND signals_signal.workspace_id = %(workspace)s
"""

# One pass for the same reason. Members with counted calls changed at the first of them; members whose calls are all
# voided changed when the last was voided.
MEMBERS = """
    UPDATE campaigns_campaigncontact AS member SET
        added_at = recount.created_at,
        counts_changed_at = coalesce(recount.changed_at, recount.created_at),
        called_changed_at = coalesce(recount.called_at, recount.voided_at, recount.created_at),
        reached_changed_at = coalesce(recount.reached_at, recount.voided_at, recount.created_at)
    FROM (
        SELECT m.id, p.created_at,
            max(coalesce(c.voided_at, c.started_at)) AS changed_at, max(c.voided_at) AS voided_at,
            min(CASE WHEN {counts} THEN c.started_at END) AS called_at,
            min(CASE WHEN {counts} AND c.disposition IN ({conversations}) THEN c.started_at END) AS reached_at
        FROM campaigns_campaigncontact m JOIN campaigns_campaign p ON p.id = m.campaign_id
        LEFT JOIN calls_call c
            ON c.campaign_id = m.campaign_id AND c.contact_id = m.contact_id AND c.workspace_id = %(workspace)s
        WHERE m.workspace_id = %(workspace)s GROUP BY m.id, p.created_at
    ) recount
    WHERE recount.id = member.id AND member.workspace_id = %(workspace)s
""".format(  # noqa: S608 - constants of this file only
    counts="c.voided_at IS NULL AND c.disposition <> '' AND c.direction = 'outbound'",
    conversations=", ".join(f"'{each}'" for each in CONVERSATIONS),
)


def backdate(workspace: Workspace, started_at: datetime) -> None:
    """`started_at` becomes the creation time of the workspace, its markets and their contacts."""
    Workspace.objects.filter(pk=workspace.pk).update(created_at=started_at)
    Market.objects.filter(workspace=workspace).update(created_at=started_at)
    MarketContact.objects.filter(workspace=workspace).update(added_at=started_at)
    calls = Call.objects.filter(workspace=workspace)
    calls.exclude(voided_at=None).update(voided_at=_later(F("started_at"), timedelta(minutes=25)))
    with transaction.atomic(), bulk.without_nested_loops(), connection.cursor() as cursor:
        cursor.execute(MEMBERS, {"workspace": workspace.pk})
    removed = CampaignContact.objects.filter(workspace=workspace).exclude(removed_at=None)
    removed.update(removed_at=_later(F("last_call_at"), timedelta(minutes=30)))
    for counts in (CampaignDay, CampaignHour):  # two days later the day is over in every zone and corrections are made
        counts.objects.filter(workspace=workspace).update(counts_changed_at=_later(F("day"), timedelta(days=2)))
    with transaction.atomic(), bulk.without_nested_loops(), connection.cursor() as cursor:
        cursor.execute(SIGNALS, {"workspace": workspace.pk})
    of_call = Call.objects.filter(pk=OuterRef("call")).values("started_at")
    Meeting.objects.filter(workspace=workspace).update(created_at=Subquery(of_call))
    call_time = Call.objects.filter(suppression=OuterRef("pk")).values("started_at")
    Suppression.objects.filter(workspace=workspace, calls__isnull=False).update(created_at=Subquery(call_time))


def _later(moment: Expression | F, by: timedelta) -> Expression:
    return ExpressionWrapper(moment + by, output_field=DateTimeField())
