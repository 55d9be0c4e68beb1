"""Erases personal data from a contact's row and from suppressions, merges and imports. signals.contacts.erasure
starts it.

Rows that count are kept: the contact stays under another name. Only the former keys, which match imported rows, are
deleted.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from secrets import token_hex
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from markets.contacts.changes import STORED_FIELDS
from markets.contacts.normalization import fold
from markets.custom_fields.fields import erase_custom_values
from markets.models import (
    Contact,
    ContactChange,
    ContactMerge,
    ContactPoint,
    DecidedIdentity,
    ErasedKey,
    FormerKey,
    ImportedContact,
    ImportJob,
    ImportNote,
    ImportRejection,
    Suppression,
)
from markets.models.erasures import KeyHasher
from markets.models.imports import OTHER_PERSON
from markets.models.landscape import names_contact
from markets.models.merges import KeyKind
from markets.suppressions.erased_keys import ERASED_KEY_REASON, suppress_for_erased_key

ERASED_TEXT = "Erased with the person"
"""Replaces free-text reasons, which may name the person."""
IDENTIFYING_FIELDS = ("full_name", "email", "external_id", "profile_key", "phone", "phone_e164")
MIN_ID_LENGTH = 4
"""A shorter ID is not searched for in imported rows: it could be any number."""

Key = tuple[str, str]


@dataclass
class Identity:
    """All keys, names and contact ids of a person, including those of contacts merged into this one."""

    contact: Contact
    keys: set[Key] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    ids: set[int] = field(default_factory=set)

    @classmethod
    def of_contact(cls, contact: Contact) -> "Identity":
        identity = cls(contact, ids={contact.pk})
        identity._add({name: getattr(contact, name) for name in IDENTIFYING_FIELDS})
        for change in ContactChange.objects.filter(contact=contact):
            identity._add(change.before)
            identity._add(change.after)
        for values in contact.imports.filter(values__isnull=False).values_list("values", flat=True):
            identity._add(values or {})
        for point in contact.contact_points.all():
            identity._add({point.kind: point.typed, "phone_e164": point.phone_e164})
        for merge in ContactMerge.objects.filter(contact=contact):
            identity.ids.add(merge.merged_id)
            identity._add(merge.fields)
            identity._add(merge.replaced)
        former = FormerKey.objects.filter(merge__contact=contact)
        identity.keys |= set(former.values_list("kind", "value"))
        for point in ContactPoint.objects.filter(contact=contact):
            identity._add({"phone_e164": point.phone_e164, "email": point.typed if "@" in point.typed else ""})
        for suppression in Suppression.objects.filter(contact=contact):
            identity._add({"email": suppression.email, "phone_e164": suppression.phone_e164})
        return identity

    def _add(self, fields: dict[str, Any]) -> None:
        self.keys |= {(kind.value, str(fields[kind])) for kind in KeyKind if fields.get(kind)}
        if name := fold(str(fields.get("full_name", ""))):
            self.names.add(name)

    def values(self, kind: KeyKind) -> set[str]:
        return {value for each, value in self.keys if each == kind}

    def appears_in(self, texts: Collection[str]) -> bool:
        """True if one of a row's texts contains a key of the person, or all of them together a name."""
        folded = [fold(text) for text in texts]
        ids = {fold(value) for value in self.values(KeyKind.EXTERNAL_ID) if len(value) >= MIN_ID_LENGTH}
        if ids & set(folded):
            return True
        whole = " ".join(folded)
        digits = [re.sub(r"\D", "", text) for text in folded]
        phones = {value.removeprefix("+")[-9:] for value in self.values(KeyKind.PHONE)}
        return (
            any(email in whole for email in self.values(KeyKind.EMAIL))
            or any(phone in each for phone in phones for each in digits)
            or any(profile in whole for profile in self.values(KeyKind.PROFILE))
            or any(re.search(rf"\b{re.escape(name)}\b", whole) for name in self.names)
        )


def clean_reason(identity: Identity, reason: str) -> str:
    """The reason with white space collapsed. Raises ValidationError if it is empty, too long or names the person."""
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError("Say why the person is erased.")
    if len(reason) > 500:
        raise ValidationError(f"The reason has {len(reason):,} characters; at most 500 are kept.")
    if identity.appears_in([reason, *reason.split()]):
        raise ValidationError(
            "The reason says who the person is, and it stays; say why without name, address or number."
        )
    return reason


def erase_fields(contact: Contact) -> None:
    """Renames the row to “Erased person 17” and clears every field that an import could match."""
    for name in (*STORED_FIELDS, "inferred_timezone", "wrong_phone"):
        setattr(contact, name, "")
    erase_custom_values(contact)
    ContactPoint.objects.filter(contact=contact).delete()
    contact.full_name = f"Erased person {contact.pk}"
    contact.external_id = f"erased-{contact.pk}"
    others = Contact.objects.filter(workspace=contact.workspace_id).exclude(pk=contact.pk)
    if others.filter(external_id=contact.external_id).exists():
        contact.external_id += f"-{token_hex(4)}"
    contact.save()


def erase_suppressions(identity: Identity) -> list[int]:
    """Removes the person's phone numbers and addresses from suppressions and stores hashes of those in force.

    A suppression by number or address alone is turned into one of the contact, or of the contact that has the key now
    if the erased person no longer does. Other contacts that it covered get a suppression of their own. Returns the ids
    of the person's suppressions.
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
        elif identity.appears_in([row.reason, row.lift_reason]):
            row.reason, row.lift_reason = ERASED_KEY_REASON, row.lift_reason and ERASED_TEXT
        row.save(update_fields=["contact", "phone_e164", "email", "reason", "lift_reason"])
        if row.lifted_at is None:
            _store_hashed_keys(row, keys)
    return [row.pk for row in rows if row.contact_id == contact.pk]


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
    hasher = KeyHasher(suppression.workspace_id)
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


def erase_merges(identity: Identity) -> list[int]:
    """Clears the personal data of merged contacts. The merges and what they moved stay. Returns their ids."""
    merges = ContactMerge.objects.filter(contact=identity.contact)
    FormerKey.objects.filter(merge__in=merges).delete()
    for merge in merges:
        merge.label, merge.fields, merge.replaced, merge.reason = f"Erased person {merge.merged_id}", {}, {}, ""
        merge.save(update_fields=["label", "fields", "replaced", "reason"])
    return [merge.pk for merge in merges]


def erase_words(contact: Contact) -> None:
    """Clears the values of changes and of what files said. That there was a change, by whom and when, stays."""
    for change in ContactChange.objects.filter(contact=contact):
        change.before, change.after = dict.fromkeys(change.before, ""), dict.fromkeys(change.after, "")
        change.reason = change.reason and ERASED_TEXT
        change.save(update_fields=["before", "after", "reason"])
    ImportedContact.objects.filter(contact=contact).update(values=None)
    ImportNote.objects.filter(contact=contact).update(file_value="", stored_value="", message=ERASED_TEXT)
    DecidedIdentity.objects.filter(contact=contact).delete()
    contact.contact_points.all().delete()


def erase_imports(identity: Identity) -> None:
    """Clears rejected rows that name the person, and renames the person in reports of undone imports."""
    workspace = identity.contact.workspace_id
    mentions = [f"(contact {key})" for key in identity.ids]
    rejections = ImportRejection.objects.filter(workspace=workspace).only("id", "code", "message", "cells")
    for each in rejections.iterator(chunk_size=1000):
        texts = [str(cell) for cell in each.cells]
        if any(mention in each.message for mention in mentions) or identity.appears_in(texts):
            ImportRejection.objects.filter(pk=each.pk).update(
                code="erased" if each.code == OTHER_PERSON else each.code,
                message="The row names somebody who was erased.",
                cells=["" for _ in texts],
            )
    notes = ImportNote.objects.filter(workspace=workspace, contact=None)
    for note in notes.iterator(chunk_size=1000):  # of contacts whose import was undone
        if identity.appears_in([note.file_value, note.stored_value, note.message]):
            ImportNote.objects.filter(pk=note.pk).update(file_value="", stored_value="", message=ERASED_TEXT)
    for job in ImportJob.objects.filter(workspace=workspace, undo_report__isnull=False):
        for named in (job.undo_report or {}).get("named", ()):
            if named["contact"] in identity.ids:
                named["name"] = f"Erased person {named['contact']}"
        job.save(update_fields=["undo_report"])
    for job in ImportJob.objects.filter(workspace=workspace, dry_run_report__isnull=False):
        _erase_dry_run(identity, job)


def _erase_dry_run(identity: Identity, job: ImportJob) -> None:
    report = job.dry_run_report or {}
    kept = {
        "rejections": lambda row: not identity.appears_in([row["message"]]),
        "do_not_call_people": lambda label: not identity.appears_in([label]),
        "disagreeing_values": lambda value: value["contact"] not in identity.ids,
    }
    for part, is_kept in kept.items():
        if part in report:
            report[part] = list(filter(is_kept, report[part]))
    job.save(update_fields=["dry_run_report"])
