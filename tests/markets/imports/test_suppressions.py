"""Lists of whom not to call: whoever is on one is kept, and no queue offers them."""

import pytest

from markets.models import Contact, ImportKind, Suppression
from markets.suppressions.services import lift
from signals.contacts.merge import merge
from tests.factories import ContactFactory, WorkspaceFactory
from tests.importing import finished_import

HEADER = "external_id,email,phone,reason"


def import_lines(workspace, *lines, header=HEADER):
    return finished_import(workspace, header, *lines, kind=ImportKind.SUPPRESSIONS, name="list.csv")


def counts(job):
    return job.created, job.unchanged, job.rejected


def is_callable(contact):
    return Contact.objects.callable().filter(pk=contact.pk).exists()


@pytest.fixture
def ann(workspace):
    return ContactFactory(workspace=workspace, external_id="A", email="ann@f.example", phone="212 555 0100")


@pytest.mark.parametrize("line", ["A,,,", ",ANN@f.example,,", ",,(212) 555-0100,", ",,+12125550100,"])
def test_every_key_keeps_the_person_from_being_called(workspace, ann, line):
    other = ContactFactory(workspace=workspace)

    assert counts(import_lines(workspace, line)) == (1, 0, 0)

    assert (is_callable(ann), is_callable(other)) == (False, True)


def test_people_who_come_later_are_kept_from_being_called_too(workspace):
    import_lines(workspace, ",ann@f.example,,", ",,212 555 0100,")

    assert not is_callable(ContactFactory(workspace=workspace, email="ann@f.example"))
    assert not is_callable(ContactFactory(workspace=workspace, phone="212 555 0100"))
    assert is_callable(ContactFactory(workspace=WorkspaceFactory(), email="ann@f.example"))


def test_the_same_list_again_changes_nothing(workspace, ann):
    lines = ["A,,,", ",bob@f.example,,", ",,212 555 0199,"]

    assert [counts(import_lines(workspace, *lines)) for _ in range(3)] == [(3, 0, 0), (0, 3, 0), (0, 3, 0)]
    assert Suppression.objects.count() == 3


def test_rows_of_one_list_that_name_the_same_are_one_suppression(workspace):
    assert counts(import_lines(workspace, ",bob@f.example,,", ",BOB@f.example,,", ",bob@f.example,212 555 0100,")) == (
        2,
        1,
        0,
    )


def test_what_was_lifted_is_suppressed_again_and_the_lifted_row_stays(workspace, ann):
    import_lines(workspace, "A,,,")
    lift(suppression=Suppression.objects.get(), by=None, reason="A mistake")
    assert is_callable(ann)

    assert counts(import_lines(workspace, "A,,,")) == (1, 0, 0)

    assert not is_callable(ann)
    assert Suppression.objects.count() == 2


def test_a_person_known_by_number_alone_is_suppressed_themselves_by_a_list_with_ids(workspace, ann):
    import_lines(workspace, ",,212 555 0100,")

    assert counts(import_lines(workspace, "A,,,")) == (1, 0, 0)

    ann.phone = ann.phone_e164 = ann.email = ""
    ann.save()
    assert Contact.objects.suppressed().get() == ann


@pytest.mark.parametrize("line", ["M,,,", ",mary@f.example,,", ",,212 555 0111,"])
def test_a_list_that_names_somebody_as_before_a_merge_means_who_they_are_now(workspace, ann, line):
    mary = ContactFactory(workspace=workspace, external_id="M", email="mary@f.example", phone="212 555 0111")
    merge(keep=ann, merged=mary, by=None)
    assert is_callable(ann)

    assert counts(import_lines(workspace, line)) == (1, 0, 0)

    assert not is_callable(ann)
    assert counts(import_lines(workspace, line)) == (0, 1, 0)


def test_the_reason_is_the_rows_or_names_the_list(workspace, manager):
    job = import_lines(workspace, ",a@f.example,,Asked by letter", ",b@f.example,,")

    assert set(job.suppressions.values_list("reason", flat=True)) == {"Asked by letter", "On the list list.csv"}


@pytest.mark.parametrize(
    ("line", "code", "sentence"),
    [
        (",,,Asked", "no_key", "The row names nobody"),
        ("Z,,,", "external_id", "has the external ID “Z”"),
        (",not one,,", "key", "“not one” is not an email address"),
        (",,12,", "key", "“12”"),
        (",a@f.example,,,,x", "columns", "cells"),
    ],
)
def test_a_row_that_names_nobody_is_refused_and_the_others_are_in(workspace, line, code, sentence):
    job = import_lines(workspace, line, ",bob@f.example,,")

    refused = job.rejections.get()
    assert counts(job) == (1, 0, 1)
    assert (refused.code, refused.line) == (code, 2)
    assert sentence in refused.message


def test_nobody_of_another_workspace_is_named_or_suppressed(workspace, ann):
    other = WorkspaceFactory()

    assert counts(import_lines(other, "A,,,", ",ann@f.example,,")) == (1, 0, 1)

    assert is_callable(ann)


def test_whoever_has_the_same_keys_elsewhere_is_not_taken_for_them(workspace, ann):
    ContactFactory(external_id="A", email="ann@f.example", phone="212 555 0100", full_name=ann.full_name)

    import_lines(workspace, "A,,,", ",ann@f.example,,")

    assert set(workspace.suppressions.values_list("contact", flat=True)) == {ann.pk}


def test_an_export_of_another_portal_names_nobody_who_is_elsewhere_alone(workspace):
    ContactFactory(email="carl@f.example")

    job = import_lines(workspace, "Z,carl@f.example,,")

    assert counts(job) == (1, 0, 0)
    assert workspace.suppressions.get().contact is None
