"""Erases a contact's own row, its keys and changes, and what is kept of contacts merged into it."""

from secrets import token_hex

from markets.contacts.changes import STORED_FIELDS
from markets.contacts.erasure.identity import ERASED_TEXT, Identity
from markets.custom_fields.fields import erase_custom_values
from markets.models import (
    Contact,
    ContactChange,
    ContactMerge,
    ContactPoint,
    DecidedIdentity,
    FormerKey,
    ImportedContact,
    ImportNote,
)


def erase_fields(identity: Identity) -> None:
    """Renames the row to “Erased person 17” and clears every field that an import could match."""
    contact = identity.contact
    for name in (*STORED_FIELDS, "inferred_timezone", "wrong_phone"):
        setattr(contact, name, "")
    erase_custom_values(contact)
    ContactPoint.objects.filter(contact=contact).delete()
    contact.full_name = identity.label
    contact.external_id = f"erased-{contact.pk}"
    others = Contact.objects.filter(workspace=contact.workspace_id).exclude(pk=contact.pk)
    if others.filter(external_id=contact.external_id).exists():
        contact.external_id += f"-{token_hex(4)}"
    contact.save(force_update=True)


def erase_merges(identity: Identity) -> None:
    """Clears the personal data of merged contacts. The merges and what they moved stay."""
    merges = ContactMerge.objects.filter(contact=identity.contact)
    FormerKey.objects.filter(workspace=identity.contact.workspace_id, merge__in=merges).delete()
    for merge in merges:
        merge.label, merge.fields, merge.replaced, merge.reason = f"Erased person {merge.merged_id}", {}, {}, ""
        merge.save(update_fields=["label", "fields", "replaced", "reason"])


def erase_words(identity: Identity) -> None:
    """Clears the values of changes and of what files said. That there was a change, by whom and when, stays."""
    contact = identity.contact
    for change in ContactChange.objects.filter(contact=contact):
        change.before, change.after = dict.fromkeys(change.before, ""), dict.fromkeys(change.after, "")
        change.reason = change.reason and ERASED_TEXT
        change.save(update_fields=["before", "after", "reason"])
    ImportedContact.objects.filter(contact=contact).update(values=None)
    ImportNote.objects.filter(contact=contact).update(file_value="", stored_value="", message=ERASED_TEXT)
    DecidedIdentity.objects.filter(contact=contact).delete()
    contact.workspace.idempotency_keys.all().delete()  # any response of the API may name the person
