"""Imports contacts from a file or the API into a market's landscape and, if the job names one, into a campaign."""

from collections.abc import Collection, Iterable, Sequence
from typing import Self

from django.utils.translation import gettext as _

from campaigns.membership import CampaignClosed, add_to_market, enroll, lock_unless_completed
from campaigns.models import Campaign, CampaignContact, Status
from markets.contacts.points import add_points
from markets.imports.contacts.do_not_call import suppress_as_told
from markets.imports.contacts.notes import store_left_out
from markets.imports.contacts.outcomes import ChunkResult, store_disagreements, store_outcomes
from markets.imports.contacts.writer import ContactImport, OnDuplicate, ParsedChunk
from markets.imports.counts import ImportCounts
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import Row
from markets.models import Contact, ImportedContact, ImportJob, Market, MarketContact
from markets.suppressions.rules import apply_suppression_rules


class ContactList:
    """Writes a file of contacts. All contacts that accepted rows name are placed in the market and enrolled, whether
    new or known. Only the API writes contacts without a market."""

    chunk = 10_000
    tables = (Contact, MarketContact, ImportedContact, CampaignContact)

    def __init__(
        self,
        *,
        job: ImportJob,
        columns: ColumnMapping,
        market: Market | None,
        campaign: Campaign | None = None,
        on_duplicate: OnDuplicate = OnDuplicate.UPDATE,
    ):
        """Raises CampaignClosed for a Completed campaign."""
        assert campaign is None or (market and campaign.market_id == market.pk), (
            "the campaign belongs to another market"
        )
        check_open(campaign)
        self.job, self.market, self.campaign = job, market, campaign
        self.contacts = ContactImport(job, columns, on_duplicate)

    @classmethod
    def for_job(cls, job: ImportJob, columns: ColumnMapping) -> Self:
        """Raises CampaignClosed, and ObjectDoesNotExist when the market or the campaign is gone."""
        market = job.option("market")
        return cls(
            job=job,
            columns=columns,
            market=None if market is None else job.workspace.markets.get(pk=market),
            campaign=campaign_of(job),
            on_duplicate=OnDuplicate(job.option("on_duplicate", OnDuplicate.UPDATE)),
        )

    def prepare(self, rows: Iterable[Row]) -> ParsedChunk:
        return self.contacts.prepare(rows)

    def write(self, chunk: ParsedChunk) -> ImportCounts:
        return self.write_chunk(chunk).counts

    def write_chunk(self, chunk: ParsedChunk) -> ChunkResult:
        if self.campaign:
            lock_unless_completed(self.campaign)
        result = self.contacts.write(chunk)
        store_left_out(self.job, result.extras)
        add_points(
            workspace=self.job.workspace_id,
            points={each.contact: each.extras.points for each in result.extras if each.extras.points},
        )
        accepted, created = result.accepted, set(result.created)
        apply_suppression_rules(workspace=self.job.workspace_id, contacts=accepted)
        suppress_as_told(self.job, result.extras)
        placed: Collection[int] = ()
        if self.market:
            placed = add_to_market(
                workspace_id=self.job.workspace_id, market_id=self.market.pk, contacts=accepted, just_created=created
            )
        enrolled: Collection[int] = ()
        if self.campaign:
            enrolled = enroll(campaign=self.campaign, contacts=accepted, by=self.job.created_by)
        suppressed = self._suppressed(accepted)
        newly_suppressed = store_outcomes(
            job=self.job, result=result, placed=placed, enrolled=enrolled, do_not_call=suppressed
        )
        result.counts.enrolled = len(enrolled)
        result.counts.do_not_call = newly_suppressed
        result.counts.disagreements = store_disagreements(job=self.job, disagreements=result.disagreements)
        return result

    def _suppressed(self, contacts: Sequence[int]) -> set[int]:
        """The contacts that must not be called. They are imported, and no queue offers them."""
        if not self.job.workspace.suppressions.in_force().exists():
            return set()
        imported = Contact.objects.filter(workspace=self.job.workspace_id, pk__in=contacts)
        return set(imported.suppressed().values_list("pk", flat=True))


def campaign_of(job: ImportJob) -> Campaign | None:
    """The campaign that a job's rows go into, if it names one."""
    if not job.option("campaign"):
        return None
    return job.workspace.campaigns.select_related("market", "workspace").get(pk=job.option("campaign"))


def check_open(campaign: Campaign | None) -> None:
    """Raises CampaignClosed for a Completed campaign."""
    if campaign and campaign.status == Status.COMPLETED:
        raise CampaignClosed(
            _(
                "%(campaign)s is Completed and keeps its people. To go on, create a follow-up campaign and "
                "import into that."
            )
            % {"campaign": campaign}
        )
