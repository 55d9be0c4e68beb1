"""Edits of contacts, as their form saves them."""

from markets.contacts.normalization import FIELDS
from markets.forms import ContactForm


def edit(contact, by, **fields):
    contact.refresh_from_db()
    shown = ContactForm(instance=contact, workspace=contact.workspace, by=by)
    typed = {name: getattr(contact, name) for name in FIELDS} | {"version": shown["version"].value()} | fields
    form = ContactForm(typed, instance=contact, workspace=contact.workspace, by=by)
    assert form.is_valid(), form.errors
    form.save()
