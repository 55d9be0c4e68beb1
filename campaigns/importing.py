"""People from a file into a market's landscape and, if one is named, into a campaign."""

from collections.abc import Collection, Iterable, Sequence
from typing import Self

from campaigns.membership import CampaignClosed, enroll, hold_open, place_in_market
from campaigns.models import Campaign, CampaignContact, Status
from markets.imports.contacts import Chunk, OnDuplicate, PeopleImport, record
from markets.imports.counts import Tally
from markets.imports.mapping import ColumnMapping
from markets.imports.readers import Row
from markets.models import Contact, ImportedContact, ImportJob, Market, MarketContact
from markets.suppressions.erased_keys import keep_out


class PeopleIntoMarket:
    """What a file of people takes: everybody whom an accepted row names is placed and enrolled, known or new."""

    chunk = 10_000
    tables = (Contact, MarketContact, ImportedContact, CampaignContact)

    def __init__(
        self,
        *,
        job: ImportJob,
        columns: ColumnMapping,
        market: Market,
        campaign: Campaign | None = None,
        on_duplicate: OnDuplicate = OnDuplicate.UPDATE,
    ):
        """Raises CampaignClosed for a Completed campaign."""
        assert campaign is None or campaign.market_id == market.pk, "the campaign belongs to another market"
        check_open(campaign)
        self.job, self.market, self.campaign = job, market, campaign
        self.people = PeopleImport(job, columns, on_duplicate)

    @classmethod
    def for_job(cls, job: ImportJob, columns: ColumnMapping) -> Self:
        """Raises CampaignClosed, and ObjectDoesNotExist when the market or the campaign is gone."""
        return cls(
            job=job,
            columns=columns,
            market=job.workspace.markets.get(pk=job.option("market")),
            campaign=campaign_of(job),
            on_duplicate=OnDuplicate(job.option("on_duplicate", OnDuplicate.UPDATE)),
        )

    def prepare(self, rows: Iterable[Row]) -> Chunk:
        return self.people.prepare(rows)

    def write(self, chunk: Chunk) -> Tally:
        if self.campaign:
            hold_open(self.campaign)
        written = self.people.write(chunk)
        accepted, created = written.accepted, set(written.created)
        keep_out(workspace=self.job.workspace_id, contacts=accepted)
        placed = place_in_market(
            workspace_id=self.job.workspace_id, market_id=self.market.pk, contacts=accepted, strangers=created
        )
        enrolled: Collection[int] = ()
        if self.campaign:
            enrolled = enroll(campaign=self.campaign, contacts=accepted, by=self.job.created_by)
        suppressed = self._suppressed(accepted)
        fresh = record(job=self.job, written=written, placed=placed, enrolled=enrolled, do_not_call=suppressed)
        written.tally.enrolled = len(enrolled)
        written.tally.do_not_call = fresh
        return written.tally

    def _suppressed(self, contacts: Sequence[int]) -> set[int]:
        """Who of them asked not to be called. They are kept, and no queue offers them."""
        if not self.job.workspace.suppressions.in_force().exists():
            return set()
        people = Contact.objects.filter(workspace=self.job.workspace_id, pk__in=contacts)
        return set(people.suppressed().values_list("pk", flat=True))


def campaign_of(job: ImportJob) -> Campaign | None:
    """The campaign that a job's rows go into, if it names one."""
    if not job.option("campaign"):
        return None
    return job.workspace.campaigns.select_related("market", "workspace").get(pk=job.option("campaign"))


def check_open(campaign: Campaign | None) -> None:
    """Raises CampaignClosed for a Completed campaign."""
    if campaign and campaign.status == Status.COMPLETED:
        raise CampaignClosed(
            f"{campaign} is Completed and keeps its people. To go on, create a follow-up campaign and import into that."
        )
