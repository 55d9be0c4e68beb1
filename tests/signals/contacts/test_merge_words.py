"""A merge keeps whose word each field is, and everything that sources said of both."""

import pytest

from markets.contacts.changes import BITS, fields_to_bits
from markets.models import Contact, ContactChange, DecidedIdentity, ImportNote, ImportPreset
from signals.contacts.merge import merge
from tests.factories import ended_import
from tests.markets.imports.contacts.contact_rows import import_rows


@pytest.fixture
def crm(workspace):
    return ImportPreset.objects.create(workspace=workspace, kind="people", header_key="crm", name="CRM")


def test_a_chosen_value_is_a_persons_word_and_recorded(bob, robert, manager):
    Contact.objects.filter(pk=bob.pk).update(firm="Wolf LLP")

    merge(keep=robert, merged=bob, by=manager, taking=["firm"])

    robert.refresh_from_db()
    assert (robert.firm, robert.title, robert.person_fields) == ("Wolf LLP", "Partner", BITS["firm"])
    change = ContactChange.objects.get()
    assert (change.before["firm"], change.after["firm"], change.changed_by) == ("Acme LLP", "Wolf LLP", manager)


def test_a_filled_blank_is_a_persons_word_only_if_it_was_one(bob, robert, manager):
    Contact.objects.filter(pk=bob.pk).update(city="Boston", person_fields=fields_to_bits(["city", "firm"]))
    Contact.objects.filter(pk=robert.pk).update(person_fields=fields_to_bits(["email"]))

    merge(keep=robert, merged=bob, by=manager)

    robert.refresh_from_db()
    assert (robert.city, robert.title, robert.firm) == ("Boston", "Partner", "Acme LLP")
    assert robert.person_fields == fields_to_bits(["city", "email"])


def test_changes_notes_decisions_and_words_of_sources_move(workspace, bob, robert, manager, crm, market):
    job = ended_import(workspace)
    ContactChange.objects.create(workspace=workspace, contact=bob, before={"city": ""}, after={"city": "Rome"})
    ImportNote.objects.create(workspace=workspace, job=job, contact=bob, line=2, kind="disagreement", field="city")
    DecidedIdentity.objects.create(workspace=workspace, preset=crm, external_id="9", contact=bob)
    rows = {"email": bob.email, "city": "Rome"}, {"email": robert.email, "phone": "212 555 0188"}
    import_rows(market, *rows, source=crm)

    merge(keep=robert, merged=bob, by=manager)

    assert robert.changes.filter(after={"city": "Rome"}).exists()
    assert ImportNote.objects.get().contact == DecidedIdentity.objects.get().contact == robert
    (word,) = robert.imports.filter(job__preset=crm)
    assert (word.values["city"], word.values["email"]) == ("Rome", robert.email)


def test_the_source_that_repeats_either_word_changes_nothing(workspace, bob, robert, manager, crm, market):
    rows = {"email": bob.email, "firm": "Wolf LLP"}, {"email": robert.email, "firm": "Acme LLP"}
    import_rows(market, *rows, source=crm)
    merge(keep=robert, merged=bob, by=manager)

    again = import_rows(market, *rows, source=crm)

    robert.refresh_from_db()
    assert (again.created, again.updated, robert.firm) == (0, 0, "Acme LLP")
