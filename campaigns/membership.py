"""Who is in a campaign: choosing people for it, and taking them out."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import now

from campaigns.models import Campaign, CampaignContact, Status
from markets.models import Contact, MarketContact, User
from markets.models.landscape import ContactQuerySet


class CampaignClosed(Exception):
    """A Completed campaign takes nobody in and lets nobody go."""


def landscape_of(campaign: Campaign) -> ContactQuerySet:
    """Who can be chosen: the people of the campaign's market."""
    return Contact.objects.filter(workspace=campaign.workspace_id).in_market(campaign.market)


@transaction.atomic
def enroll(*, campaign: Campaign, contacts: Iterable[int], by: User | None) -> int:
    """Makes members of the contacts (by id) that are in the campaign's market and returns how many are new.

    Who was removed before comes back with their calls. Ids from elsewhere are left out.
    """
    _check_open(campaign)
    wanted = set(landscape_of(campaign).filter(pk__in=list(contacts)).values_list("pk", flat=True))
    back = campaign.members.filter(contact__in=wanted, removed_at__isnull=False)
    returned = back.update(removed_at=None, removed_by=None, removed_reason="", added_at=now(), added_by=by)
    known = set(campaign.members.filter(contact__in=wanted).values_list("contact", flat=True))
    CampaignContact.objects.bulk_create(
        [
            CampaignContact(workspace_id=campaign.workspace_id, campaign=campaign, contact_id=contact, added_by=by)
            for contact in sorted(wanted - known)
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )
    return returned + len(wanted - known)


@transaction.atomic
def remove(*, campaign: Campaign, contacts: Iterable[int], by: User | None, reason: str) -> int:
    """Ends memberships; the calls stay counted. Returns how many."""
    _check_open(campaign)
    return (
        campaign.members.current()
        .filter(contact__in=list(contacts))
        .update(removed_at=now(), removed_by=by, removed_reason=reason)
    )


@transaction.atomic
def place_in_market(*, workspace_id: int, market_id: int, contacts: Iterable[int]) -> int:
    """Puts contacts (by id) into a market's landscape and returns how many are new there."""
    wanted = set(contacts)
    known = set(MarketContact.objects.filter(market=market_id, contact__in=wanted).values_list("contact", flat=True))
    MarketContact.objects.bulk_create(
        [
            MarketContact(workspace_id=workspace_id, market_id=market_id, contact_id=contact)
            for contact in sorted(wanted - known)
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )
    return len(wanted - known)


def not_in(campaign: Campaign) -> Exists:
    """The condition on contacts that they are not members now."""
    return ~Exists(campaign.members.current().filter(contact=OuterRef("pk")))  # type: ignore[return-value]


def _check_open(campaign: Campaign) -> None:
    status = Campaign.objects.select_for_update().values_list("status", flat=True).get(pk=campaign.pk)
    if status == Status.COMPLETED:
        raise CampaignClosed(f"{campaign} is Completed and keeps its people. To go on, create a follow-up campaign.")
