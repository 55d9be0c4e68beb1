"""Who is in a campaign: choosing people for it, and taking them out."""

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, Model, OuterRef
from django.utils.timezone import now

from campaigns.models import Absence, Campaign, CampaignContact, Status
from config.db import bulk
from markets.models import Contact, MarketContact, User
from markets.models.landscape import ContactQuerySet
from markets.suppressions.erased_keys import suppress_if_erased

NEW_MEMBER_VALUES = {
    "removed_reason": "",
    "attempt_count": 0,
    "conversation_count": 0,
    "last_disposition": "",
    "is_closed": False,
    "has_shown_interest": False,
}
"""What the database wants of a new member besides who they are."""


class CampaignClosed(Exception):
    """A Completed campaign takes nobody in and lets nobody go."""


def landscape_of(campaign: Campaign) -> ContactQuerySet:
    """Who can be chosen: the people of the campaign's market."""
    return Contact.objects.filter(workspace=campaign.workspace_id).in_market(campaign.market)


@transaction.atomic
def enroll(*, campaign: Campaign, contacts: Iterable[int], by: User | None) -> set[int]:
    """Makes members of the contacts (by id) that are in the campaign's market and returns those who are new.

    Who was removed before comes back with their calls, and the time between is kept. Ids from elsewhere are left out.
    """
    lock_unless_completed(campaign)
    wanted = _among(MarketContact, list(contacts), workspace_id=campaign.workspace_id, market_id=campaign.market_id)
    known = bulk.select(
        CampaignContact, ["contact_id", "removed_at"], key="contact_id", values=wanted, campaign_id=campaign.pk
    )
    back = {contact for contact, removed_at in known if removed_at}
    if back:
        _restore_members(campaign, back, by)
    strangers = wanted - {contact for contact, _ in known}
    suppress_if_erased(workspace=campaign.workspace_id, contacts=strangers | back)
    moment, user = now(), by.pk if by else None
    bulk.insert(
        CampaignContact,
        ["workspace_id", "campaign_id", "contact_id", "added_at", "added_by_id", *NEW_MEMBER_VALUES],
        (
            (campaign.workspace_id, campaign.pk, contact, moment, user, *NEW_MEMBER_VALUES.values())
            for contact in sorted(strangers)
        ),
    )
    return strangers | back


def _restore_members(campaign: Campaign, contacts: Collection[int], by: User | None) -> None:
    """Makes members again of those who were removed. They stay members since they were first added."""
    members = campaign.members.filter(contact__in=contacts)
    moment, removal = now(), ("contact_id", "removed_at", "removed_by_id", "removed_reason")
    where = {"workspace_id": campaign.workspace_id, "campaign": campaign}
    Absence.objects.bulk_create(
        Absence(**where, **gone, returned_at=moment, returned_by=by)
        for gone in members.order_by("contact").values(*removal)
    )
    members.update(removed_at=None, removed_by=None, removed_reason="")


@transaction.atomic
def remove(*, campaign: Campaign, contacts: Iterable[int], by: User | None, reason: str) -> int:
    """Ends memberships; the calls stay counted. Returns how many."""
    lock_unless_completed(campaign)
    return (
        campaign.members.current()
        .filter(contact__in=list(contacts))
        .update(removed_at=now(), removed_by=by, removed_reason=reason)
    )


@transaction.atomic
def add_to_market(
    *, workspace_id: int, market_id: int, contacts: Iterable[int], strangers: Collection[int] = ()
) -> set[int]:
    """Puts contacts (by id) into a market's landscape and returns those who are new there.

    `strangers` are known to be nowhere yet.
    """
    wanted = set(contacts)
    known = [contact for contact in wanted if contact not in strangers]
    fresh = wanted - _among(MarketContact, known, market_id=market_id)
    moment = now()
    bulk.insert(
        MarketContact,
        ["workspace_id", "market_id", "contact_id", "added_at"],
        ((workspace_id, market_id, contact, moment) for contact in sorted(fresh)),
    )
    return fresh


def _among(model: type[Model], contacts: Sequence[int], **where: int) -> set[int]:
    """The contacts that have a row there."""
    return {contact for (contact,) in bulk.select(model, ["contact_id"], key="contact_id", values=contacts, **where)}


def not_member_of(campaign: Campaign) -> Exists:
    """The condition on contacts that they are not members now."""
    return ~Exists(campaign.members.current().filter(contact=OuterRef("pk")))  # type: ignore[return-value]


def lock_unless_completed(campaign: Campaign) -> None:
    """Keeps the campaign from being completed until the transaction ends. Raises CampaignClosed if it is already.

    Whoever writes people and members in one transaction holds the campaign first, as recording a call does: in the
    other order the two could wait for each other.
    """
    campaigns = Campaign.objects.select_for_update(no_key=True)
    status = campaigns.values_list("status", flat=True).get(pk=campaign.pk)
    if status == Status.COMPLETED:
        raise CampaignClosed(f"{campaign} is Completed and keeps its people. To go on, create a follow-up campaign.")
