"""The history of a contact's fields: who gave each last, what each source said, and all changes."""

import pytest
from django.urls import reverse

from calls.ingest.undo import undo
from markets.contacts.changes import record_change, stored_values
from markets.models import Contact, ImportPreset
from signals.contacts.field_history import FieldLabels, last_said, source_words
from tests.importing import finished_import

HEADER = "external_id,full_name,firm,city"


@pytest.fixture
def rep(market):
    finished_import(market.workspace, HEADER, "r1,Rep One,Wolf LLP,", market=market.pk, name="first.csv")
    return Contact.objects.get()


def edit(contact, by, **fields):
    before = stored_values(contact)
    for name, value in fields.items():
        setattr(contact, name, value)
    contact.save()
    record_change(contact, before, by=by)


def words(contact):
    contact.refresh_from_db()
    return {
        word.name: (word.value, str(word.by or word.job), word.is_kept)
        for word in last_said(contact, FieldLabels(contact.workspace))
    }


def test_each_field_names_who_gave_it_last(market, rep, manager):
    finished_import(market.workspace, HEADER, "r1,,,Boston", market=market.pk, name="second.csv")
    rep.refresh_from_db()
    edit(rep, manager, firm="Fox LLP", city="")

    assert words(rep) == {
        "external_id": ("r1", "first.csv", False),
        "full_name": ("Rep One", "first.csv", False),
        "firm": ("Fox LLP", str(manager), True),
        "city": ("", str(manager), True),
    }


def test_a_custom_field_has_its_name_and_who_gave_it(market):
    finished_import(market.workspace, "external_id,Shoe size", "r1,38", market=market.pk, name="shoes.csv")

    (shoe_size,) = [
        word
        for word in last_said(Contact.objects.get(), FieldLabels(market.workspace))
        if word.name == "custom.shoesize"
    ]

    assert (shoe_size.label, shoe_size.value, str(shoe_size.job)) == ("Shoe size", "38", "shoes.csv")


def test_what_was_undone_is_nobodys_last_word(market, rep):
    job = finished_import(market.workspace, HEADER, "r1,,Fox LLP,", market=market.pk, name="second.csv")
    assert words(rep)["firm"] == ("Fox LLP", "second.csv", False)

    undo(job=job, by=None)

    assert words(rep)["firm"] == ("Wolf LLP", "first.csv", False)


def test_of_each_source_only_the_newest_word_is_shown(market, rep):
    for name in ("second.csv", "third.csv"):
        job = finished_import(market.workspace, HEADER, f"r1,,{name},", market=market.pk, ended=False, name=name)
        job.preset = ImportPreset.objects.get_or_create(
            workspace=market.workspace, kind="people", header_key="crm", name="CRM"
        )[0]
        job.save()

    said = [(str(each.job.preset), each.values.get("firm")) for each in source_words(rep)]

    assert said == [("CRM", "third.csv"), ("None", "Wolf LLP")]


def test_the_pages_show_it(client, market, rep, manager):
    edit(rep, manager, firm="Fox LLP")
    client.force_login(manager)

    detail = client.get(reverse("contacts:detail", args=[market.workspace.slug, rep.pk])).content.decode()
    history = client.get(reverse("contacts:history", args=[market.workspace.slug, rep.pk])).content.decode()

    assert "Who said this" in detail
    assert "Files don’t change it" in " ".join(detail.split())
    for text in ("Firm: <strong>Fox LLP</strong>", "was Wolf LLP", "first.csv", "Files without a preset"):
        assert text in history
