"""Whose word a contact's fields are: a person's stays until a person changes it again, and every change is recorded
(product.md, section 8)."""

from collections.abc import Iterable, Mapping, Set
from itertools import chain

from django.db.models import F

from markets.contacts.inferred_timezone import infer_timezone
from markets.contacts.normalization import FIELDS
from markets.custom_fields.values import PREFIX, as_text, to_texts
from markets.models import AuditAction, Contact, ContactChange, User
from markets.workspaces.audit import record_event

DERIVED: Mapping[str, tuple[str, ...]] = {
    "full_name": ("name_key",),
    "phone": ("phone_e164", "phone_extension", "phone_problem"),
    "profile_url": ("profile_key",),
}
"""The fields that follow from a field as typed, and change together with it."""
DERIVED_FIELDS = frozenset(chain.from_iterable(DERIVED.values()))
PARTS: Mapping[str, Set[str]] = {name: {name, *DERIVED.get(name, ())} for name in FIELDS}
"""The fields that a person or a file gives, each with those derived from it."""
STORED_FIELDS = (*FIELDS, *chain.from_iterable(DERIVED.values()))
BITS = {name: 1 << place for place, name in enumerate((*FIELDS, "name_key", *DERIVED["phone"], "profile_key"))}
"""The bit of each field in `ImportedContact.field_mask` and `Contact.person_fields`."""


def fields_to_bits(names: Iterable[str]) -> int:
    return sum(BITS[name] for name in names)


def bits_to_fields(bits: int) -> set[str]:
    return {name for name, bit in BITS.items() if bits & bit}


def stored_values(contact: Contact) -> dict[str, str]:
    """With the custom fields that the contact has."""
    return {name: getattr(contact, name) for name in STORED_FIELDS} | to_texts(contact.custom)


def stored_value(contact: Contact, name: str) -> str:
    if name.startswith(PREFIX):
        return as_text(contact.custom.get(name.removeprefix(PREFIX), ""))
    value: str = getattr(contact, name)
    return value


def set_derived(contact: Contact, fields: Mapping[str, str]) -> None:
    """Sets the fields that `normalise` derived, and clears the others of them."""
    for name in chain.from_iterable(DERIVED.values()):
        setattr(contact, name, fields.get(name, ""))
    contact.inferred_timezone = infer_timezone(fields)


def record_change(
    contact: Contact, before: Mapping[str, str], *, by: User | None, reason: str = ""
) -> ContactChange | None:
    """Records that a person changed a saved contact, which had the values `before` (as of stored_values).

    The fields that differ are the person's word from now on: no file changes them. Returns None if nothing differs.
    """
    values = dict.fromkeys(before, "") | stored_values(contact)
    after = {name: value for name, value in values.items() if value != before.get(name, "")}
    if not after:
        return None
    given_by_person(contact, after.keys() & set(FIELDS))
    _record_event(contact, after.keys(), by=by, is_new=not any(before.values()))
    return ContactChange.objects.create(
        workspace_id=contact.workspace_id,
        contact=contact,
        before={name: before.get(name, "") for name in after},
        after=after,
        changed_by=by,
        reason=reason,
    )


def _record_event(contact: Contact, names: Iterable[str], *, by: User | None, is_new: bool) -> None:
    """Names of custom fields are the workspace's own words."""
    given = {"custom" if name.startswith(PREFIX) else name for name in names if name not in DERIVED_FIELDS}
    fields = sorted(given)
    record_event(
        workspace=contact.workspace,
        user=by,
        action=AuditAction.CONTACT_ADDED if is_new else AuditAction.CONTACT_CHANGED,
        subject=contact,
        summary="Added a person" if is_new else f"Changed a person: {', '.join(fields).replace('_', ' ')}",
        details={"fields": fields},
    )


def given_by_person(contact: Contact, names: Iterable[str]) -> None:
    """Marks fields as a person's word."""
    bits = fields_to_bits(names)
    Contact.objects.filter(workspace=contact.workspace_id, pk=contact.pk).update(
        person_fields=F("person_fields").bitor(bits)
    )
    contact.person_fields |= bits
