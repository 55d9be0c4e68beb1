"""Files of people that say whom not to call: those people are in and suppressed, and no repetition undoes a person."""

import pytest

from calls.ingest.undo import undo
from markets.models import Contact, ImportPreset
from markets.suppressions.services import lift
from tests.factories import ContactFactory, MarketFactory
from tests.importing import finished_import


@pytest.fixture
def market(workspace):
    return MarketFactory(workspace=workspace)


def import_people(market, *lines, name="leads.csv", **options):
    return finished_import(market.workspace, *lines, name=name, market=market.pk, **options)


def is_callable(email):
    return Contact.objects.callable().filter(email=email).exists()


LINE = "ann@f.example,415 555 0142"


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Do Not Call", "Yes"),
        ("do_not_call", "1"),
        ("DNC", "x"),
        ("Do not contact", "TRUE"),
        ("Has Opted Out Of Call", "DNC"),
        ("HasOptedOutOfCall", "true"),
        ("Phone Opt Out", "2026-01-31"),
        ("Do Not Call", "asked us by letter"),
        ("Lead Status", "DNC"),
        ("lead_status", "Do Not Call - asked"),
        ("Status", "Opted out"),
        ("Lead Status", "unsubscribed"),
        ("Lead Status", "DNCL"),
        ("Opt Out Date", "31/01/2026"),
    ],
)
def test_whoever_the_file_asks_not_to_call_is_in_and_suppressed(market, header, says):
    job = import_people(market, f"Email,Phone,{header}", f"{LINE},{says}", "bob@f.example,415 555 0143,")

    assert (job.created, job.do_not_call) == (2, 1)
    assert (is_callable("ann@f.example"), is_callable("bob@f.example")) == (False, True)
    made = job.suppressions.get()
    assert (made.phone_e164, made.email) == ("+14155550142", "ann@f.example")
    assert made.reason == f"“{header}” says “{says}” in leads.csv"


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Do Not Call", "No"),
        ("Do Not Call", "FALSE"),
        ("Do Not Call", "0"),
        ("Do Not Call", "n/a"),
        ("Do Not Call", "-"),
        ("Lead Status", "New"),
        ("Lead Status", "Contacted"),
        ("Status", "Customer"),
        ("Opt Out Date", ""),
        ("Email Opt Out", "Yes"),
        ("Has Opted Out Of Email", "1"),
    ],
)
def test_a_no_a_plain_status_and_an_opt_out_of_mails_suppress_nobody(market, header, says):
    job = import_people(market, f"Email,Phone,{header}", f"{LINE},{says}")

    assert job.do_not_call == 0
    assert is_callable("ann@f.example")


def test_one_column_of_several_is_enough(market):
    import_people(market, "Email,Phone,Do Not Call,DNC,Lead Status", f"{LINE},No,No,Opted out")

    assert not is_callable("ann@f.example")


def test_somebody_known_is_suppressed_and_an_import_that_says_no_never_lifts(market):
    ContactFactory(workspace=market.workspace, email="ann@f.example", phone="415 555 0142")
    job = import_people(market, "Email,Phone,DNC", f"{LINE},Yes", on_duplicate="skip")
    assert (job.unchanged, job.suppressions.count()) == (1, 1)

    import_people(market, "Email,Phone,DNC", f"{LINE},No")

    assert not is_callable("ann@f.example")


def test_the_same_file_again_adds_nothing_even_after_a_person_lifted_it(market):
    lines = ["Email,Phone,DNC", f"{LINE},Yes"]
    job = import_people(market, *lines)
    assert import_people(market, *lines, name="leads in May.csv").suppressions.count() == 0
    lift(suppression=job.suppressions.get(), by=None, reason="She is a client now")

    assert import_people(market, *lines, name="leads in June.csv").suppressions.count() == 0
    assert is_callable("ann@f.example")


def test_a_source_that_says_something_new_suppresses_again(market):
    job = import_people(market, "Email,Phone,Opted out on", f"{LINE},2026-01-31")
    lift(suppression=job.suppressions.get(), by=None, reason="She is a client now")

    import_people(market, "Email,Phone,Opted out on", f"{LINE},2026-06-30")

    assert not is_callable("ann@f.example")


def test_another_source_is_obeyed_on_its_own(market):
    lines = ["Email,Phone,DNC", f"{LINE},Yes"]
    job = import_people(market, *lines)
    lift(suppression=job.suppressions.get(), by=None, reason="She is a client now")
    job.preset = ImportPreset.objects.create(
        workspace=market.workspace, kind=job.kind, header_key="other", name="Other CRM"
    )
    job.save()

    import_people(market, *lines)

    assert not is_callable("ann@f.example")


def test_an_undo_takes_back_the_people_with_their_suppressions_and_the_file_can_come_again(market):
    lines = ["Email,Phone,DNC", f"{LINE},Yes"]
    known = ContactFactory(workspace=market.workspace, email="bob@f.example", phone="415 555 0143")
    job = import_people(market, *lines, "bob@f.example,415 555 0143,Yes")

    report = undo(job=job, by=None)

    assert (report.people, report.suppressions, report.left) == (1, 2, 0)
    assert list(market.workspace.contacts.all()) == [known]
    assert is_callable("bob@f.example")
    assert import_people(market, *lines).suppressions.count() == 1


def test_the_report_says_how_many_the_file_asked_for(as_manager, market):
    job = import_people(market, "Email,Phone,DNC", f"{LINE},Yes", "bob@f.example,415 555 0143,No")

    page = as_manager.get(f"/w/{market.workspace.slug}/imports/{job.pk}/").text

    assert 'data-metric="suppressed_by_file" value="1"' in page
    rows = as_manager.get(f"/w/{market.workspace.slug}/suppressions/?imported_by={job.pk}").text
    assert 'data-metric="rows" value="1"' in rows
