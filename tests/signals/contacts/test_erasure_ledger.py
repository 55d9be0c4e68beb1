"""After a restore the ledger says who has to be erased again."""

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from markets.models import Contact, Erasure
from signals.contacts.erasure import erase
from signals.contacts.erasure_ledger import complete_ledger, read_ledger
from signals.contacts.merge import merge
from tests.commands import last_line, run_command, run_failing
from tests.factories import ContactFactory


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    settings.ERASURE_LEDGER = tmp_path / "elsewhere" / "erasures.jsonl"
    return settings.ERASURE_LEDGER


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    def run(contact):
        with django_capture_on_commit_callbacks(execute=True):
            erase(contact=contact, by=None, reason="Request 204")

    return run


class Restored(Exception):
    pass


def reapply(*words):
    return last_line(run_command("reapply_erasures", "--format", "json", *words))


def test_whoever_was_erased_since_the_backup_is_erased_again(campaign, zelda, bob, ledger, committed):
    former = ContactFactory(workspace=campaign.workspace, full_name="Zeldie Quarrington")
    with suppress(Restored), transaction.atomic():  # what a restore takes back
        merge(keep=zelda, merged=former, by=None)
        committed(zelda)
        raise Restored
    assert Contact.objects.get(pk=zelda.pk).full_name == "Zelda Quarrington"

    assert reapply("--dry-run") == {"erased": 2, "listed": 1, "failed": []}
    assert Contact.objects.get(pk=zelda.pk).full_name == "Zelda Quarrington"
    assert reapply() == {"erased": 2, "listed": 1, "failed": []}

    names = set(Contact.objects.filter(pk__in=[zelda.pk, former.pk]).values_list("full_name", flat=True))
    assert names == {f"Erased person {zelda.pk}", f"Erased person {former.pk}"}
    assert Contact.objects.get(pk=bob.pk).full_name == "Bob Stone"
    assert reapply()["erased"] == 0


def test_a_person_who_was_added_later_under_the_same_number_stays(zelda, ledger):
    ledger.parent.mkdir()
    erased_at = now() - timedelta(days=1)
    entry = {"workspace": zelda.workspace_id, "contacts": [zelda.pk], "erased_at": erased_at.isoformat()}
    ledger.write_text(json.dumps(entry) + "\n")

    assert reapply() == {"erased": 0, "listed": 1, "failed": []}


def test_the_ledger_names_people_of_its_own_workspaces_alone(zelda, ledger):
    ledger.parent.mkdir()
    erased_at = now() + timedelta(days=1)
    entry = {"workspace": zelda.workspace_id + 1, "contacts": [zelda.pk], "erased_at": erased_at.isoformat()}
    ledger.write_text(json.dumps(entry) + "\n")

    assert reapply() == {"erased": 0, "listed": 1, "failed": []}


def test_the_ledger_says_nothing_of_the_person(zelda, ledger, committed):
    committed(zelda)

    (line,) = ledger.read_text().splitlines()
    assert json.loads(line).keys() == {"workspace", "contacts", "erased_at"}
    assert ledger.stat().st_mode & 0o777 == 0o600


def test_a_ledger_that_cannot_be_written_fails_no_erasure_and_is_completed_later(zelda, ledger, committed, caplog):
    ledger.parent.write_text("not a folder")
    committed(zelda)
    assert Erasure.objects.exists()
    assert "is not in the ledger" in caplog.text

    ledger.parent.unlink()
    assert complete_ledger() == 1
    assert complete_ledger() == 0
    assert [entry.contacts for entry in read_ledger(ledger)] == [(zelda.pk,)]


def test_a_line_that_a_crash_cut_off_is_written_again(zelda, bob, ledger, committed):
    committed(zelda)
    ledger.write_text(ledger.read_text()[:-20])

    committed(bob)
    complete_ledger()

    assert sorted(entry.contacts[0] for entry in read_ledger(ledger)) == sorted([zelda.pk, bob.pk])


def test_a_ledger_that_is_none_is_refused(ledger):
    error, _ = run_failing("reapply_erasures")
    assert "cannot be read" in error

    ledger.parent.mkdir()
    ledger.write_text("Name,Email\n")
    error, _ = run_failing("reapply_erasures")
    assert "Line 1 of" in error
