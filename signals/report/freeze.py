"""Freezes reports: once when a campaign is completed, and again when a manager asks for a new version."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import now
from django.utils.translation import gettext as _

from calls.derived.locks import lock_campaign
from campaigns.models import Campaign, CampaignReport, StatusChange
from markets.models import EventKind, User
from markets.webhooks.publish import Fact, publish
from signals.report.build import build


class NotCompleted(Exception):
    """The report of a campaign is frozen only when the campaign is completed. The message says so."""


def freeze_on_completion(campaign: Campaign, change: StatusChange) -> None:
    """Makes version 1 in the transaction that completes the campaign: if it fails, the status stays as it was."""
    _store(campaign, by=change.changed_by, at=change.changed_at)


@transaction.atomic
def freeze_again(*, campaign: Campaign, by: User | None) -> CampaignReport:
    """Adds a version as of now. The earlier ones stay as they are."""
    locked = lock_campaign(campaign)
    if not locked.is_completed:
        text = _("%(campaign)s isn't completed yet. Its report is frozen when it is.")
        raise NotCompleted(text % {"campaign": campaign})
    return _store(campaign, by=by, at=now())


def _store(campaign: Campaign, *, by: User | None, at: datetime) -> CampaignReport:
    """Reads the campaign anew, with a workspace of its own: that caches what was known as of past days."""
    campaigns = Campaign.objects.select_related("workspace", "market", "owner", "follows")
    known = campaigns.get(workspace=campaign.workspace_id, pk=campaign.pk)
    newest = known.reports.aggregate(newest=Max("version"))["newest"] or 0
    report = CampaignReport.objects.create(
        workspace_id=known.workspace_id,
        campaign=known,
        version=newest + 1,
        document=build(known, at),
        made_at=at,
        made_by=by,
    )
    data = {"campaign": known.pk, "version": report.version}
    publish(known.workspace_id, {EventKind.REPORT_FROZEN: lambda: [Fact(data, subject=known)]})
    return report
