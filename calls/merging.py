"""How one person's memberships and calls become another's. signals.merging merges people."""

from calls.models import Call
from calls.recording import lock
from calls.speaking import recount_speaking
from calls.summaries import recount_contacts, recount_members
from campaigns.models import Campaign, CampaignContact
from markets.models import Contact


def campaigns_of(*people: Contact) -> list[int]:
    """The campaigns that these people are or were in, in the order in which they are locked."""
    members = CampaignContact.objects.filter(contact__in=people)
    return sorted(set(members.values_list("campaign", flat=True)))


def lock_campaigns(campaigns: list[int]) -> None:
    """Until the end no call of theirs is recorded, changed or voided."""
    for campaign in Campaign.objects.filter(pk__in=campaigns).order_by("pk"):
        lock(campaign)


def move_memberships(*, keep: Contact, merged: Contact) -> list[int]:
    """Returns the campaigns that the merged person was in. Of two memberships of one campaign one is left."""
    mine = {member.campaign_id: member for member in CampaignContact.objects.filter(contact=keep)}
    theirs = list(CampaignContact.objects.filter(contact=merged))
    for member in theirs:
        if member.campaign_id in mine:
            member.delete()
            unite(mine[member.campaign_id], member)
    CampaignContact.objects.filter(contact=merged).update(contact=keep)
    return sorted(member.campaign_id for member in theirs)


def unite(kept: CampaignContact, other: CampaignContact) -> None:
    """In the campaign since the earlier day; in it now if either is, else out of it since the later day."""
    if other.added_at < kept.added_at:
        kept.added_at, kept.added_by_id = other.added_at, other.added_by_id
    if kept.removed_at and (other.removed_at is None or other.removed_at > kept.removed_at):
        kept.removed_at, kept.removed_by_id = other.removed_at, other.removed_by_id
        kept.removed_reason = other.removed_reason
    kept.save(update_fields=["added_at", "added_by", "removed_at", "removed_by", "removed_reason"])


def move_calls(*, keep: Contact, merged: Contact) -> list[int]:
    """Returns the ids of the calls. Their meetings go with them."""
    calls = Call.objects.filter(contact=merged)
    moved = sorted(calls.values_list("pk", flat=True))
    calls.update(contact=keep)
    return moved


def recount(contact: Contact) -> None:
    """What the calls add up to for the person. The days' tallies count calls, whoever they were made to."""
    recount_members(workspace=contact.workspace_id, contacts=[contact.pk])
    recount_speaking(contacts=[contact.pk])
    recount_contacts(Contact.objects.filter(pk=contact.pk))
    contact.refresh_from_db(fields=["wrong_phone"])
