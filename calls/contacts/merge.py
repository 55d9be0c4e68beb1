"""Moves memberships and calls from a merged contact to the one that is kept, for signals.contacts.merge."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from operator import attrgetter

from django.db.models import QuerySet

from calls.models import Call
from campaigns.models import Absence, CampaignContact
from markets.models import Contact

BEGINNING_OF_TIME, END_OF_TIME = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
"""Bounds of absences without a beginning or an end."""


def move_memberships(*, keep: Contact, merged: Contact) -> list[int]:
    """Returns the ids of the merged contact's campaigns. Two memberships of one campaign become one."""
    kept_by_campaign = {member.campaign_id: member for member in CampaignContact.objects.filter(contact=keep)}
    merged_members = list(CampaignContact.objects.filter(contact=merged))
    for member in merged_members:
        if member.campaign_id in kept_by_campaign:
            merge_memberships(kept_by_campaign[member.campaign_id], member)
    CampaignContact.objects.filter(contact=merged).update(contact=keep)
    Absence.objects.filter(contact=merged).update(contact=keep)
    return sorted(member.campaign_id for member in merged_members)


def merge_memberships(kept: CampaignContact, other: CampaignContact) -> None:
    """Merges `other` into `kept`: a member whenever either was, so absent only while both were."""
    before_adding, *absences = [
        _overlap(kept, first, second)
        for first, second in product(_absence_periods(kept), _absence_periods(other))
        if max(first.removed_at, second.removed_at) < min(first.returned_at, second.returned_at)
    ]
    current = absences.pop() if absences and absences[-1].returned_at == END_OF_TIME else None
    _absences_of(kept).delete()
    _absences_of(other).delete()
    other.delete()
    Absence.objects.bulk_create(absences)
    kept.added_at, kept.added_by_id = before_adding.returned_at, before_adding.returned_by_id
    kept.removed_at, kept.removed_by_id = (current.removed_at, current.removed_by_id) if current else (None, None)
    kept.removed_reason = current.removed_reason if current else ""
    kept.added_reason = kept.added_reason or other.added_reason
    kept.assigned_to_id = kept.assigned_to_id or other.assigned_to_id
    taken_over = ("added_reason", "assigned_to")
    kept.save(update_fields=["added_at", "added_by", "removed_at", "removed_by", "removed_reason", *taken_over])


def _absence_periods(member: CampaignContact) -> Iterator[Absence]:
    """The periods outside the campaign in order, including those before the first and after the last membership."""
    yield Absence(removed_at=BEGINNING_OF_TIME, returned_at=member.added_at, returned_by_id=member.added_by_id)
    yield from _absences_of(member)
    if member.removed_at:
        removal = {name: getattr(member, name) for name in ("removed_at", "removed_by_id", "removed_reason")}
        yield Absence(**removal, returned_at=END_OF_TIME)


def _absences_of(member: CampaignContact) -> QuerySet[Absence]:
    return Absence.objects.filter(campaign=member.campaign_id, contact=member.contact_id)


def _overlap(kept: CampaignContact, one: Absence, other: Absence) -> Absence:
    removed = max(one, other, key=attrgetter("removed_at"))
    returned = min(one, other, key=attrgetter("returned_at"))
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
    """Returns the ids of the moved calls. Their meetings move with them."""
    calls = Call.objects.filter(contact=merged)
    moved = sorted(calls.values_list("pk", flat=True))
    calls.update(contact=keep)
    return moved
