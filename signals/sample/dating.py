"""Puts the moments at which rows were written back to where the story has them.

The portal's functions write down when something was entered, and all of the sample is entered now.
"""

from datetime import datetime, timedelta

from django.db.models import DateTimeField, Expression, ExpressionWrapper, F, OuterRef, Subquery

from calls.models import Call, Meeting
from campaigns.models import Campaign, CampaignContact
from markets.models import MarketContact, Suppression, Workspace
from signals.models import Signal


def date_back(workspace: Workspace, begun: datetime) -> None:
    """Everything of the workspace, which began at `begun`."""
    Workspace.objects.filter(pk=workspace.pk).update(created_at=begun)
    MarketContact.objects.filter(workspace=workspace).update(added_at=begun)
    _members(workspace)
    calls = Call.objects.filter(workspace=workspace)
    calls.update(recorded_at=F("started_at"))
    calls.exclude(voided_at=None).update(voided_at=_later("started_at", timedelta(minutes=25)))
    Signal.objects.filter(workspace=workspace).update(captured_at=F("heard_at"))
    of_call = Call.objects.filter(pk=OuterRef("call")).values("started_at")
    Meeting.objects.filter(workspace=workspace).update(created_at=Subquery(of_call))
    asked = Call.objects.filter(suppression=OuterRef("pk")).values("started_at")
    Suppression.objects.filter(workspace=workspace, calls__isnull=False).update(created_at=Subquery(asked))


def _members(workspace: Workspace) -> None:
    members = CampaignContact.objects.filter(workspace=workspace).order_by()
    chosen = Campaign.objects.filter(pk=OuterRef("campaign")).values("created_at")
    members.update(added_at=Subquery(chosen))
    removed = members.exclude(removed_at=None)
    removed.update(removed_at=_later("last_call_at", timedelta(minutes=30)))


def _later(field: str, by: timedelta) -> Expression:
    return ExpressionWrapper(F(field) + by, output_field=DateTimeField())
