"""An external ID alone never takes over a person with another name and another email (product.md, section 1)."""

import pytest
from django.urls import reverse

from calls.ingest.undo import undo
from campaigns.decisions import Decision, DecisionRefused, decide, waiting_rows
from markets.imports.perform import perform
from markets.models import Contact, DecidedIdentity, ImportJob, ImportPreset
from tests.factories import ContactFactory
from tests.importing import finished_import, leased_import

HEADER = "external_id,full_name,email,phone,city"


@pytest.fixture
def second_system(workspace):
    return ImportPreset.objects.create(workspace=workspace, kind="people", header_key="second", name="Second system")


@pytest.fixture
def ann(workspace):
    return ContactFactory(
        workspace=workspace, external_id="7", full_name="Ann Lee", name_key="ann lee", email="ann@x.example"
    )


def import_rows(market, *lines, source=None):
    job = leased_import(market.workspace, HEADER, *lines, market=market.pk)
    job.preset = source
    job.save(update_fields=["preset"])
    perform(job=job)
    return job


def waiting(job):
    return job.rejections.undecided().get()


def test_27_leads_of_a_second_system_with_the_same_ids_take_over_nobody(market):
    numbers = range(27)
    import_rows(market, *(f"{n},Ann{n} Lee{n},a{n}@x.example,," for n in numbers))
    before = list(Contact.objects.order_by("pk").values_list("external_id", "full_name", "email"))

    leads = import_rows(market, *(f"{n},Bob{n} Poe{n},b{n}@y.example,," for n in numbers))

    assert (leads.rejected, leads.updated, leads.created) == (27, 0, 0)
    assert list(Contact.objects.order_by("pk").values_list("external_id", "full_name", "email")) == before
    assert market.workspace.import_rejections.undecided().count() == 27
    assert "belongs to Ann0 Lee0" in leads.rejections.first().message


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Bob Poe", ""),
        ("", "bob@y.example"),
        ("Bob Poe", "ann@x.example"),
        ("Ann Lee", "lee@y.example"),
        ("Ann M. Lee", "lee@y.example"),
        ("A. Lee", "lee@y.example"),
        ("Ann Marie Lee", "lee@y.example"),
        ("ANN LEE", "lee@y.example"),
    ],
)
def test_a_name_or_an_address_that_agrees_or_lacks_is_no_doubt(market, ann, name, email):
    job = import_rows(market, f"7,{name},{email},,Boston")

    assert (job.updated, job.rejected) == (1, 0)


def test_what_the_source_said_of_the_person_before_is_no_doubt(market, second_system):
    """A person corrected both; the file repeats itself."""
    line = "8,Bob Poe,bob@y.example,,"
    import_rows(market, line, source=second_system)
    Contact.objects.update(full_name="Robin Roe", name_key="robin roe", email="robin@x.example", person_fields=255)

    job = import_rows(market, line, source=second_system)

    assert (job.unchanged, job.rejected, job.disagreements) == (1, 0, 2)


def test_the_same_person_takes_the_row_over(market, ann, manager, second_system):
    job = import_rows(market, "7,Anna Poe,anna@y.example,,Boston", source=second_system)

    contact = decide(rejection=waiting(job), decision=Decision.SAME, by=manager)

    ann.refresh_from_db()
    job.refresh_from_db()
    assert contact == ann
    assert (ann.full_name, ann.email, ann.city, ann.external_id) == ("Anna Poe", "anna@y.example", "Boston", "7")
    assert (job.updated, job.rejected, job.rejections.count()) == (1, 0, 0)
    assert ann in market.contacts.all()


def test_another_person_is_found_by_the_next_file_of_the_source(market, ann, manager, second_system):
    job = import_rows(market, "7,Bob Poe,bob@y.example,,", source=second_system)

    bob = decide(rejection=waiting(job), decision=Decision.OTHER, by=manager)
    again = import_rows(market, "7,Bob Poe,bob@z.example,,Boston", source=second_system)

    bob.refresh_from_db()
    ann.refresh_from_db()
    assert (again.updated, again.rejected) == (1, 0)
    assert (bob.external_id, bob.email, bob.city) == ("", "bob@z.example", "Boston")
    assert (ann.full_name, ann.email, ann.city) == ("Ann Lee", "ann@x.example", "")
    assert DecidedIdentity.objects.get().contact == bob


def test_who_has_the_id_in_another_workspace_is_not_in_question(market, ann, manager):
    job = import_rows(market, "7,Bob Poe,bob@y.example,,")
    ContactFactory(external_id="7", full_name="Carl Elsewhere")

    (row,) = waiting_rows(market.workspace, [waiting(job)])
    assert row.holder == ann

    Contact.objects.filter(pk=ann.pk).update(external_id="8")
    with pytest.raises(DecisionRefused, match="Nobody has the external ID"):
        decide(rejection=waiting(job), decision=Decision.SAME, by=manager)


def test_of_another_source_the_same_id_is_still_the_first_person(market, ann, manager, second_system):
    job = import_rows(market, "7,Bob Poe,bob@y.example,,", source=second_system)
    decide(rejection=waiting(job), decision=Decision.OTHER, by=manager)

    import_rows(market, "7,Ann Lee,,,Boston")

    ann.refresh_from_db()
    assert ann.city == "Boston"


def test_a_row_that_is_left_out_leaves_the_list(market, ann, manager):
    job = import_rows(market, "7,Bob Poe,bob@y.example,,")
    rejection = waiting(job)

    assert decide(rejection=rejection, decision=Decision.LEAVE, by=manager) is None

    job.refresh_from_db()
    assert (job.rejected, job.rejections.undecided().count()) == (1, 0)
    with pytest.raises(DecisionRefused, match="decided already"):
        decide(rejection=rejection, decision=Decision.SAME, by=manager)


def test_rows_of_a_running_import_wait_until_it_ends(market, ann, manager):
    job = finished_import(market.workspace, HEADER, "7,Bob Poe,bob@y.example,,", ended=False, market=market.pk)

    assert job.state == "running"
    with pytest.raises(DecisionRefused):
        decide(rejection=job.rejections.get(), decision=Decision.SAME, by=manager)


def test_an_undo_gives_back_what_the_decided_row_overwrote(market, ann, manager, second_system):
    job = import_rows(market, "7,Anna Poe,anna@y.example,,Boston", source=second_system)
    decide(rejection=waiting(job), decision=Decision.SAME, by=manager)

    undo(job=ImportJob.objects.get(pk=job.pk), by=manager)

    ann.refresh_from_db()
    assert (ann.full_name, ann.email, ann.city) == ("Ann Lee", "ann@x.example", "")


def test_the_list_shows_the_row_beside_the_person(market, ann):
    job = import_rows(market, "7,Bob Poe,bob@y.example,212 555 0100,")

    (row,) = waiting_rows(market.workspace, job.rejections.undecided().select_related("job"))

    assert (row.fields["full_name"], row.fields["email"], row.holder) == ("Bob Poe", "bob@y.example", ann)


def test_a_manager_decides_on_the_page(client, market, ann, manager):
    job = import_rows(market, "7,Bob Poe,bob@y.example,,")
    client.force_login(manager)
    url = reverse("imports:decisions", args=[market.workspace.slug])

    assert "Bob Poe" in client.get(url).content.decode()
    assert "1 row waits" in client.get(reverse("imports:list", args=[market.workspace.slug])).content.decode()
    assert "1 row waits" in client.get(reverse("imports:detail", args=[market.workspace.slug, job.pk])).content.decode()
    decide_url = reverse("imports:decide", args=[market.workspace.slug, waiting(job).pk])
    assert "Choose whom" in client.post(decide_url, {"decision": "x"}, follow=True).content.decode()
    page = client.post(decide_url, {"decision": "other"}, follow=True).content.decode()

    assert "The row is in: Bob Poe" in page
    assert "No rows to decide" in page
    assert Contact.objects.filter(full_name="Bob Poe", external_id="").exists()
