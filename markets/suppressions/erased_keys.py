"""Suppresses contacts that have a key (phone, email, external ID) of an erased person who must not be called."""

from collections.abc import Collection

from django.db.models import Q

from config.db import bulk
from markets.models import Contact, ErasedKey, Suppression
from markets.models.history.erasures import KeyHasher
from markets.models.history.merges import KeyKind
from markets.webhooks.publish import publish_suppressed

ERASED_KEY_REASON = "Has a number, an address or an ID of somebody who was not to be called and was erased"
KEY_FIELDS = [kind.value for kind in KeyKind]


def suppress_contacts_with_erased_keys(*, workspace: int, contacts: Collection[int]) -> set[int]:
    """Suppresses the contacts (by id) that have such a key, and returns the ids that are newly suppressed.

    A contact stays callable if its suppression for this reason was lifted before: somebody decided that it is another
    person. `rules.apply_suppression_rules` calls this.
    """
    erased_keys = ErasedKey.objects.in_force().filter(workspace=workspace)
    erased_digests = set(erased_keys.values_list("digest", flat=True)) if contacts else set()
    if not erased_digests:
        return set()
    hasher = KeyHasher.of_workspace(workspace)
    rows = bulk.select(Contact, ["id", *KEY_FIELDS], key="id", values=contacts, workspace_id=workspace)
    matching = {
        contact
        for contact, *values in rows
        for kind, value in zip(KEY_FIELDS, values, strict=True)
        if value and not erased_digests.isdisjoint(hasher.digests(kind, value))
    }
    decided = Suppression.objects.filter(
        Q(lifted_at=None) | Q(reason=ERASED_KEY_REASON), workspace=workspace, contact__in=matching
    )
    new = matching - set(decided.values_list("contact", flat=True))
    suppress_for_erased_key(workspace=workspace, contacts=new)
    return new


def suppress_for_erased_key(*, workspace: int, contacts: Collection[int]) -> None:
    """Suppresses all of the contacts, even if the same was lifted before or another suppression is in force."""
    already = Suppression.objects.in_force().filter(contact__in=contacts, reason=ERASED_KEY_REASON)
    new = set(contacts) - set(already.values_list("contact", flat=True))
    created = Suppression.objects.bulk_create(
        Suppression(workspace_id=workspace, contact_id=contact, reason=ERASED_KEY_REASON) for contact in sorted(new)
    )
    publish_suppressed(workspace, created)
