"""What becomes of custom values when people are merged or erased."""

from markets.custom_fields.fields import give_back_custom_values
from markets.models import Contact, ContactChange, CustomField, ImportedContact
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests.factories import ContactFactory, WorkspaceFactory
from tests.importing import finished_import


def test_a_merged_contact_keeps_its_values_and_gets_those_that_it_lacked(workspace, manager):
    keep = ContactFactory(workspace=workspace, custom={"size": 42, "team": "Red"})
    merged = ContactFactory(workspace=workspace, custom={"size": 44, "floor": 9})

    record = merge(keep=keep, merged=merged, by=manager)

    keep.refresh_from_db()
    assert keep.custom == {"size": 42, "team": "Red", "floor": 9}
    assert record.fields["custom"] == {"size": 44, "floor": 9}
    assert not ContactChange.objects.filter(after__has_key="custom.floor").exists()


def test_an_erasure_clears_the_values_what_files_said_and_the_choice_that_nobody_else_has(market, manager):
    header = "Name,Email,Team"
    lines = [f"P{number},p{number}@x.example,{'Blue' if number % 2 else 'Red'}" for number in range(7)]
    finished_import(market.workspace, header, *lines, market=market.pk)
    finished_import(market.workspace, header, "P1,p1@x.example,Zanzibar", market=market.pk)
    assert CustomField.objects.get().choices == ["Blue", "Red", "Zanzibar"]
    person = Contact.objects.get(email="p1@x.example")

    erase(contact=person, by=manager, reason="asked")

    person.refresh_from_db()
    assert person.custom == {}
    assert CustomField.objects.get().choices == ["Blue", "Red"]
    assert list(ContactChange.objects.values_list("before", "after")) == [({"custom.team": ""}, {"custom.team": ""})]
    assert set(ImportedContact.objects.filter(contact=person).values_list("values", flat=True)) == {None}


def test_values_come_back_in_the_kind_that_their_field_has_here(workspace):
    for owner, kind in ((workspace, "number"), (WorkspaceFactory(), "text")):
        owner.custom_fields.create(key="size", name="Size", kind=kind, position=1)
    contact = ContactFactory(workspace=workspace)

    give_back_custom_values({contact: {"custom.size": "42"}})

    contact.refresh_from_db()
    assert contact.custom == {"size": 42}
