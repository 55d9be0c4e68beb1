"""How one person's memberships and calls become another's. signals.contacts.merge merges people."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from operator import attrgetter

from django.db.models import QuerySet

from calls.models import Call
from campaigns.models import Absence, CampaignContact
from markets.models import Contact

BEGINNING_OF_TIME, END_OF_TIME = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
"""Before anything was, and after all that can be."""


def move_memberships(*, keep: Contact, merged: Contact) -> list[int]:
    """Returns the campaigns that the merged person was in. Of two memberships of one campaign one is left."""
    mine = {member.campaign_id: member for member in CampaignContact.objects.filter(contact=keep)}
    theirs = list(CampaignContact.objects.filter(contact=merged))
    for member in theirs:
        if member.campaign_id in mine:
            merge_memberships(mine[member.campaign_id], member)
    CampaignContact.objects.filter(contact=merged).update(contact=keep)
    Absence.objects.filter(contact=merged).update(contact=keep)
    return sorted(member.campaign_id for member in theirs)


def merge_memberships(kept: CampaignContact, other: CampaignContact) -> None:
    """Leaves one membership: in the campaign when either was, and so out of it only when both were."""
    entered, *out = [
        _overlap(kept, mine, theirs)
        for mine, theirs in product(_absence_periods(kept), _absence_periods(other))
        if max(mine.removed_at, theirs.removed_at) < min(mine.returned_at, theirs.returned_at)
    ]
    last = out.pop() if out and out[-1].returned_at == END_OF_TIME else None
    _absences_of(kept).delete()
    _absences_of(other).delete()
    other.delete()
    Absence.objects.bulk_create(out)
    kept.added_at, kept.added_by_id = entered.returned_at, entered.returned_by_id
    kept.removed_at, kept.removed_by_id = (last.removed_at, last.removed_by_id) if last else (None, None)
    kept.removed_reason = last.removed_reason if last else ""
    kept.save(update_fields=["added_at", "added_by", "removed_at", "removed_by", "removed_reason"])


def _absence_periods(member: CampaignContact) -> Iterator[Absence]:
    """When somebody was not in the campaign, from before they were added up to now, in order."""
    yield Absence(removed_at=BEGINNING_OF_TIME, returned_at=member.added_at, returned_by_id=member.added_by_id)
    yield from _absences_of(member)
    if member.removed_at:
        ended = {name: getattr(member, name) for name in ("removed_at", "removed_by_id", "removed_reason")}
        yield Absence(**ended, returned_at=END_OF_TIME)


def _absences_of(member: CampaignContact) -> QuerySet[Absence]:
    return Absence.objects.filter(campaign=member.campaign_id, contact=member.contact_id)


def _overlap(kept: CampaignContact, mine: Absence, theirs: Absence) -> Absence:
    removed = max(mine, theirs, key=attrgetter("removed_at"))
    returned = min(mine, theirs, key=attrgetter("returned_at"))
    return Absence(
        workspace_id=kept.workspace_id,
        campaign_id=kept.campaign_id,
        contact_id=kept.contact_id,
        removed_at=removed.removed_at,
        removed_by_id=removed.removed_by_id,
        removed_reason=removed.removed_reason,
        returned_at=returned.returned_at,
        returned_by_id=returned.returned_by_id,
    )


def move_calls(*, keep: Contact, merged: Contact) -> list[int]:
    """Returns the ids of the calls. Their meetings go with them."""
    calls = Call.objects.filter(contact=merged)
    moved = sorted(calls.values_list("pk", flat=True))
    calls.update(contact=keep)
    return moved
