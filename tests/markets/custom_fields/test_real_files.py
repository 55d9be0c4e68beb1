"""The extra columns of real files become custom fields. The files are not part of the project."""

from markets.models import CustomField
from tests.commands import run_command
from tests.files import real_file

WORDS = ("--workspace", "acme", "--market", "M&A -- New York")


def kinds():
    return {field.name: field.kind for field in CustomField.objects.all()}


def test_the_members_of_congress_keep_their_party_and_their_terms(market):
    path = real_file("congress-members.csv")

    first = run_command("import_contacts", path, *WORDS)
    again = run_command("import_contacts", path, *WORDS)

    found = kinds()
    assert found["Party"] == "choice"
    assert (found["Term Start"], found["Term End"]) == ("date", "date")
    assert found["State"] == found["Address"] == "text"
    assert "0 rejected" in first
    assert " 0 created, 0 updated" in again
    cantwell = market.contacts.get(external_id="C000127")
    assert (cantwell.custom["party"], cantwell.custom["termend"]) == ("Democrat", "2031-01-03")


def test_the_leads_of_a_dialer_keep_age_and_occupation(market):
    path = real_file("dialer-leads.csv")

    run_command("import_contacts", path, *WORDS)

    assert kinds() == {"Occupation": "choice", "Marital": "choice", "Education": "choice", "Age": "number"}
    assert market.contacts.get(external_id="L000000").custom == {
        "occupation": "management",
        "marital": "married",
        "education": "tertiary",
        "age": 58,
    }
