"""An undo gives back the values that the import overwrote, unless somebody changed them since."""

from calls.ingest.undo import undo
from markets.models import Contact, ContactChange
from tests.calls.ingest.undo.undoing import undo_as_previewed
from tests.edits import edit
from tests.factories import ContactFactory
from tests.importing import finished_import

HEADER = "external_id,full_name,email,phone,city,title"


def import_rows(market, *lines):
    return finished_import(market.workspace, HEADER, *lines, market=market.pk)


def person(market, **fields):
    known = {"external_id": "a", "full_name": "Ann Lee", "name_key": "ann lee", "email": "ann@x.example"}
    return ContactFactory(workspace=market.workspace, **known | fields)


def test_the_values_before_come_back_and_the_next_import_of_the_file_applies_them_again(market):
    ann = person(market, phone="212-555-0100", phone_e164="+12125550100", city="Boston")
    line = "a,Ann Lee,,212-555-0177,Chicago,Partner"
    job = import_rows(market, line)

    undone = undo_as_previewed(job)

    ann.refresh_from_db()
    assert (undone.values, undone.left) == (3, 0)
    assert (ann.phone, ann.phone_e164, ann.city, ann.title) == ("212-555-0100", "+12125550100", "Boston", "")
    assert import_rows(market, line).updated == 1
    ann.refresh_from_db()
    assert (ann.phone_e164, ann.city, ann.title) == ("+12125550177", "Chicago", "Partner")


def test_what_a_person_changed_since_stays_and_is_named(market, manager):
    ann = person(market, city="Boston", title="Counsel")
    job = import_rows(market, "a,,,,Chicago,Partner")
    edit(ann, manager, city="Denver")

    undone = undo_as_previewed(job)

    ann.refresh_from_db()
    assert (ann.city, ann.title) == ("Denver", "Counsel")
    assert (undone.values, undone.left) == (1, 1)
    assert undone.named == [{"name": "Ann Lee", "why": f"city changed since by {manager}", "contact": ann.pk}]


def test_a_value_that_a_person_confirmed_by_changing_it_there_and_back_stays(market, manager):
    ann = person(market, city="Boston")
    job = import_rows(market, "a,,,,Chicago,")
    edit(ann, manager, city="Denver")
    edit(ann, manager, city="Chicago")

    undone = undo_as_previewed(job)

    ann.refresh_from_db()
    assert (ann.city, undone.left) == ("Chicago", 1)


def test_what_a_later_import_changed_stays_until_that_is_undone_too(market):
    ann = person(market, city="Boston")
    first, second = (import_rows(market, f"a,,,,{city},") for city in ("Chicago", "Denver"))

    reasons = [each["why"] for each in undo(job=first, by=None).named]
    assert "city changed since by the import of rows.csv" in reasons
    ann.refresh_from_db()
    assert ann.city == "Denver"

    undo(job=second, by=None)
    ann.refresh_from_db()
    assert ann.city == "Boston"


def test_imports_undone_from_the_last_to_the_first_leave_nothing(market):
    created = import_rows(market, "b,Bob Poe,,,Boston,")
    changed = import_rows(market, "b,Bob Poe,,,Chicago,")

    undo(job=changed, by=None)
    assert Contact.objects.get(external_id="b").city == "Boston"

    assert undo(job=created, by=None).people == 1
    assert not Contact.objects.filter(external_id="b").exists()
    assert not ContactChange.objects.exists()


def test_an_address_that_somebody_else_has_now_is_not_given_back(market):
    ann = person(market, city="Boston")
    job = import_rows(market, "a,Ann Lee,lee@x.example,,Chicago,")
    ContactFactory(workspace=market.workspace, email="ann@x.example")
    bob = ContactFactory(workspace=market.workspace, external_id="b", city="Boston")
    other = import_rows(market, "b,,,,Chicago,")

    undone = undo_as_previewed(job)

    ann.refresh_from_db()
    assert (ann.email, ann.city) == ("lee@x.example", "Chicago")
    assert undone.values == 0
    assert undone.named[0]["why"] == "email and city kept: another person has the old email, number or ID now"
    undo(job=other, by=None)
    bob.refresh_from_db()
    assert bob.city == "Boston"
