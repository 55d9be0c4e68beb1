"""Puts the moments at which rows were written back to where the story has them.

The portal's functions write down when something was entered, and all of the sample is entered now. Dated back it can be
asked for as of a past day.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import DateTimeField, Expression, ExpressionWrapper, F, OuterRef, Subquery

from calls.models import Call, CampaignDay, CampaignHour, Meeting
from campaigns.dispositions import CONVERSATIONS
from campaigns.models import CampaignContact
from config.db import bulk
from markets.models import Market, MarketContact, Suppression, Workspace

# One look at the signals in their order: of a table that was filled just now PostgreSQL knows nothing, and would read
# it through again for each of them.
SIGNALS = """
    UPDATE signals_signal SET captured_at = heard_at, current_since = coalesce(found.superseded_at, heard_at)
    FROM (
        SELECT id, lead(heard_at) OVER (PARTITION BY contact_id, type ORDER BY heard_at, id) AS superseded_at
        FROM signals_signal WHERE workspace_id = %(workspace)s
    ) found
    WHERE found.id = signals_signal.id AND signals_signal.workspace_id = %(workspace)s
"""

# The same of members. Whoever has calls that count tells by the first of them since when; whoever had some, by its end.
MEMBERS = """
    UPDATE campaigns_campaigncontact AS member SET
        added_at = found.created_at,
        counted_at = coalesce(found.changed_at, found.created_at),
        called_since = coalesce(found.called_at, found.voided_at, found.created_at),
        reached_since = coalesce(found.reached_at, found.voided_at, found.created_at)
    FROM (
        SELECT m.id, p.created_at,
            max(coalesce(c.voided_at, c.started_at)) AS changed_at, max(c.voided_at) AS voided_at,
            min(CASE WHEN {counts} THEN c.started_at END) AS called_at,
            min(CASE WHEN {counts} AND c.disposition IN ({conversations}) THEN c.started_at END) AS reached_at
        FROM campaigns_campaigncontact m JOIN campaigns_campaign p ON p.id = m.campaign_id
        LEFT JOIN calls_call c
            ON c.campaign_id = m.campaign_id AND c.contact_id = m.contact_id AND c.workspace_id = %(workspace)s
        WHERE m.workspace_id = %(workspace)s GROUP BY m.id, p.created_at
    ) found
    WHERE found.id = member.id AND member.workspace_id = %(workspace)s
""".format(  # noqa: S608 - of this file's own texts
    counts="c.voided_at IS NULL AND c.disposition <> '' AND c.direction = 'outbound'",
    conversations=", ".join(f"'{each}'" for each in CONVERSATIONS),
)


def date_back(workspace: Workspace, begun: datetime) -> None:
    """Everything of the workspace, which began at `begun`."""
    Workspace.objects.filter(pk=workspace.pk).update(created_at=begun)
    Market.objects.filter(workspace=workspace).update(created_at=begun)
    MarketContact.objects.filter(workspace=workspace).update(added_at=begun)
    calls = Call.objects.filter(workspace=workspace)
    calls.exclude(voided_at=None).update(voided_at=_later(F("started_at"), timedelta(minutes=25)))
    with transaction.atomic(), bulk.joining_many(), connection.cursor() as cursor:
        cursor.execute(MEMBERS, {"workspace": workspace.pk})
    removed = CampaignContact.objects.filter(workspace=workspace).exclude(removed_at=None)
    removed.update(removed_at=_later(F("last_call_at"), timedelta(minutes=30)))
    for tally in (CampaignDay, CampaignHour):  # by then the day is over in every zone, and its calls were corrected
        tally.objects.filter(workspace=workspace).update(counted_at=_later(F("day"), timedelta(days=2)))
    with transaction.atomic(), bulk.joining_many(), connection.cursor() as cursor:
        cursor.execute(SIGNALS, {"workspace": workspace.pk})
    of_call = Call.objects.filter(pk=OuterRef("call")).values("started_at")
    Meeting.objects.filter(workspace=workspace).update(created_at=Subquery(of_call))
    asked = Call.objects.filter(suppression=OuterRef("pk")).values("started_at")
    Suppression.objects.filter(workspace=workspace, calls__isnull=False).update(created_at=Subquery(asked))


def _later(moment: Expression | F, by: timedelta) -> Expression:
    return ExpressionWrapper(moment + by, output_field=DateTimeField())
