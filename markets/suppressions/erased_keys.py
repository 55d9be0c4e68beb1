"""Who comes back under a key of somebody who was erased and must not be called: they are suppressed, too."""

from collections.abc import Collection

from django.db.models import Q

from config.db import bulk
from markets.models import Contact, ErasedKey, Suppression
from markets.models.erasures import KeyHasher
from markets.models.merges import KeyKind

ERASED_KEY_REASON = "Has a number, an address or an ID of somebody who was not to be called and was erased"
KEY_FIELDS = [kind.value for kind in KeyKind]


def suppress_if_erased(*, workspace: int, contacts: Collection[int]) -> set[int]:
    """Suppresses those of the contacts (by id) who have such a key, and returns them.

    Whoever writes people's keys or takes people into a campaign asks for it in the same transaction. Somebody for whom
    that was lifted, with a reason, is left as they are.
    """
    standing = ErasedKey.objects.in_force().filter(workspace=workspace)
    known = set(standing.values_list("digest", flat=True)) if contacts else set()
    if not known:
        return set()
    digests = KeyHasher(workspace)
    people = bulk.select(Contact, ["id", *KEY_FIELDS], key="id", values=contacts, workspace_id=workspace)
    found = {
        contact
        for contact, *values in people
        for kind, value in zip(KEY_FIELDS, values, strict=True)
        if value and not known.isdisjoint(digests.digests(kind, value))
    }
    settled = Suppression.objects.filter(
        Q(lifted_at=None) | Q(reason=ERASED_KEY_REASON), workspace=workspace, contact__in=found
    )
    fresh = found - set(settled.values_list("contact", flat=True))
    suppress_for_erased_key(workspace=workspace, contacts=fresh)
    return fresh


def suppress_for_erased_key(*, workspace: int, contacts: Collection[int]) -> None:
    """Suppresses all of the contacts, whatever else suppresses them now or freed them once."""
    kept_out = Suppression.objects.in_force().filter(contact__in=contacts, reason=ERASED_KEY_REASON)
    fresh = set(contacts) - set(kept_out.values_list("contact", flat=True))
    Suppression.objects.bulk_create(
        Suppression(workspace_id=workspace, contact_id=contact, reason=ERASED_KEY_REASON) for contact in sorted(fresh)
    )
