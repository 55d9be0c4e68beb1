"""Adds contacts to markets and campaigns, and removes members from campaigns."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext

from campaigns.models import Absence, Campaign, CampaignContact, Status
from config.db import bulk
from markets.models import Contact, MarketContact, User
from markets.models.landscape import ContactQuerySet
from markets.suppressions.rules import apply_suppression_rules

NEW_MEMBER_VALUES = {
    "removed_reason": "",
    "attempt_count": 0,
    "conversation_count": 0,
    "last_disposition": "",
    "is_closed": False,
    "has_shown_interest": False,
}
"""Initial values of a member. Bulk inserts skip the model's defaults."""


class CampaignClosed(Exception):
    """The campaign is Completed, so its members are final."""


def landscape_of(campaign: Campaign) -> ContactQuerySet:
    """The contacts that can be enrolled: those in the campaign's market."""
    return Contact.objects.filter(workspace=campaign.workspace_id).in_market(campaign.market)


@transaction.atomic
def enroll(
    *,
    campaign: Campaign,
    contacts: Iterable[int],
    by: User | None,
    reasons: Mapping[int, str] | None = None,
    moment: datetime | None = None,
) -> set[int]:
    """Adds contacts (by id) of the campaign's market to the campaign and returns the ids that were not members before.
    `reasons` say why each of them was chosen, `moment` when, if not now.

    A member removed before is restored with all calls, and an Absence records the time between. Ids of contacts outside
    the market are ignored.
    """
    lock_unless_completed(campaign)
    wanted = _contacts_in(
        MarketContact, list(contacts), workspace_id=campaign.workspace_id, market_id=campaign.market_id
    )
    known = bulk.select(
        CampaignContact, ["contact_id", "removed_at"], key="contact_id", values=wanted, campaign_id=campaign.pk
    )
    removed = {contact for contact, removed_at in known if removed_at}
    reasons, moment = reasons or {}, moment or now()
    if removed:
        _restore_members(campaign, removed, by, reasons, moment)
    new = wanted - {contact for contact, _ in known}
    apply_suppression_rules(workspace=campaign.workspace_id, contacts=new | removed)
    user = by.pk if by else None
    bulk.insert(
        CampaignContact,
        ["workspace_id", "campaign_id", "contact_id", "added_at", "added_by_id", "added_reason", *NEW_MEMBER_VALUES],
        (
            (
                *(campaign.workspace_id, campaign.pk, contact, moment, user, reasons.get(contact, "")[:500]),
                *NEW_MEMBER_VALUES.values(),
            )
            for contact in sorted(new)
        ),
    )
    return new | removed


def _restore_members(
    campaign: Campaign, contacts: Collection[int], by: User | None, reasons: Mapping[int, str], moment: datetime
) -> None:
    """Makes removed contacts members again, since the day they were first added."""
    members = campaign.members.filter(contact__in=contacts)
    removal = ("contact_id", "removed_at", "removed_by_id", "removed_reason")
    where = {"workspace_id": campaign.workspace_id, "campaign": campaign}
    Absence.objects.bulk_create(
        Absence(**where, **removed, returned_at=moment, returned_by=by)
        for removed in members.order_by("contact").values(*removal)
    )
    members.update(removed_at=None, removed_by=None, removed_reason="")
    for contact in sorted(reasons.keys() & set(contacts)):
        members.filter(contact=contact).update(added_reason=reasons[contact][:500])


@transaction.atomic
def remove(
    *,
    campaign: Campaign,
    contacts: "Iterable[int] | QuerySet[Any, Any]",
    by: User | None,
    reason: str,
    moment: datetime | None = None,
) -> int:
    """Removes members (by the ids of contacts) and returns how many. Their calls stay counted."""
    lock_unless_completed(campaign)
    among = contacts if isinstance(contacts, QuerySet) else list(contacts)
    members = campaign.members.current().filter(contact__in=among)
    return members.update(removed_at=moment or now(), removed_by=by, removed_reason=reason)


@transaction.atomic
def add_to_market(
    *, workspace_id: int, market_id: int, contacts: Iterable[int], just_created: Collection[int] = ()
) -> set[int]:
    """Adds contacts (by id) to a market's landscape and returns the ids that are new there.

    Contacts in `just_created` cannot be in any market yet, and are not looked up.
    """
    wanted = set(contacts)
    known = [contact for contact in wanted if contact not in just_created]
    new = wanted - _contacts_in(MarketContact, known, workspace_id=workspace_id, market_id=market_id)
    moment = now()
    bulk.insert(
        MarketContact,
        ["workspace_id", "market_id", "contact_id", "added_at"],
        ((workspace_id, market_id, contact, moment) for contact in sorted(new)),
    )
    return new


def _contacts_in(model: type[Model], contacts: Sequence[int], **where: int) -> set[int]:
    """The contacts with a row of `model`."""
    return {contact for (contact,) in bulk.select(model, ["contact_id"], key="contact_id", values=contacts, **where)}


def not_member_of(campaign: Campaign) -> Exists:
    """Condition on contacts: not a current member of the campaign."""
    return ~Exists(campaign.members.current().filter(contact=OuterRef("pk")))  # type: ignore[return-value]


def lock_unless_completed(campaign: Campaign) -> None:
    """Locks the campaign, so that it is not completed before the transaction ends. Raises CampaignClosed if it is.

    A transaction that writes contacts and members locks the campaign first, as recording a call does; the other order
    could deadlock with it.
    """
    campaigns = Campaign.objects.select_for_update(no_key=True)
    status = campaigns.values_list("status", flat=True).get(workspace=campaign.workspace_id, pk=campaign.pk)
    if status == Status.COMPLETED:
        raise CampaignClosed(
            gettext("%(campaign)s is Completed and keeps its people. To go on, create a follow-up campaign.")
            % {"campaign": campaign}
        )
