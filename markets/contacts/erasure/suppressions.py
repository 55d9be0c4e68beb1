"""Erases personal data from suppressions and keeps them in force."""

from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db.models import Q

from markets.contacts.erasure.identity import ERASED_TEXT, Identity, Key
from markets.contacts.erasure.texts import erase_texts
from markets.models import Contact, ErasedKey, Suppression
from markets.models.history.erasures import KeyHasher
from markets.models.history.merges import KeyKind
from markets.models.suppressions import names_contact
from markets.suppressions.erased_keys import ERASED_KEY_REASON, suppress_for_erased_key


def erase_suppressions(identity: Identity) -> None:
    """Removes the person's phone numbers and addresses from suppressions and stores hashes of those in force.

    A suppression by number or address alone is turned into one of the contact, or of the contact that has the key now
    if the erased person no longer does. Other contacts that it covered get a suppression of their own.
    """
    contact = identity.contact
    _suppress_directly(contact)
    phones, emails = identity.values(KeyKind.PHONE) - {""}, identity.values(KeyKind.EMAIL) - {""}
    here = Suppression.objects.filter(workspace=contact.workspace_id)
    rows = list(here.filter(Q(contact=contact) | Q(phone_e164__in=phones) | Q(email__in=emails)))
    named = set(here.filter(names_contact(contact)).values_list("pk", flat=True))
    own_keys = _keys_of_nobody_else(identity)
    for row in rows:
        names_others = bool(row.phone_e164 or row.email)
        keys = {(KeyKind.PHONE.value, row.phone_e164)} if row.phone_e164 in phones else set()
        keys |= {(KeyKind.EMAIL.value, row.email)} if row.email in emails else set()
        others = _other_contacts_with(contact, keys) if row.lifted_at is None else []
        if row.contact_id is None:
            row.contact_id = others[0] if others and row.pk not in named else contact.pk
        suppress_for_erased_key(workspace=contact.workspace_id, contacts=set(others) - {row.contact_id})
        row.phone_e164 = "" if row.phone_e164 in phones else row.phone_e164
        row.email = "" if row.email in emails else row.email
        if row.contact_id == contact.pk:
            if row.pk in named:
                keys = identity.keys if names_others else own_keys
            row.reason, row.lift_reason = ERASED_TEXT, row.lift_reason and ERASED_TEXT
        elif any(map(identity.is_in_text, (row.reason, row.lift_reason))):
            row.reason, row.lift_reason = ERASED_KEY_REASON, row.lift_reason and ERASED_TEXT
        row.save(update_fields=["contact", "phone_e164", "email", "reason", "lift_reason"])
        if row.lifted_at is None:
            _store_hashed_keys(row, keys)
    erase_texts(identity, {Suppression: ("reason", "lift_reason")})


def _keys_of_nobody_else(identity: Identity) -> set[Key]:
    """Without numbers that other contacts have, too: whoever asked for themselves alone did not ask for those."""
    others = Contact.objects.filter(workspace=identity.contact.workspace_id).exclude(pk=identity.contact.pk)
    phones = identity.values(KeyKind.PHONE)
    shared = set(others.filter(phone_e164__in=phones).values_list("phone_e164", flat=True))
    return {(kind, value) for kind, value in identity.keys if kind != KeyKind.PHONE or value not in shared}


def _suppress_directly(contact: Contact) -> None:
    """Suppresses the contact directly if it is suppressed only by another contact's row with the same number."""
    in_force = list(Suppression.objects.in_force().filter(names_contact(contact)))
    if in_force and all(row.contact_id not in (None, contact.pk) for row in in_force):
        Suppression.objects.create(workspace_id=contact.workspace_id, contact=contact, reason=ERASED_TEXT)


def _other_contacts_with(contact: Contact, keys: Collection[Key]) -> list[int]:
    """The ids of other contacts that have one of the keys now."""
    others = Contact.objects.filter(workspace=contact.workspace_id).exclude(pk=contact.pk)
    by_key = reduce(or_, (Q(**{kind: value}) for kind, value in keys), Q(pk=None))
    return list(others.filter(by_key).order_by("pk").values_list("pk", flat=True))


def _store_hashed_keys(suppression: Suppression, keys: Collection[Key]) -> None:
    hasher = KeyHasher.of_workspace(suppression.workspace_id)
    ErasedKey.objects.bulk_create(
        [
            ErasedKey(
                workspace_id=suppression.workspace_id,
                suppression=suppression,
                kind=kind,
                digest=hasher.digest(kind, value),
            )
            for kind, value in sorted(keys)
        ],
        ignore_conflicts=True,
    )
