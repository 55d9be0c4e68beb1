import socket

import pytest

from calls.models import Call
from campaigns.importing import ContactList
from campaigns.models import Campaign, Status
from markets.imports import jobs, runner
from markets.imports.presets import read_file
from markets.models import Contact, ImportJob, Market, Suppression
from markets.suppressions.services import suppress
from tests.commands import last_line, run_command, run_failing
from tests.factories import CampaignFactory, ContactFactory, MarketFactory, active_campaign, member
from tests.files import csv_file
from tests.markets.imports.test_jobs import dead_process


@pytest.fixture
def people(tmp_path):
    return csv_file(tmp_path, "Lead ID;Full name;Shoe size", "A;Ann Lee;38", "B;Bob Ray;44", name="people.csv")


def test_people_come_into_a_new_market_and_campaign(workspace, people):
    words = ["import_contacts", people, "--workspace", "acme", "--market", "M&A -- New York", "--campaign", "Spring"]

    first, second = (run_command(*words, "--create", "--format", "json") for _ in range(2))

    zero = {"rows": 2, "created": 0, "updated": 0, "unchanged": 0, "rejected": 0, "enrolled": 0, "do_not_call": 0}
    zero |= {"incomplete": 0, "disagreements": 0}
    assert last_line(first) == zero | {"created": 2, "enrolled": 2}
    assert last_line(second) == zero | {"unchanged": 2}
    assert "Kept as custom fields: Shoe size" in first
    assert Campaign.objects.get().status == Status.DRAFT
    assert (str(Market.objects.get()), Market.objects.get().contacts.count()) == ("M&A -- New York", 2)


def test_a_dry_run_makes_nothing(workspace, people):
    words = ["--workspace", "acme", "--market", "M&A -- New York", "--campaign", "Spring", "--create", "--dry-run"]

    out = run_command("import_contacts", people, *words)

    assert "Dry run, nothing is changed: 2 rows, 2 created" in out
    assert [model.objects.count() for model in (Market, Campaign, Contact)] == [0, 0, 0]


def test_what_is_missing_is_named_with_what_there_is(market, people):
    words = ["import_contacts", people, "--workspace", "acme"]
    CampaignFactory(market=market, name="Autumn")

    assert "“Tax -- Rome”. Its markets are: “M&A -- New York”" in run_failing(*words, "--market", "Tax -- Rome")[0]
    assert "write “practice area" in run_failing(*words, "--market", "Tax", "--create")[0]
    assert "“Autumn”" in run_failing(*words, "--market", "m&a -- new york", "--campaign", "Spring")[0]
    assert "acme" in run_failing("import_contacts", people, "--workspace", "acne", "--market", "x -- y")[0]


def test_refused_rows_are_told_and_written_and_end_in_exit_code_1(market, tmp_path):
    path = csv_file(tmp_path, "Email,City", "ann@people.example,Rome", *["not one,Rome"] * 7)
    words = ["import_contacts", path, "--workspace", "acme", "--market", str(market)]

    message, out = run_failing(*words, "--rejects", tmp_path / "refused.csv", "--format", "json")

    written = (tmp_path / "refused.csv").read_text(encoding="utf-8-sig").splitlines()
    assert message == "7 rows were refused; the others are in."
    assert "Line 3 (email): “not one” is not an email address." in out
    assert "... and 2 more." in out
    assert last_line(out)["rejected"] == 7
    assert written[0] == "Email,City,Rejected: line,Rejected: code,Rejected: why"
    assert len(written) == 8


def test_the_file_of_refused_rows_imports_once_it_is_mended(market, tmp_path):
    path = csv_file(tmp_path, "E-mail;Town;Notes", "ann@people.example;Rome;", "bob at people.example;'=Rome';=1+1")
    words = ["--workspace", "acme", "--market", str(market)]
    run_failing("import_contacts", path, *words, "--rejects", tmp_path / "refused.csv")

    mended = tmp_path / "refused.csv"
    mended.write_text(mended.read_text(encoding="utf-8").replace("bob at ", "bob@"), encoding="utf-8")
    out = run_command("import_contacts", mended, *words)

    assert "Kept as custom fields: Notes\n" in out
    assert market.workspace.contacts.get(email="bob@people.example").city == "=Rome'"


def test_a_file_that_cannot_be_read_makes_nothing(workspace, tmp_path):
    path = csv_file(tmp_path, "Email,City", *[f"p{n}@people.example,Rome" for n in range(600)], "\0")

    message, _ = run_failing("import_contacts", path, "--workspace", "acme", "--market", "M&A -- New York", "--create")

    assert "Line 602 of file.csv has a NUL sign" in message
    assert [model.objects.count() for model in (Market, Contact)] == [0, 0]


@pytest.mark.parametrize("option", ["--map", "--encoding", "--delimiter"])
def test_options_that_do_not_fit_the_file_are_refused(market, people, option):
    message, _ = run_failing(
        "import_contacts", people, "--workspace", "acme", "--market", str(market), option, "what=ever"
    )

    assert message.endswith(".")


@pytest.fixture
def log(tmp_path):
    return csv_file(tmp_path, "Call ID,Lead ID,Start,Result", "c1,A,2026-03-02 10:00,Voicemail", name="log.csv")


def test_calls_come_in_once(market, log):
    member(CampaignFactory(market=market, name="Spring"), external_id="A")
    words = ["import_calls", log, "--workspace", "acme", "--campaign", "spring", "--historical", "--format", "json"]

    first, second = (last_line(run_command(*words)) for _ in range(2))

    zero = dict.fromkeys(("rows", "created", "unchanged", "updated", "rejected", "incomplete", "disagreements"), 0) | {
        "rows": 1
    }
    assert (first, second) == (zero | {"created": 1}, zero | {"unchanged": 1})
    assert Call.objects.count() == 1


def test_calls_of_an_ambiguous_campaign_need_the_market(market, log):
    other = MarketFactory(workspace=market.workspace, practice_area="Tax", geography="Rome")
    for each in (market, other):
        member(CampaignFactory(market=each, name="Spring"), external_id="A" if each == market else "B")
    words = ["import_calls", log, "--workspace", "acme", "--campaign", "Spring", "--historical"]

    message, _ = run_failing(*words)
    run_command(*words, "--market", "M&A -- New York")

    assert "2 campaigns are called “Spring”" in message
    assert "“Tax -- Rome”" in message
    assert Call.objects.get().campaign.market == market


def test_a_dry_run_of_calls_makes_nothing_and_a_bad_zone_is_refused(market, log):
    member(CampaignFactory(market=market, name="Spring"), external_id="A")
    words = ["import_calls", log, "--workspace", "acme", "--campaign", "Spring", "--historical"]

    assert "1 created" in run_command(*words, "--dry-run")
    assert "“Lisbon” is not a time zone" in run_failing(*words, "--timezone", "Lisbon")[0]
    assert not Call.objects.exists()


def test_a_campaign_takes_a_legal_step_and_asking_again_is_harmless(market):
    campaign = active_campaign(market=market, name="Spring")
    words = ["campaign_status", "--workspace", "acme", "--campaign", "Spring"]

    assert "Spring is Active already." in run_command(*words, "Active")
    assert "needs a reason" in run_failing(*words, "paused")[0]
    run_command(*words, "PAUSED", "--reason", "The client reviews the list")

    campaign.refresh_from_db()
    assert campaign.status == Status.PAUSED
    assert last_line(run_command(*words, "paused", "--format", "json"))["changed"] is False
    assert "only Active or Completed" in run_failing(*words, "draft")[0]
    assert "Use one of: Draft, Active" in run_failing(*words, "asleep")[0]


@pytest.fixture
def killed_import(market, tmp_path, monkeypatch):
    """The words of an import, of whose file a process that was killed wrote the first chunk of two rows."""
    monkeypatch.setattr(ContactList, "chunk", 2)
    rows = ["A,Ann,Rome", "B,Bob,Rome", "A,Anne,Rome", "C,Cy,Rome", "D,,Rome,and more"]
    path = csv_file(tmp_path, "Lead ID,Full name,City", *rows, name="people.csv")
    words = ["import_contacts", path, "--workspace", "acme", "--market", str(market)]
    reading = read_file(path, workspace=market.workspace, kind="people", said={})
    table = reading.table
    chosen = {**reading.options, "market": market.pk, "campaign": None, "on_duplicate": "update"}
    job = jobs.begin(
        workspace=market.workspace, kind="people", name=table.name, path=path, sha256=table.sha256, options=chosen
    )
    writer = ContactList(job=job, columns=reading.columns, market=market)
    runner.run(job=job, rows=list(table)[:2], writer=writer)
    ImportJob.objects.update(lease_owner=f"{socket.gethostname()[:60]}:{dead_process()}:x")
    return words


def test_the_same_command_goes_on_where_a_killed_one_was(killed_import, tmp_path):
    message, out = run_failing(*killed_import, "--rejects", tmp_path / "refused.csv", "--format", "json")

    lines = (tmp_path / "refused.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "Going on after 2 rows." in out
    assert [last_line(out)[name] for name in ("rows", "created", "rejected")] == [5, 3, 2]
    assert message == "2 rows were refused; the others are in."
    assert [line.split(",")[0] for line in lines[1:]] == ["A", "D"]
    assert ImportJob.objects.get().state == "completed"


@pytest.mark.django_db(transaction=True)  # a worker begins with a connection of its own
def test_a_worker_goes_on_where_a_killed_command_was(killed_import):
    out = run_command("import_worker", "--once", "--format", "json")

    job = ImportJob.objects.get()
    assert last_line(out) == {"done": 1}
    assert (job.state, job.created, job.rejected) == ("completed", 3, 2)


def test_a_dry_run_beside_a_half_done_import_leaves_it_as_it_is(killed_import):
    before = ImportJob.objects.values().get()

    run_failing(*killed_import, "--dry-run")

    assert ImportJob.objects.values().get() == before
    assert Contact.objects.count() == 2


@pytest.mark.parametrize("changed", [("--on-duplicate", "skip"), ("--map", "City=firm")])
def test_other_options_make_another_import(killed_import, changed):
    run_failing(*killed_import, *changed)

    assert sorted(ImportJob.objects.values_list("state", flat=True)) == ["completed", "running"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_with_nothing_to_do_says_so():
    assert run_command("import_worker", "--once").endswith("0 done.\n")


def test_suppressions_come_in_once(market, tmp_path):
    contact = ContactFactory(workspace=market.workspace, email="ann@f.example")
    path = csv_file(tmp_path, "E-mail", "ann@f.example", "bob@f.example", name="list.csv")
    words = ["import_suppressions", path, "--workspace", "acme", "--format", "json"]

    dry, first, second = (last_line(run_command(*words, *more)) for more in (["--dry-run"], [], []))

    zero = {"rows": 2, "created": 0, "updated": 0, "unchanged": 0, "rejected": 0}
    assert (dry, first, second) == (zero | {"created": 2}, zero | {"created": 2}, zero | {"unchanged": 2})
    assert not Contact.objects.callable().filter(pk=contact.pk).exists()
    assert Suppression.objects.count() == 2


def test_people_who_are_not_to_be_called_are_named(market, people):
    suppress(contact=ContactFactory(workspace=market.workspace, external_id="B"), by=None, reason="Asked")
    words = ["import_contacts", people, "--workspace", "acme", "--market", str(market)]

    out = run_command(*words)

    assert "On the do-not-call list, so kept but never offered: Bob Ray (line 3)." in out
    assert last_line(run_command(*words, "--format", "json"))["do_not_call"] == 1
