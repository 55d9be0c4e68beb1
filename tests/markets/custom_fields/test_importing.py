import pytest

from calls.ingest.undo import undo
from markets.contacts.changes import record_change, stored_values
from markets.imports.perform import perform
from markets.models import Contact, ContactChange, CustomField, ImportedContact, ImportNote, ImportPreset
from tests.factories import ContactFactory, MarketFactory, WorkspaceFactory
from tests.importing import finished_import, leased_import

HEADER = "Name,Email,Size,Joined,Team"
ANN = "Ann Lee,ann@x.example,42,2026-01-31,Red"
BOB = "Bob Ray,bob@x.example,43.5,2026-02-01,Blue"


@pytest.fixture
def source(workspace):
    return ImportPreset.objects.create(workspace=workspace, kind="people", header_key="crm", name="CRM")


@pytest.fixture
def bring(market, source):
    """Imports lines as the same source."""

    def run(*lines, header=HEADER, **options):
        job = leased_import(market.workspace, header, *lines, market=market.pk, **options)
        job.preset = source
        job.save(update_fields=["preset"])
        perform(job=job)
        job.refresh_from_db()
        return job

    return run


def counts(job):
    return job.created, job.updated, job.unchanged, job.rejected


def custom(name="Ann Lee"):
    return Contact.objects.get(full_name=name).custom


def correct(contact, by, **values):
    before = stored_values(contact)
    contact.custom = contact.custom | values
    contact.save()
    record_change(contact, before, by=by)


def test_extra_columns_become_fields_and_values(bring):
    job = bring(ANN, BOB)

    assert counts(job) == (2, 0, 0, 0)
    assert custom() == {"size": 42, "joined": "2026-01-31", "team": "Red"}
    assert custom("Bob Ray")["size"] == 43.5
    kinds = CustomField.objects.values_list("key", "name", "kind", "position")
    assert list(kinds) == [("size", "Size", "number", 1), ("joined", "Joined", "date", 2), ("team", "Team", "text", 3)]
    assert not ContactChange.objects.exists()


def test_the_same_file_again_changes_nothing(bring):
    bring(ANN, BOB)

    assert counts(bring(ANN, BOB)) == (0, 0, 2, 0)
    assert not ContactChange.objects.exists()


def test_a_row_that_differs_in_a_custom_value_alone_is_updated(bring):
    bring(ANN, BOB)

    job = bring(ANN.replace("42", "44"), BOB)

    assert counts(job) == (0, 1, 1, 0)
    assert custom() == {"size": 44, "joined": "2026-01-31", "team": "Red"}
    change = ContactChange.objects.get()
    assert (change.before, change.after) == ({"custom.size": "42"}, {"custom.size": "44"})
    assert job.people.get(contact__full_name="Ann Lee").outcome == ImportedContact.Outcome.UPDATED


def test_values_that_a_file_does_not_give_stay(bring):
    bring(ANN)

    bring("Ann Lee,ann@x.example,n/a,9", header="Name,Email,Size,Floor")

    assert custom() == {"size": 42, "joined": "2026-01-31", "team": "Red", "floor": 9}


def test_a_row_may_change_a_field_and_a_custom_value(bring):
    bring(ANN)

    job = bring("Ann Leigh,ann@x.example,44,2026-01-31,Red")

    assert counts(job) == (0, 1, 0, 0)
    assert custom("Ann Leigh")["size"] == 44


def test_what_a_person_set_stays_and_the_report_names_both(bring, manager):
    bring(ANN)
    ann = Contact.objects.get()
    correct(ann, manager, size=45)

    job = bring(ANN.replace("42", "44").replace("Red", "Blue"))

    assert custom() == {"size": 45, "joined": "2026-01-31", "team": "Blue"}
    assert (counts(job), job.disagreements) == ((0, 1, 0, 0), 1)
    note = ImportNote.objects.get(kind=ImportNote.Kind.DISAGREEMENT)
    assert (note.field, note.file_value, note.stored_value) == ("Size", "44", "45")


def test_a_source_changes_a_value_only_where_it_changes_its_own_word(bring, market):
    bring(ANN)
    other = finished_import(
        market.workspace, "Name,Email,Size", "Ann Lee,ann@x.example,44", market=market.pk
    )  # of another source
    assert other.updated == 1

    assert counts(bring(ANN)) == (0, 0, 1, 0)
    assert custom()["size"] == 44
    bring(ANN.replace("42", "46"))
    assert custom()["size"] == 46


def test_of_rows_about_one_person_the_first_counts_and_the_others_are_reported(bring):
    other = ANN.replace("42", "44").replace("Red", "")

    for _ in range(2):
        job = bring(ANN, other)
        assert (job.rejected, job.incomplete) == (0, 1)
        assert custom() == {"size": 42, "joined": "2026-01-31", "team": "Red"}
    note = ImportNote.objects.latest("pk")
    assert (note.field, note.file_value, note.line) == ("Size", "44", 3)
    assert counts(job) == (0, 0, 2, 0)


def test_a_later_row_about_a_person_may_add_a_value(bring):
    bring("Ann Lee,ann@x.example,,,Red", ANN)

    assert custom() == {"size": 42, "joined": "2026-01-31", "team": "Red"}


def test_a_value_that_is_too_long_is_left_out_and_said(bring):
    job = bring(f"Ann Lee,ann@x.example,,,{'x' * 501}", BOB)

    assert (custom(), job.incomplete) == ({}, 1)
    assert "at most 500 characters" in ImportNote.objects.get().message


def test_a_number_field_becomes_a_text_where_a_file_has_other_values(bring):
    bring(ANN)

    bring("Bob Ray,bob@x.example,tall,,")

    assert CustomField.objects.get(key="size").kind == "text"
    assert (custom()["size"], custom("Bob Ray")["size"]) == (42, "tall")
    assert counts(bring(ANN)) == (0, 0, 1, 0)


def test_choices_grow_with_the_files(bring):
    teams = [f"P{number},p{number}@x.example,,,{'Red' if number % 2 else 'Blue'}" for number in range(6)]
    bring(*teams)
    assert CustomField.objects.get(key="team").choices == ["Blue", "Red"]

    bring("Ann Lee,ann@x.example,,,Green")

    assert CustomField.objects.get(key="team").choices == ["Blue", "Green", "Red"]


def test_known_people_that_are_to_stay_keep_their_values(bring):
    bring(ANN)

    job = bring(ANN.replace("42", "44"), BOB, on_duplicate="skip")

    assert counts(job) == (1, 0, 1, 0)
    assert (custom()["size"], custom("Bob Ray")["size"]) == (42, 43.5)


def test_an_undo_gives_back_the_values_before(bring, manager):
    bring(ANN)
    job = bring(ANN.replace("42", "44").replace("Red", "Blue"))

    undone = undo(job=job, by=manager)

    assert undone.values == 2
    assert custom() == {"size": 42, "joined": "2026-01-31", "team": "Red"}


def test_an_undo_leaves_what_a_person_set_since(bring, manager):
    bring(ANN)
    job = bring(ANN.replace("42", "44").replace("Red", "Blue"))
    correct(Contact.objects.get(), manager, team="Green")

    undo(job=job, by=manager)

    assert (custom()["size"], custom()["team"]) == (42, "Green")


def test_a_dry_run_makes_no_fields(market):
    job = leased_import(market.workspace, HEADER, ANN, market=market.pk)
    job.state = "checking"
    job.save()
    perform(job=job)

    assert job.dry_run_report["created"] == 1
    assert not CustomField.objects.exists()


def test_columns_beyond_the_fiftieth_field_are_named_in_the_report(bring):
    header = ",".join(["Name", "Email", *(f"Extra {number}" for number in range(51))])

    bring("Ann Lee,ann@x.example," + ",".join(["x"] * 51), header=header)

    assert CustomField.objects.count() == len(custom()) == 50
    assert "“Extra 50”" in ImportNote.objects.get(kind="warning").message


def test_a_column_named_as_a_field_that_another_column_is_gets_a_name_of_its_own(bring):
    bring("Ann Lee,ann@x.example,Ms,Partner", header="Name,Email,Title,Job title")

    assert CustomField.objects.get().name == "Title (extra)"
    assert custom() == {"title": "Ms"}


def test_fields_are_placed_after_those_of_the_workspace(bring, market):
    WorkspaceFactory().custom_fields.create(key="last", name="Last", kind="text", position=40)

    bring(ANN)

    assert min(market.workspace.custom_fields.values_list("position", flat=True)) == 1


def test_workspaces_have_their_own_fields(bring, market):
    bring(ANN)
    elsewhere = MarketFactory(workspace=WorkspaceFactory())
    stranger = ContactFactory(workspace=elsewhere.workspace, email="ann@x.example", custom={"size": 1})

    finished_import(elsewhere.workspace, "Email,Team", "ann@x.example,Green", market=elsewhere.pk)

    stranger.refresh_from_db()
    assert stranger.custom == {"size": 1, "team": "Green"}
    assert market.workspace.contacts.get().custom["team"] == "Red"
    assert list(elsewhere.workspace.custom_fields.values_list("key", flat=True)) == ["team"]
