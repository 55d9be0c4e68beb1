"""Puts the moments at which rows were written back to where the story has them.

The portal's functions write down when something was entered, and all of the sample is entered now. Dated back it can be
asked for as of a past day.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField, Expression, ExpressionWrapper, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from calls.models import Call, CampaignDay, CampaignHour, Meeting
from campaigns.models import Campaign, CampaignContact
from markets.models import Market, MarketContact, Suppression, Workspace

# One look at the signals in their order: of a table that was filled just now PostgreSQL knows nothing, and would read
# it through again for each of them.
SIGNALS = """
    UPDATE signals_signal SET captured_at = heard_at, speaks_since = coalesce(found.superseded_at, heard_at)
    FROM (
        SELECT id, lead(heard_at) OVER (PARTITION BY contact_id, type ORDER BY heard_at, id) AS superseded_at
        FROM signals_signal WHERE workspace_id = %s
    ) found
    WHERE found.id = signals_signal.id
"""


def date_back(workspace: Workspace, begun: datetime) -> None:
    """Everything of the workspace, which began at `begun`."""
    Workspace.objects.filter(pk=workspace.pk).update(created_at=begun)
    Market.objects.filter(workspace=workspace).update(created_at=begun)
    MarketContact.objects.filter(workspace=workspace).update(added_at=begun)
    _members(workspace)
    for tally in (CampaignDay, CampaignHour):  # by then the day is over in every zone, and its calls were corrected
        tally.objects.filter(workspace=workspace).update(counted_at=_later(F("day"), timedelta(days=2)))
    calls = Call.objects.filter(workspace=workspace)
    calls.exclude(voided_at=None).update(voided_at=_later(F("started_at"), timedelta(minutes=25)))
    with connection.cursor() as cursor:
        cursor.execute(SIGNALS, [workspace.pk])
    of_call = Call.objects.filter(pk=OuterRef("call")).values("started_at")
    Meeting.objects.filter(workspace=workspace).update(created_at=Subquery(of_call))
    asked = Call.objects.filter(suppression=OuterRef("pk")).values("started_at")
    Suppression.objects.filter(workspace=workspace, calls__isnull=False).update(created_at=Subquery(asked))


def _members(workspace: Workspace) -> None:
    members = CampaignContact.objects.filter(workspace=workspace).order_by()
    chosen = Campaign.objects.filter(pk=OuterRef("campaign")).values("created_at")
    counted_at = _later(Coalesce(F("last_call_at"), Subquery(chosen)), timedelta(minutes=30))
    members.update(added_at=Subquery(chosen), counted_at=counted_at)
    removed = members.exclude(removed_at=None)
    removed.update(removed_at=_later(F("last_call_at"), timedelta(minutes=30)))


def _later(moment: Expression | F, by: timedelta) -> Expression:
    return ExpressionWrapper(moment + by, output_field=DateTimeField())
