"""Whose word counts between people and sources (product.md, section 8)."""

import pytest

from markets.contacts.changes import BITS, fields_to_bits
from markets.forms import ContactForm, PhoneForm
from markets.imports.contacts.writer import OnDuplicate
from markets.models import Contact, ContactChange, ImportedContact, ImportNote, ImportPreset, ImportState
from tests.edits import edit
from tests.markets.imports.contacts.contact_rows import counts, import_rows

CRM_ROW = {
    "external_id": "rp1",
    "full_name": "Rep One",
    "email": "rp1@x.example",
    "phone": "212-555-0910",
    "firm": "Wolf LLP",
}


@pytest.fixture
def crm(workspace):
    return ImportPreset.objects.create(workspace=workspace, kind="people", header_key="crm", name="CRM")


@pytest.fixture
def dialer(workspace):
    return ImportPreset.objects.create(workspace=workspace, kind="people", header_key="dialer", name="Dialer")


def test_what_a_person_corrected_stays_and_the_report_names_both_values(market, crm, manager):
    import_rows(market, CRM_ROW, source=crm)
    rep = Contact.objects.get()
    form = PhoneForm({"phone": "212-555-0999"}, contact=rep, by=manager)
    assert form.is_valid()
    form.save()
    edit(rep, manager, firm="Fox LLP")

    again = import_rows(market, CRM_ROW | {"city": "Boston"}, source=crm)

    rep.refresh_from_db()
    assert counts(again) == (0, 1, 0, 0)
    assert (rep.phone, rep.phone_e164, rep.firm, rep.city) == ("212-555-0999", "+12125550999", "Fox LLP", "Boston")
    assert again.disagreements == 2
    notes = ImportNote.objects.order_by("field").values_list("field", "file_value", "stored_value", "contact", "line")
    assert list(notes) == [
        ("firm", "Wolf LLP", "Fox LLP", rep.pk, 2),
        ("phone", "212-555-0910", "212-555-0999", rep.pk, 2),
    ]


def test_a_number_typed_otherwise_is_no_disagreement(market, crm, manager):
    import_rows(market, CRM_ROW, source=crm)
    edit(Contact.objects.get(), manager, phone="(212) 555-0999")

    again = import_rows(market, CRM_ROW | {"phone": "+1 212 555 0999"}, source=crm)

    assert counts(again) == (0, 0, 1, 0)
    assert again.disagreements == 0


def test_a_source_that_repeats_itself_changes_nothing(market, crm, dialer):
    import_rows(market, CRM_ROW, source=crm)
    import_rows(market, {"external_id": "rp1", "firm": "Fox LLP"}, source=dialer)

    again = import_rows(market, CRM_ROW, source=crm)

    assert counts(again) == (0, 0, 1, 0)
    assert Contact.objects.get().firm == "Fox LLP"
    assert again.disagreements == 0


def test_between_sources_the_newer_word_counts(market, crm, dialer):
    import_rows(market, CRM_ROW, source=crm)
    import_rows(market, {"external_id": "rp1", "firm": "Fox LLP"}, source=dialer)

    import_rows(market, CRM_ROW | {"firm": "Hare LLP"}, source=crm)

    assert Contact.objects.get().firm == "Hare LLP"


def test_a_number_typed_otherwise_is_the_same_word(market, crm, dialer):
    import_rows(market, CRM_ROW, source=crm)
    import_rows(market, {"external_id": "rp1", "phone": "212-555-0777"}, source=dialer)

    import_rows(market, CRM_ROW | {"phone": "+1 (212) 555-0910"}, source=crm)

    assert Contact.objects.get().phone_e164 == "+12125550777"


def test_a_blank_cell_says_nothing(market, crm, dialer):
    import_rows(market, CRM_ROW, source=crm)
    import_rows(market, CRM_ROW | {"firm": ""}, source=crm)
    import_rows(market, {"external_id": "rp1", "firm": "Fox LLP"}, source=dialer)

    import_rows(market, CRM_ROW, source=crm)

    assert Contact.objects.get().firm == "Fox LLP"


def test_files_without_a_preset_are_one_source(market, crm):
    import_rows(market, CRM_ROW)
    import_rows(market, {"external_id": "rp1", "firm": "Fox LLP"}, source=crm)

    import_rows(market, CRM_ROW)

    assert Contact.objects.get().firm == "Fox LLP"


def test_the_word_of_an_undone_import_counts_no_more(market, crm, dialer):
    import_rows(market, CRM_ROW, source=crm)
    import_rows(market, {"external_id": "rp1", "firm": "Fox LLP"}, source=dialer)
    market.workspace.imports.filter(preset=crm).update(state=ImportState.UNDONE)

    import_rows(market, CRM_ROW, source=crm)

    assert Contact.objects.get().firm == "Wolf LLP"


def test_what_was_skipped_is_no_word(market, crm, dialer):
    import_rows(market, CRM_ROW | {"firm": "Fox LLP"}, source=dialer)
    import_rows(market, CRM_ROW, source=crm, on_duplicate=OnDuplicate.SKIP)

    import_rows(market, CRM_ROW, source=crm)

    assert Contact.objects.get().firm == "Wolf LLP"


def test_rows_of_one_file_do_not_contradict_each_other_in_an_old_word(market, crm, dialer):
    """Else the file would end otherwise the next time."""
    import_rows(market, CRM_ROW, source=crm)
    import_rows(market, {"external_id": "rp1", "firm": "Fox LLP"}, source=dialer)
    rows = CRM_ROW, CRM_ROW | {"firm": "Hare LLP"}

    first, second = (import_rows(market, *rows, source=crm, chunk=chunk) for chunk in (1, 2))

    assert counts(first) == counts(second) == (0, 0, 1, 1)
    assert second.rejections[0].code == "contradiction"
    assert Contact.objects.get().firm == "Fox LLP"


def test_changes_are_recorded_with_the_values_before_and_after(market, crm):
    import_rows(market, CRM_ROW, source=crm)
    assert not ContactChange.objects.exists()

    import_rows(market, CRM_ROW | {"phone": "212-555-0999", "city": "Boston"}, source=crm)

    change = ContactChange.objects.get()
    assert change.before == {"phone": "212-555-0910", "phone_e164": "+12125550910", "city": ""}
    assert change.after == {"phone": "212-555-0999", "phone_e164": "+12125550999", "city": "Boston"}
    assert change.import_job == market.workspace.imports.first()


def test_what_the_file_said_is_kept_with_each_import(market, crm):
    import_rows(market, CRM_ROW, source=crm)
    import_rows(market, CRM_ROW, source=crm)

    values = [each.values for each in ImportedContact.objects.all()]

    assert values == [CRM_ROW | {"phone_e164": "+12125550910"}] * 2


def test_a_number_stays_where_a_file_has_no_number(market, crm):
    """As far as the file's number can be read at all."""
    import_rows(market, CRM_ROW, source=crm)

    result = import_rows(market, CRM_ROW | {"phone": "555"}, source=crm)

    assert result.updated == 0
    assert Contact.objects.get().phone_e164 == "+12125550910"


def test_fields_entered_at_creation_are_a_persons_word(market, crm, manager):
    typed = {"full_name": "Rep One", "external_id": "rp1", "firm": "Fox LLP"}
    form = ContactForm(typed, workspace=market.workspace, by=manager)
    assert form.is_valid()
    rep = form.save()

    result = import_rows(market, CRM_ROW, source=crm)

    rep.refresh_from_db()
    assert rep.person_fields == fields_to_bits(typed)
    assert (rep.firm, rep.phone_e164) == ("Fox LLP", "+12125550910")
    assert result.disagreements == 1


def test_saving_a_form_gives_only_the_fields_that_changed(market, crm, manager):
    import_rows(market, CRM_ROW, source=crm)
    rep = Contact.objects.get()

    edit(rep, manager, firm="Fox LLP")
    edit(rep, manager)

    assert rep.person_fields == BITS["firm"]
    change = ContactChange.objects.get()
    assert (change.before, change.after) == ({"firm": "Wolf LLP"}, {"firm": "Fox LLP"})
    assert change.changed_by == manager


@pytest.mark.parametrize(
    ("row", "correction"),
    [
        ({"full_name": "Rep One", "phone": "212-555-0910"}, {"phone": "212-555-0999"}),
        ({"full_name": "Rep One", "email": "rp1@x.example"}, {"email": "rep@x.example"}),
        ({"email": "rp1@x.example"}, {"email": "rep@x.example"}),
        ({"full_name": "Rep One", "phone": "212-555-0910"}, {"full_name": "Rep Juan"}),
        ({"full_name": "Rep One", "firm": "Wolf LLP"}, {"firm": "Fox LLP"}),
        ({"external_id": "rp1", "full_name": "Rep One"}, {"external_id": "rp2"}),
    ],
)
def test_a_file_with_the_key_from_before_a_correction_means_the_same_person(market, crm, manager, row, correction):
    import_rows(market, row | {"city": "Boston"}, source=crm)
    edit(Contact.objects.get(), manager, **correction)

    again = import_rows(market, row | {"city": "Boston"}, source=crm)
    changed = import_rows(market, row | {"city": "Rome"}, source=crm)

    rep = Contact.objects.get()
    assert (counts(again), counts(changed)) == ((0, 0, 1, 0), (0, 1, 0, 0))
    assert rep.city == "Rome"
    assert {name: getattr(rep, name) for name in correction} == correction


def test_the_old_key_of_somebody_is_free_for_another_name(market, crm, manager):
    """The address was mistaken for theirs."""
    import_rows(market, CRM_ROW, source=crm)
    edit(Contact.objects.get(), manager, email="rep@x.example")

    result = import_rows(market, {"full_name": "Zoe Poe", "email": "rp1@x.example"}, source=crm)

    assert counts(result) == (1, 0, 0, 0)
    assert Contact.objects.count() == 2
