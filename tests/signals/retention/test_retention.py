"""Notes and people who were never called go after the months that managers chose; every number stays."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls import derived
from campaigns.dispositions import Disposition
from markets.models import AuditEvent, OffLimits, OperatorTask, TaskRun
from markets.suppressions.services import suppress
from signals.retention import apply
from signals.retention.apply import apply_rules
from signals.retention.rules import Months, preview, start_of_keeping
from tests.commands import last_line, run_command
from tests.factories import ContactFactory, active_campaign, call, completed_campaign, member_of, signal
from tests.signals.contacts.test_erasure import stored_counts

OLD = timedelta(days=200)


@pytest.fixture
def rules(workspace):
    workspace.notes_kept_months = workspace.uncalled_kept_months = 6
    workspace.save()
    return workspace


def old_person(workspace, **fields):
    return ContactFactory(workspace=workspace, created_at=now() - OLD, **fields)


def is_erased(person):
    person.refresh_from_db()
    return person.full_name == f"Erased person {person.pk}"


def test_old_notes_and_what_quotes_them_are_emptied_and_no_number_changes(rules, campaign):
    old = call(campaign, disposition=Disposition.FUTURE_POTENTIAL, started_at=now() - OLD, notes="Has two children")
    heard = signal(old, evidence="We are exploring")
    words = rules.signal_suggestions.create(
        call=old, type="conversation_access", value="Inviting", words="keen to meet", rule="keen"
    )
    recent = call(campaign, notes="Likes tea")
    before = stored_counts(rules)

    assert apply_rules(rules) == {"notes": 1, "people": 0}

    for row in (old, heard, words, recent):
        row.refresh_from_db()
    assert (old.notes, heard.evidence, words.words, recent.notes) == ("", "", "", "Likes tea")
    assert (heard.type, words.state) == (heard.type, "open")
    assert stored_counts(rules) == before
    assert derived.check(rules) == []


def test_people_who_were_never_called_are_erased_unless_somebody_still_needs_them(rules, campaign):
    gone, recent = old_person(rules), ContactFactory(workspace=rules)
    called, running, listed, off_limits, task = (old_person(rules) for _ in range(5))
    member_of(campaign, running)
    member_of(campaign, called)
    call(campaign, called)
    suppress(contact=listed, by=None, reason="Asked")
    OffLimits.objects.create(workspace=rules, contact=off_limits, reason="Client's wish")
    rules.tasks.create(title="Find a number", contact=task)

    assert apply_rules(rules)["people"] == 1

    assert is_erased(gone)
    assert not any(map(is_erased, (recent, called, running, listed, off_limits, task)))
    assert derived.check(rules) == []


def test_members_of_a_completed_campaign_who_were_not_called_are_erased(rules, market):
    campaign = active_campaign(market=market)
    member = old_person(rules)
    member_of(campaign, member)
    call(campaign)
    campaign.status = "completed"
    campaign.save()
    before = stored_counts(rules)

    apply_rules(rules)

    assert is_erased(member)
    assert stored_counts(rules) == before


def test_without_rules_nothing_is_touched(workspace, campaign):
    person, old = old_person(workspace), call(campaign, started_at=now() - OLD, notes="Likes tea")

    assert apply_rules(workspace) == {"notes": 0, "people": 0}

    old.refresh_from_db()
    assert old.notes
    assert not is_erased(person)
    assert not AuditEvent.objects.filter(action="retention_applied").exists()


def test_a_run_that_is_killed_goes_on_with_the_next(rules, monkeypatch):
    people = [old_person(rules) for _ in range(3)]
    erase = apply.erase

    def killed(**fields):
        if fields["contact"] == people[1]:
            raise KeyboardInterrupt
        return erase(**fields)

    monkeypatch.setattr(apply, "erase", killed)
    with pytest.raises(KeyboardInterrupt):
        run_command("apply_retention")
    assert [is_erased(each) for each in people] == [True, False, False]
    assert TaskRun.objects.get().failure == "KeyboardInterrupt"

    monkeypatch.undo()
    run_command("apply_retention")

    assert all(map(is_erased, people))


def test_many_notes_go_in_batches_and_many_people_in_several_runs(rules, campaign, monkeypatch):
    monkeypatch.setattr(apply, "BATCH", 2)
    for _ in range(5):
        call(campaign, started_at=now() - OLD, notes="Likes tea")
        old_person(rules)

    assert apply_rules(rules, most_people=3) == {"notes": 5, "people": 3}
    assert apply_rules(rules, most_people=3) == {"notes": 0, "people": 2}


def test_the_command_counts_first_and_records_what_it_did(rules, campaign):
    person = old_person(rules)
    call(campaign, started_at=now() - OLD, notes="Likes tea")

    dry = run_command("apply_retention", "--dry-run", "--format", "json")
    assert not is_erased(person)
    assert not TaskRun.objects.exists()
    done = run_command("apply_retention", "--format", "json")

    counts = {"notes": 1, "people": 1, "drafts": 0, "rejected_rows": 0, "sessions": 0}
    assert last_line(dry) == last_line(done) == counts
    run = TaskRun.objects.get(task=OperatorTask.RETENTION)
    assert (run.failure, run.figures) == ("", counts)
    event = AuditEvent.objects.get(action="retention_applied")
    assert event.summary == "Retention emptied the notes of 1 calls and erased 1 people"


def test_one_workspace_can_be_chosen(rules):
    other = completed_campaign().workspace
    other.uncalled_kept_months = 1
    other.save()
    theirs = old_person(other)

    run_command("apply_retention", "--workspace", "acme")
    assert not is_erased(theirs)

    assert preview(other, Months(None, 1))["people"] == 1


@pytest.mark.parametrize(
    ("today", "months", "start"), [("2026-03-31", 1, "2026-02-28"), ("2026-01-15", 13, "2024-12-15")]
)
def test_months_end_on_days_that_exist(workspace, time_machine, today, months, start):
    time_machine.move_to(f"{today}T17:00Z")

    assert start_of_keeping(workspace, months).date().isoformat() == start
