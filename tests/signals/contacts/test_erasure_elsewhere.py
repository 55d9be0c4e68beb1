"""Erasing somebody concerns their workspace alone, also where another one knows the same person."""

import pytest

from campaigns.audience.rule import Rule
from markets.models import Contact, ErasedKey, Suppression
from markets.suppressions.services import suppress
from signals.contacts.erasure import erase
from tests.factories import ContactFactory, SuppressionFactory, ended_import
from tests.signals.contacts.erasure_data import PERSON


@pytest.fixture
def namesake(db):
    """The same person in another workspace."""
    return ContactFactory(**PERSON)


def test_what_another_workspace_imported_of_the_person_stays(zelda, namesake):
    theirs = namesake.workspace
    job = ended_import(theirs, name=f"{PERSON['full_name']}.csv", rejected=1)
    job.rejections.create(workspace=theirs, line=2, code="email", message="No address", cells=[PERSON["email"]])
    job.notes.create(workspace=theirs, line=2, kind="left_out", field="email", file_value=PERSON["email"])
    before = [list(rows.values()) for rows in (job.rejections.all(), job.notes.all(), theirs.imports.all())]

    erase(contact=zelda, by=None, reason="Request 204")

    assert [list(rows.values()) for rows in (job.rejections.all(), job.notes.all(), theirs.imports.all())] == before


def test_the_external_id_that_is_left_may_be_in_use_elsewhere(zelda):
    ContactFactory(external_id=f"erased-{zelda.pk}")

    erase(contact=zelda, by=None, reason="Request 204")

    assert Contact.objects.get(pk=zelda.pk).external_id == f"erased-{zelda.pk}"


def test_a_number_that_only_another_workspace_has_besides_stays_suppressed(zelda, namesake):
    suppress(contact=zelda, by=None, reason="Asked", scope="person")

    erase(contact=zelda, by=None, reason="Request 204")

    assert set(ErasedKey.objects.values_list("kind", flat=True)) == {"email", "external_id", "phone_e164"}


def test_a_suppressed_number_suppresses_nobody_elsewhere(zelda, namesake):
    SuppressionFactory(workspace=zelda.workspace, phone_e164=zelda.phone_e164)

    erase(contact=zelda, by=None, reason="Request 204")

    assert Suppression.objects.get().contact == zelda


def test_a_search_that_finds_others_elsewhere_alone_goes(workspace, zelda, namesake):
    rule = {"version": 1, "match": "all", "conditions": [{"kind": "search", "text": PERSON["first_name"]}]}
    audience = workspace.audiences.create(name="One", rule=rule)

    erase(contact=zelda, by=None, reason="Request 204")

    audience.refresh_from_db()
    assert "Erased" in str(Rule.parse(audience.rule, workspace).sentences(workspace))


def test_a_choice_that_nobody_else_has_goes_here_alone(workspace, zelda, namesake):
    fields = [
        each.custom_fields.create(key="team", name="Team", kind="choice", choices=["Zanzibar"], position=1)
        for each in (workspace, namesake.workspace)
    ]
    Contact.objects.filter(pk__in=[zelda.pk, namesake.pk]).update(custom={"team": "Zanzibar"})
    zelda.refresh_from_db()

    erase(contact=zelda, by=None, reason="Request 204")

    for field in fields:
        field.refresh_from_db()
    assert [field.choices for field in fields] == [[], ["Zanzibar"]]
