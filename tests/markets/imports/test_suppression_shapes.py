"""Shapes of do-not-call lists, and our own export of the list as one of them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from markets.imports.perform import perform
from markets.models import Contact, ImportKind, ImportNote, Suppression
from markets.suppressions.services import add, lift, suppress
from tests.factories import ContactFactory, SuppressionFactory, WorkspaceFactory
from tests.importing import finished_import, leased_import


def import_list(workspace, *lines):
    return finished_import(workspace, *lines, kind=ImportKind.SUPPRESSIONS, name="list.csv")


def counts(job):
    return job.created, job.unchanged, job.rejected


def whoms(workspace):
    return [each.whom for each in workspace.suppressions.filter(rule=None).order_by("pk")]


@pytest.mark.parametrize(
    ("typed", "prefix"),
    [
        ("415XXXXXXX", "+1415*"),
        ("415-555-****", "+1415555*"),
        ("1 (415) 555 xxxx", "+1415555*"),
        ("+1415*", "+1415*"),
        ("415555", "+1415555*"),
        ("415-555", "+1415555*"),
        ("+44 20 7946 *", "+44207946*"),
    ],
)
def test_masked_numbers_are_prefixes(workspace, typed, prefix):
    assert counts(import_list(workspace, "Phone", typed)) == (1, 0, 0)

    assert whoms(workspace) == [prefix]


@pytest.mark.parametrize("typed", ["@spam.example", "spam.example", "*@SPAM.example", "*.spam.example"])
def test_domains_in_a_column_of_addresses_are_domains(workspace, typed):
    assert counts(import_list(workspace, "Email", "ann@f.example", typed)) == (2, 0, 0)

    assert whoms(workspace) == ["ann@f.example", "@spam.example"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("(415) 555-0142 x101", "+14155550142"),
        ("415-555-0142 ext. 7", "+14155550142"),
        ("415555014*", "+1415555014*"),
        ("4155550142*", "+14155550142"),
        ("111 222 3333", "+11112223333"),
    ],
)
def test_a_number_is_suppressed_as_written_whether_it_is_in_use_or_not(workspace, typed, number):
    import_list(workspace, "Phone", typed)

    assert whoms(workspace) == [number]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("+1*", "would cover whole countries"),
        ("44*", "would cover whole countries"),
        ("*", "is not a phone number"),
        ("+1212555014200000*", "has more digits"),
        ("2.12556E+09", "rounded by a spreadsheet"),
    ],
)
def test_what_would_cover_too_much_or_nobody_is_refused(workspace, typed, sentence):
    job = import_list(workspace, "Phone", typed)

    assert counts(job) == (0, 0, 1)
    assert sentence in job.rejections.get().message


def test_rows_without_a_key_are_refused_and_repeated_ones_are_unchanged(workspace):
    lines = ["Company_Phone_Number,Created_Date,Subject", "4155550101,2026-09-22 00:28:21,Other"]

    assert counts(import_list(workspace, *lines, "4155550101,2026-09-23 01:00:00,Debt", ",2026-09-22,Other")) == (
        1,
        1,
        1,
    )

    assert Suppression.objects.get().created_at > now() - timedelta(hours=1)


def test_every_number_and_address_of_a_row_is_suppressed(workspace):
    job = import_list(workspace, "Phone,Email", "415 555 0101 ::: 415 555 0102,a@f.example; b@f.example")

    assert counts(job) == (1, 0, 0)
    named = set(workspace.suppressions.values_list("phone_e164", "email"))
    assert named == {("+14155550101", "a@f.example"), ("+14155550102", ""), ("", "b@f.example")}


def test_an_unreadable_number_beside_an_address_is_left_out_and_said(workspace):
    job = import_list(workspace, "Phone,Email", "ask him,a@f.example")

    assert (counts(job), job.incomplete) == ((1, 0, 0), 1)
    note = ImportNote.objects.get(job=job)
    assert (note.kind, note.field, note.file_value, note.line) == ("left_out", "phone", "ask him", 2)


def test_the_same_prefix_again_is_unchanged_and_covers_nobody_twice(workspace):
    ContactFactory(workspace=workspace, phone="415 555 0142")

    assert [counts(import_list(workspace, "Phone", "415555*", "+1415555*")) for _ in range(2)] == [(1, 1, 0), (0, 2, 0)]

    assert Suppression.objects.count() == 2


@pytest.fixture
def filled(workspace, manager):
    """A list with every kind of suppression, in force and lifted."""
    ann = ContactFactory(workspace=workspace, external_id="A1", email="ann@f.example", phone="415 555 0142")
    bob = ContactFactory(workspace=workspace, external_id="", email="bob@f.example", phone="415 777 0142")
    suppress(contact=ann, by=manager, reason="Asked, by letter")
    SuppressionFactory(workspace=workspace, contact=bob, reason="This person only")
    SuppressionFactory(workspace=workspace, phone_e164="+442079460142", reason="=1+1")
    SuppressionFactory(workspace=workspace, email="carl@f.example")
    for keys in ({"phone_prefix": "+1415777"}, {"email_domain": "spam.example"}):
        add(Suppression(workspace=workspace, reason="Blocked", **keys))
    for keys in ({"phone_prefix": "+1415555"}, {"email": "dora@f.example"}):
        lifted = Suppression(workspace=workspace, reason="Blocked", **keys)
        add(lifted)
        lift(suppression=lifted, by=manager, reason="A mistake")
    return workspace


def export(client, workspace, form="csv"):
    answer = client.get(reverse("suppressions:list", args=[workspace.slug]), {"_export": form})
    return b"".join(answer.streaming_content)


def import_export(workspace, content, form="csv"):
    job = leased_import(workspace, "", kind=ImportKind.SUPPRESSIONS, name=f"suppressions.{form}")
    with open(job.file.path, "wb") as file:
        file.write(content)
    perform(job=job)
    job.refresh_from_db()
    return job


def stored(workspace):
    rows = workspace.suppressions.filter(rule=None).order_by("created_at")
    return list(
        rows.values_list(
            *("phone_e164", "email", "phone_prefix", "email_domain", "reason", "created_at", "lifted_at", "lift_reason")
        )
    )


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_importing_our_own_export_changes_nothing(as_manager, filled, form):
    before = stored(filled)

    job = import_export(filled, export(as_manager, filled, form), form)

    assert counts(job) == (0, 8, 0)
    assert stored(filled) == before


def test_an_export_never_reopens_what_was_lifted_since(as_manager, manager, filled):
    content = export(as_manager, filled)
    for each in filled.suppressions.in_force().filter(rule=None):
        lift(suppression=each, by=manager, reason="All is well")

    assert counts(import_export(filled, content)) == (0, 8, 0)

    assert not filled.suppressions.in_force().exists()
    assert Contact.objects.callable().count() == 2


def test_an_export_gives_the_same_list_to_a_workspace_without_people(as_manager, filled):
    other = WorkspaceFactory()
    content = export(as_manager, filled)

    assert counts(import_export(other, content)) == (8, 0, 0)
    assert counts(import_export(other, content)) == (0, 8, 0)

    there = stored(other)
    assert [row[4:] for row in there] == [row[4:] for row in stored(filled)]
    bobs = ("+14157770142", "bob@f.example", "", "")  # who is nobody there
    assert [row[:4] for row in there] == [row[:4] if any(row[:4]) else bobs for row in stored(filled)]


def test_an_export_suppresses_the_same_person_in_a_workspace_that_has_them(as_manager, filled):
    other = WorkspaceFactory()
    bob = ContactFactory(workspace=other, external_id="", email="bob@f.example", phone="415 888 0142")

    import_export(other, export(as_manager, filled))

    row = bob.suppressions.get(rule=None)
    assert (row.phone_e164, row.email, row.reason) == ("", "", "This person only")


def test_a_list_that_says_when_a_number_was_lifted_is_history(workspace):
    lines = ["Phone,Lifted on", "415 555 0142,2026-01-31", "415 555 0143,", "415 555 0144,soon"]

    assert [counts(import_list(workspace, *lines)) for _ in range(2)] == [(3, 0, 0), (0, 3, 0)]

    assert set(workspace.suppressions.in_force().values_list("phone_e164", flat=True)) == {
        "+14155550143",
        "+14155550144",
    }
