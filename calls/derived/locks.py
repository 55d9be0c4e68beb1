"""The lock under which calls are written. Locks are taken in one order: campaigns by their keys, then contacts."""

from collections.abc import Iterable

from campaigns.models import Campaign, CampaignContact
from markets.models import Contact


def lock_campaign(campaign: Campaign) -> Campaign:
    """Locks and reloads the campaign: until the transaction ends its status cannot change, and no other call of it is
    written."""
    locked = Campaign.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("workspace").get(workspace=campaign.workspace_id, pk=campaign.pk)


def lock_campaigns(workspace: int, campaigns: Iterable[int]) -> None:
    for campaign in Campaign.objects.filter(workspace=workspace, pk__in=campaigns).order_by("pk"):
        lock_campaign(campaign)


def campaigns_of(*contacts: Contact | int) -> list[int]:
    """The campaigns that these contacts are or were in, in the order in which they are locked."""
    members = CampaignContact.objects.filter(contact__in=contacts)
    return sorted(set(members.values_list("campaign", flat=True)))
