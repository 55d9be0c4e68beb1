"""People from a file into a market's landscape and, if one is named, into a campaign."""

from collections.abc import Callable, Iterable, Sequence

from django.db import transaction

from campaigns.membership import CampaignClosed, enroll, place_in_market
from campaigns.models import Campaign, Status
from markets.chunks import Tally, write_in_chunks
from markets.importing import OnDuplicate, PeopleImport
from markets.mapping import Columns
from markets.models import Market, User
from markets.reading import Row
from markets.rejects import Rejection


def import_contacts(
    *,
    market: Market,
    campaign: Campaign | None = None,
    rows: Iterable[Row],
    columns: Columns,
    on_duplicate: OnDuplicate = OnDuplicate.UPDATE,
    rejected: Callable[[Sequence[Rejection]], None] = lambda rejections: None,
    by: User | None = None,
) -> Tally:
    """Writes the rows in chunks, each with its people, their places and memberships in one transaction.

    Everybody whom an accepted row names is placed and enrolled, known or new. `rejected` hears of refused rows once
    their chunk is written. Raises CampaignClosed before anything is written to a Completed campaign, and FileRefused
    when the file changes under the import. For a dry run, roll it back (markets.chunks.rolled_back).
    """
    assert campaign is None or campaign.market_id == market.pk, "the campaign belongs to another market"
    check_open(campaign)
    people = PeopleImport(market.workspace, columns, on_duplicate)

    def write(chunk: Sequence[Row]) -> Tally:
        with transaction.atomic():
            written = people.write(chunk)
            place_in_market(workspace_id=market.workspace_id, market_id=market.pk, contacts=written.contacts)
            if campaign:
                written.tally.enrolled = enroll(campaign=campaign, contacts=written.contacts, by=by)
        people.keep(written)
        return written.tally

    return write_in_chunks(rows, write, rejected=rejected)


def check_open(campaign: Campaign | None) -> None:
    """Raises CampaignClosed for a Completed campaign."""
    if campaign and campaign.status == Status.COMPLETED:
        raise CampaignClosed(
            f"{campaign} is Completed and keeps its people. To go on, create a follow-up campaign and import into that."
        )
